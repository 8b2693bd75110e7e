// SPDX-License-Identifier: MIT
// The functions that make text of values: $str, $json, and base64 both ways.
#include <string>

#include "engine/core/base64.hpp"
#include "engine/expression/function_bodies.hpp"
#include "engine/expression/render.hpp"
#include "engine/expression/utf8.hpp"

namespace antiphon::expression::bodies {

Outcome text(Evaluation& evaluation, const Call& call) {
  return evaluation.text(*call.arguments[0]).map([](const Text& text) {
    return core::Value(text.string());
  });
}

Outcome json(Evaluation& evaluation, const Call& call) {
  return evaluation.value(*call.arguments[0]).map([](const core::Value& value) {
    return core::Value(to_json(value));
  });
}

Outcome encode(Evaluation& evaluation, const Call& call) {
  return evaluation.text(*call.arguments[0]).map([](const Text& text) {
    return core::Value(core::base64_encode(text.view()));
  });
}

Outcome decode(Evaluation& evaluation, const Call& call) {
  const auto text = evaluation.text(*call.arguments[0]);
  if (!text) return tl::unexpected<core::Error>(text.error());
  auto bytes = core::base64_decode(text->view());
  if (!bytes) return evaluation.failure(call, "the argument is not base64");
  if (!is_valid_utf8(*bytes)) {
    return evaluation.failure(call, "the decoded bytes are not UTF-8 text");
  }
  return core::Value(std::move(*bytes));
}

}  // namespace antiphon::expression::bodies
