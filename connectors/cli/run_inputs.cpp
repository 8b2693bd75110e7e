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

core::Result<Value> read_object(std::string text) {
  if (text.front() == '@') {
    auto from_file = read_text(text.substr(1), core::limits::message_bytes);
    if (!from_file) {
      return core::failure(from_file.error().status, "--inputs: " + from_file.error().message,
                           from_file.error().hint);
    }
    text = *std::move(from_file);
  }
  auto given = wire::parse_guarded(text, core::limits::message_bytes);
  if (given && given->is_object()) return given;
  return core::failure(core::status::bad_request,
                       "--inputs is no JSON object" + (given ? "" : ": " + given.error().message),
                       "write --inputs '{\"version\": \"2\"}'");
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

}  // namespace antiphon::cli
