// SPDX-License-Identifier: MIT
#include "connectors/secrets/fields_of_file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/status.hpp"
#include "engine/core/value.hpp"

namespace antiphon::secrets {
namespace {

constexpr std::string_view blanks = " \t\r";

core::Result<FieldTexts> fields_of_json(const std::string& text) {
  const auto wrong = core::failure(core::status::bad_request, "it is no JSON object of texts",
                                   R"({"user": "...", "password": "..."})");
  // Two levels are enough for what is right, and bound what is not.
  const auto bounded = [](int depth, core::Value::parse_event_t, core::Value&) {
    return depth <= 1;
  };
  const core::Value object = core::Value::parse(text, bounded, false);
  if (!object.is_object()) return wrong;
  FieldTexts fields;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) return wrong;
    fields.emplace(key, value.get<std::string>());
  }
  return fields;
}

core::Result<FieldTexts> fields_of_lines(const std::string& text) {
  FieldTexts fields;
  int number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    const auto first = line.find_first_not_of(blanks);
    if (first == std::string::npos || line[first] == '#') continue;
    const auto equals = line.find('=', first);
    if (equals == std::string::npos || equals == first) {
      return core::failure(core::status::bad_request,
                           "line " + std::to_string(number) + " is no field=text",
                           "a line for each field, or a folder with a file for each");
    }
    const auto last = line.find_last_not_of(blanks, equals - 1);
    const std::string field = line.substr(first, last + 1 - first);
    if (!fields.emplace(field, line.substr(equals + 1)).second) {
      return core::failure(core::status::bad_request,
                           "line " + std::to_string(number) + " gives a field a second time");
    }
  }
  return fields;
}

}  // namespace

core::Result<FieldTexts> fields_of_file(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string::npos && text[first] == '{';
  return json ? fields_of_json(text) : fields_of_lines(text);
}

}  // namespace antiphon::secrets
