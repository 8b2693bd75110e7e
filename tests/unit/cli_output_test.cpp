// SPDX-License-Identifier: MIT
// What the command line prints: whatever came over the bus, the terminal gets characters only.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "connectors/cli/event_lines.hpp"
#include "connectors/cli/output.hpp"

using namespace antiphon;

TEST_CASE("output: control characters are shown, not obeyed") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"plain, ünïcode 東京", "plain, ünïcode 東京"},
      {"\033[31mred\a", "\\u001b[31mred\\u0007"},
      {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
      {"\x7f|\xc2\x9b|\xc2\xa0", "\\u007f|\\u009b|\xc2\xa0"},
      {std::string("\0", 1), "\\u0000"},
  };
  for (const auto& [text, shown] : rows) CHECK(cli::printable(text) == shown);
}

TEST_CASE("output: a cell and a line of JSON are printable") {
  const nlohmann::json object{{"error", "\033]0;title\a"}, {"nested", {{"a", "\xc2\x9b"}}}};
  CHECK(cli::cell(object, "error") == "\\u001b]0;title\\u0007");
  const std::string line = cli::json_line(object);
  CHECK(line.find('\033') == std::string::npos);
  CHECK(line.find("\\u009b") != std::string::npos);
  CHECK(nlohmann::json::parse(line) == object);
}

TEST_CASE("output: the line of an event holds nothing that moves a cursor") {
  cli::EventLines lines(false);
  for (const char* type :
       {"activation.started", "activation.ended", "stage.ended", "task.settled", "odd.\033[2J"}) {
    core::LifeCycle event;
    event.type = type;
    event.activation = *core::ActivationId::parse("r1");
    const std::string bad = "\033[31m\n";
    event.data = nlohmann::json{{"state", bad},
                                {"error", bad},
                                {"context", bad},
                                {"stage", bad},
                                {"author", bad},
                                {"inputs", {{bad, bad}}},
                                {"outputs", {{"x", std::string(159, 'x') + "東京\xc2\x9b"}}},
                                {"trigger", {{"topic", bad}, {"payload", bad}}}}
                     .dump();
    const std::string line = lines.line(event);
    CHECK_MESSAGE(line.find_first_of("\033\n") == std::string::npos, line);
    CHECK(line.find("\xc2\x9b") == std::string::npos);
  }
}
