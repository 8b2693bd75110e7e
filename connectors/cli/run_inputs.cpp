// SPDX-License-Identifier: MIT
#include "connectors/cli/run_inputs.hpp"

#include <CLI/CLI.hpp>

#include "connectors/cli/files.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

/// JSON if it is some, else the text itself.
Value lenient(const std::string& text) {
  return wire::parse_guarded(text, core::limits::message_bytes).value_or(Value(text));
}

core::Result<Value> json_object(const std::string& option, const std::string& text,
                                const char* right) {
  auto given = wire::parse_guarded(text, core::limits::message_bytes);
  if (given && given->is_object()) return given;
  return core::failure(core::status::bad_request,
                       option + " is no JSON object" + (given ? "" : ": " + given.error().message),
                       right);
}

core::Result<Value> read_object(const std::string& text) {
  if (text.front() == '@') return read_json_file("--inputs", text.substr(1));
  return json_object("--inputs", text, R"(write --inputs '{"version": "2"}')");
}

}  // namespace

void add_input_options(CLI::App& command, RunInputs& inputs) {
  command.add_option("-i,--input", inputs.pairs,
                     "an input, key=value; JSON values are read as such");
  command.add_option("--inputs", inputs.object, "all inputs as a JSON object, or @FILE");
}

core::Result<Value> read_inputs(const RunInputs& inputs) {
  Value all = Value::object();
  if (!inputs.object.empty()) {
    auto given = read_object(inputs.object);
    if (!given) return given;
    all = *std::move(given);
  }
  for (const std::string& pair : inputs.pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return core::failure(core::status::bad_request, "--input " + pair + " is no key=value");
    }
    all[pair.substr(0, equals)] = lenient(pair.substr(equals + 1));
  }
  return all;
}

core::Result<Value> read_json_file(const std::string& option, const std::string& file) {
  const auto text = read_text(file, core::limits::message_bytes);
  if (text) return json_object(option, *text, R"(the file holds one, as {"version": "2"})");
  return core::failure(text.error().status, option + ": " + text.error().message,
                       text.error().hint);
}

}  // namespace antiphon::cli
