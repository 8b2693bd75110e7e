// SPDX-License-Identifier: MIT
// The vectors of other implementations of the language: vectors/expressions.json.
#include <fstream>

#include "tests/unit/expression_cases.hpp"

namespace antiphon::expression {
namespace {

TEST_CASE("expression: the vectors have the values they expect") {
  std::ifstream file(ANTIPHON_SOURCE_DIR "/tests/unit/vectors/expressions.json");
  const core::Value cases = core::Value::parse(file);
  CHECK(cases.size() == 145);
  for (const core::Value& one : cases) {
    const auto text = one.at("expr").get<std::string>();
    CAPTURE(text);
    const auto result = evaluated(text, one.value("context", core::Value::object()).dump());
    if (one.contains("error")) {
      CHECK_FALSE(result.has_value());
    } else {
      const std::string failure = result ? std::string() : result.error().message;
      CHECK(failure == "");
      if (result) CHECK(result->dump() == one.at("expect").dump());
    }
  }
}

}  // namespace
}  // namespace antiphon::expression
