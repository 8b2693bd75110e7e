// SPDX-License-Identifier: MIT
// libFuzzer's target for the expression language. An input is a text of a document and, in its last
// line, the JSON of a context (json_context.hpp). Whatever they are: no crash, no hang, the same
// result twice, within the limits, and errors that say something. The text is tried as a JSONPath,
// too.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/limits.hpp"
#include "engine/core/sealed.hpp"
#include "engine/core/status.hpp"
#include "engine/expression/compile.hpp"
#include "engine/expression/json_context.hpp"
#include "engine/expression/json_path.hpp"
#include "engine/expression/limits.hpp"
#include "engine/expression/render.hpp"
#include "engine/expression/utf8.hpp"

namespace {

using namespace antiphon;
using Outcome = core::Result<core::Value>;

void expect(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "fuzz_expression: %s\n", what);
  std::abort();
}

/// None if it is no JSON, or deeper than what the product lets in.
std::optional<core::Value> parse_json(std::string_view text) {
  bool deep = false;
  auto value = core::Value::parse(
      text,
      [&deep](int depth, core::Value::parse_event_t, core::Value&) {
        deep = deep || depth > core::limits::json_depth;
        return !deep;
      },
      false);
  if (value.is_discarded() || deep) return std::nullopt;
  return value;
}

void check_error(const core::Error& error, int status) {
  expect(error.status == status, "an error of another status");
  expect(!error.message.empty(), "an error without a message");
  expect(expression::is_valid_utf8(error.message + error.hint), "a message that is no UTF-8");
}

/// A context of its own for each evaluation, since `$uuid` draws from it.
Outcome evaluate(const core::Template& compiled, const core::Value& context) {
  return compiled.evaluate(expression::JsonContext::make(context)->scope());
}

void check_text(const std::string& text, const core::Value& context) {
  const auto compiled = expression::compile(text, "field");
  if (!compiled) return check_error(compiled.error(), core::status::bad_config);
  const Outcome first = evaluate(**compiled, context);
  expect(first == evaluate(**compiled, context), "two evaluations differ");
  if (!first) return check_error(first.error(), core::status::bad_config);
  first->dump();  // throws where text is no UTF-8
  if (text.find("${{") == std::string::npos) expect(*first == text, "plain text has changed");
}

/// As in a run: a secret is sealed, and only what asks for one gets one.
void check_sealed(const std::string& text, const core::Value& context) {
  static const core::Sealing sealing;
  const auto compiled = expression::compile(text, "field");
  if (!compiled) return;
  const auto json = expression::JsonContext::make(context);
  core::Scope scope = json->scope();
  scope.secrets = &sealing;
  const Outcome result = (*compiled)->evaluate(scope);
  if (!result) return check_error(result.error(), core::status::bad_config);
  const bool asks = text.find("secret") != std::string::npos ||
                    context.dump().find("secret") != std::string::npos;
  expect(asks || !core::holds_secret(*result), "a secret that nobody asked for");
}

void check_path(const std::string& text, const core::Value& value) {
  const auto path = expression::JsonPath::parse(text);
  if (!path) return check_error(path.error(), core::status::bad_config);
  int visits = expression::limits::visits;
  const Outcome found = path->find(value, visits);
  if (!found && found.error().status != core::status::not_found) {
    check_error(found.error(), core::status::bad_config);
  }
  if (found)
    expect(!expression::is_larger_than(*found, 2 * expression::limits::result_bytes), "large");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (!expression::is_valid_utf8(input)) return -1;  // refused before it is any text of a document
  const std::size_t line = input.rfind('\n');
  const bool two = line != std::string_view::npos;
  const std::string text(input.substr(0, two ? line : size));
  const auto context = parse_json(two ? input.substr(line + 1) : std::string_view("{}"));
  if (!context) return -1;
  const bool is_context = expression::JsonContext::make(*context).has_value();
  check_text(text, is_context ? *context : core::Value::object());
  check_sealed(text, is_context ? *context : core::Value::object());
  check_path(text, *context);
  return 0;
}
