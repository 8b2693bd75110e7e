// SPDX-License-Identifier: MIT
// What the expression tests share: one text evaluated in a context given as JSON, and tables of
// such cases.
#pragma once

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/expression/compile.hpp"
#include "engine/expression/json_context.hpp"

namespace antiphon::expression {

/// `context` is JSON text in the keys of JsonContext.
inline core::Result<core::Value> evaluated(const core::Value& raw,
                                           const std::string& context = "{}") {
  auto scope = JsonContext::make(core::Value::parse(context));
  if (!scope) return tl::unexpected<core::Error>(scope.error());
  const auto compiled = compile(raw, "field");
  if (!compiled) return tl::unexpected<core::Error>(compiled.error());
  return (*compiled)->evaluate(scope->scope());
}

/// The error of what must not have a value.
inline std::string refused(const core::Value& raw, const std::string& context = "{}") {
  const auto result = evaluated(raw, context);
  if (result) return "a value: " + result->dump();
  CHECK(result.error().status == 1000);
  return result.error().message;
}

struct Case {
  std::string text;
  std::string expect;  ///< JSON
  std::string context = "{}";
};

/// Also the kind of the number must be the expected one: 1 is not 1.0.
inline void check(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CAPTURE(one.context);
    const auto result = evaluated(one.text, one.context);
    const std::string failure = result ? std::string() : result.error().message;
    CHECK(failure == "");
    if (result) CHECK(result->dump() == core::Value::parse(one.expect).dump());
  }
}

struct Refusal {
  std::string text;
  std::string message;  ///< a part of it
  std::string context = "{}";
};

inline void check(const std::vector<Refusal>& cases) {
  for (const Refusal& one : cases) {
    CAPTURE(one.text);
    CHECK_MESSAGE(refused(one.text, one.context).find(one.message) != std::string::npos,
                  refused(one.text, one.context));
  }
}

}  // namespace antiphon::expression
