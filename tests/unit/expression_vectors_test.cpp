// SPDX-License-Identifier: MIT
// The vectors of other implementations of the language: vectors/expressions.json.
#include <algorithm>
#include <fstream>

#include "tests/unit/expression_cases.hpp"

namespace antiphon::expression {
namespace {

/// What the vectors ask of functions that are refused by name. A text that stops being refused has
/// to leave this list.
const std::vector<std::string> not_supported{
    R"(${{$jsonpath($json([{"containerPort":100+200,"protocol":"TCP"}]), [0].containerPort)}})",
    R"(${{$jsonpath($base64decode('W3siY29udGFpbmVyUG9ydCI6OTA5MCwicHJvdG9jb2wiOiJUQ1AifV0='), )"
    R"('$[0].containerPort')}})",
    R"(${{$jsonpath('[{"containerPort":9090,"protocol":"TCP"}]', '$[0].containerPort')}})",
    R"(${{$equal($val('$[?(@.foo.bar=="baz1")].foo.bar'),'baz1')}})",
};

core::Value vectors() {
  std::ifstream file(ANTIPHON_SOURCE_DIR "/tests/unit/vectors/expressions.json");
  return core::Value::parse(file);
}

bool is_listed(const std::string& text) {
  return std::find(not_supported.begin(), not_supported.end(), text) != not_supported.end();
}

TEST_CASE("expression: the vectors have the values they expect") {
  const core::Value cases = vectors();
  REQUIRE(cases.size() > 100);
  for (const core::Value& one : cases) {
    const auto text = one.at("expr").get<std::string>();
    if (is_listed(text)) continue;
    CAPTURE(text);
    const auto result = evaluated(text, one.value("context", core::Value::object()).dump());
    if (one.contains("error")) {
      CHECK_FALSE(result.has_value());
    } else {
      const std::string failure = result ? std::string() : result.error().message;
      CHECK(failure == "");
      if (result) CHECK(*result == one.at("expect"));
    }
  }
}

TEST_CASE("expression: vectors that need JSONPath are refused by name") {
  const core::Value cases = vectors();
  for (const std::string& text : not_supported) {
    CAPTURE(text);
    const auto found = std::find_if(cases.begin(), cases.end(),
                                    [&](const core::Value& one) { return one.at("expr") == text; });
    REQUIRE(found != cases.end());
    const auto message = refused(text, found->value("context", core::Value::object()).dump());
    CHECK_MESSAGE(message.find("not supported yet") != std::string::npos, message);
  }
}

}  // namespace
}  // namespace antiphon::expression
