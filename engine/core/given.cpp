// SPDX-License-Identifier: MIT
#include "engine/core/given.hpp"

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {
namespace {

std::optional<Answer> over(const std::string& what, std::size_t bytes, std::size_t most) {
  if (bytes <= most) return std::nullopt;
  return Answer{
      status::too_large,
      what + " have " + std::to_string(bytes) + " bytes, more than " + std::to_string(most),
      {},
      {}};
}

}  // namespace

JsonText with_given(const JsonText& values, const JsonText& given) {
  if (given.empty()) return values;
  Value all = parse_object(values);
  all.update(parse_object(given));
  return dump(all);
}

std::optional<Answer> refusal_of_inputs(const Activation& activation, const JsonText& inputs) {
  return over("the inputs given to the run so far",
              with_given(activation.given_inputs, inputs).size(), limits::message_bytes);
}

std::optional<Answer> refusal_of_outputs(const std::string& stage, const JsonText& outputs,
                                         const JsonText& given) {
  const Value values = parse_object(given);
  for (const auto& [key, value] : values.items()) {
    if (!key.starts_with("__")) continue;
    return Answer{status::bad_request,
                  "the output '" + key + "' is a built-in",
                  "names that begin with __ are the engine's own",
                  {}};
  }
  return over("the outputs of stage " + stage + " with what is given",
              with_given(outputs, given).size(), limits::outputs_bytes);
}

}  // namespace antiphon::core
