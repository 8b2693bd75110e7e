// SPDX-License-Identifier: MIT
// docs/expressions.md shows what is true: each row of a table that begins with a text is evaluated
// in the page's context.
#include <fstream>
#include <iterator>

#include "tests/unit/expression_cases.hpp"

namespace antiphon::expression {
namespace {

std::string page() {
  std::ifstream file(ANTIPHON_SOURCE_DIR "/docs/expressions.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const std::size_t begin = text.find(open) + open.size();
  return text.substr(begin, text.find(close, begin) - begin);
}

struct Example {
  std::string text;
  std::string value;  ///< "`JSON`" or "error: a part of the message"
};

std::vector<Example> examples(const std::string& markdown) {
  std::vector<Example> all;
  const std::string border = "` | ";
  for (std::size_t at = 0; (at = markdown.find("\n| `", at)) != std::string::npos;) {
    at += 4;
    const std::string row = markdown.substr(at, markdown.find('\n', at) - at);
    const std::size_t middle = row.find(border);
    if (row.find("${{") > middle || middle == std::string::npos) continue;
    const std::size_t value = middle + border.size();
    all.push_back({row.substr(0, middle), row.substr(value, row.size() - value - 2)});
  }
  return all;
}

TEST_CASE("expression: the page of the language shows what is true") {
  const std::string markdown = page();
  const std::string context = between(markdown, "```json\n", "```");
  const auto all = examples(markdown);
  CHECK(all.size() > 50);
  for (const Example& one : all) {
    CAPTURE(one.text);
    const auto result = evaluated(one.text, context);
    const std::string error = "error: ";
    if (one.value.compare(0, error.size(), error) == 0) {
      const std::string message = result ? result->dump() : result.error().message;
      CHECK_MESSAGE(message.find(one.value.substr(error.size())) != std::string::npos, message);
    } else {
      const std::string failure = result ? std::string() : result.error().message;
      CHECK(failure == "");
      if (result) CHECK("`" + result->dump() + "`" == one.value);
    }
  }
}

}  // namespace
}  // namespace antiphon::expression
