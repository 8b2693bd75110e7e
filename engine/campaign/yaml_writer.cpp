// SPDX-License-Identifier: MIT
#include "engine/campaign/yaml_writer.hpp"

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/core/json.hpp"

namespace antiphon::campaign {
namespace {

using core::Value;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// No reader of any version of YAML takes such a text for something else: words of letters and
/// dashes that mean nothing.
bool needs_no_quotes(std::string_view text) {
  if (text.size() < 2 || !is_letter(text.front())) return false;
  std::string lower;
  for (const char c : text) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  for (const char* word : {"true", "false", "null", "yes", "no", "on", "off"}) {
    if (lower == word) return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '/';
  });
}

void write_text(YAML::Emitter& out, const std::string& text) {
  if (needs_no_quotes(text)) {
    out << text;
  } else {
    out << YAML::DoubleQuoted << text;
  }
}

void write(YAML::Emitter& out, const Value& value) {
  if (value.is_object()) {
    out << (value.empty() ? YAML::Flow : YAML::Block) << YAML::BeginMap;
    for (const auto& [key, member] : value.items()) {
      out << YAML::Key;
      write_text(out, key);
      out << YAML::Value;
      write(out, member);
    }
    out << YAML::EndMap;
  } else if (value.is_array()) {
    out << (value.empty() ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
    for (const Value& item : value) write(out, item);
    out << YAML::EndSeq;
  } else if (value.is_string()) {
    write_text(out, value.get_ref<const std::string&>());
  } else if (value.is_null()) {
    out << YAML::Null;
  } else {
    out << core::dump(value);  // numbers, true and false are written as in JSON
  }
}

}  // namespace

std::string to_yaml(const Value& value) {
  YAML::Emitter out;
  write(out, value);
  return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace antiphon::campaign
