// SPDX-License-Identifier: MIT
// The completion scripts, read by the shells they are for, and the manual page, read by mandoc and
// groff.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace antiphon::test;

namespace {

using Words = std::vector<std::string>;

std::string printed(const Words& words) {
  Words argv{ANTIPHON_BINARY};
  argv.insert(argv.end(), words.begin(), words.end());
  const RunResult result = run(argv);
  REQUIRE_MESSAGE(result.exit_code == 0, result.err);
  return result.out;
}

std::string completed(const Words& shell, const std::string& name, const std::string& commands) {
  Words argv = shell;
  argv.push_back(printed({"completion", name}) + commands);
  const RunResult result = run(argv);
  CHECK_MESSAGE(result.exit_code == 0, result.err);
  CHECK_MESSAGE(result.err.empty(), result.err);
  return result.out;
}

std::string quoted(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += " '" + word + "'";
  return text;
}

/// As bash splits a line that is being typed; the last word is to be completed.
Words in_bash(const Words& line) {
  const std::string out =
      completed({"bash", "--norc", "-c"}, "bash",
                "COMP_WORDS=(" + quoted(line) + "); COMP_CWORD=" + std::to_string(line.size() - 1) +
                    "; _antiphon; printf '%s\\n' \"${COMPREPLY[@]}\"\n");
  std::istringstream stream(out);
  Words found;
  for (std::string word; stream >> word;) found.push_back(word);
  return found;
}

/// What the script hands to zsh's own functions, which complete only on a terminal.
std::string in_zsh(const Words& line) {
  const std::string script = printed({"completion", "zsh"});
  Words argv{"zsh", "-f", "-c",
             "compdef() { echo compdef $@; }\n_files() { echo files; }\n"
             "_describe() { print -l -- ${(P)2}; }\ncompadd() { shift; print -l -- $@; }\n"
             "compset() { :; }\n" +
                 script + "words=(" + quoted(line) + "); CURRENT=" + std::to_string(line.size()) +
                 "; _antiphon\n"};
  const RunResult result = run(argv);
  CHECK_MESSAGE(result.err.empty(), result.err);
  CHECK(result.out.starts_with("compdef _antiphon antiphon\n"));
  return result.out;
}

std::string in_fish(const std::string& line) {
  return completed({"fish", "--no-config", "-c"}, "fish", "complete -C '" + line + "'\n");
}

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool shows(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("completion: bash completes commands, options and values") {
  CHECK(in_bash({"antiphon", "comp"}) == Words{"completion"});
  CHECK(in_bash({"antiphon", "get", "si"}) == Words{"sites"});
  const Words options = in_bash({"antiphon", "get", "activations", "--"});
  for (const char* option : {"--state", "--limit", "--broker", "--json"}) {
    CHECK_MESSAGE(has(options, option), option);
  }
  CHECK(!has(options, "--follow"));
  CHECK(in_bash({"antiphon", "get", "activations", "--state", "ca"}) ==
        Words{"cancelling", "cancelled"});
  CHECK(in_bash({"antiphon", "get", "activations", "--state", "=", "pa"}) == Words{"paused"});
  CHECK(in_bash({"antiphon", "get", "activations", "--state", "="}).size() >= 6);
  CHECK(in_bash({"antiphon", "completion", ""}) == Words{"bash", "zsh", "fish"});
  // Nothing of ours: bash goes on with the names of files.
  CHECK(in_bash({"antiphon", "validate", ""}).empty());
  CHECK(in_bash({"antiphon", "get", "sites", "--ca", ""}).empty());
  CHECK(has(in_bash({"antiphon", "get", "sites", ""}), "--all"));
}

TEST_CASE("completion: zsh completes commands with their help, options and values") {
  CHECK(shows(in_zsh({"antiphon", ""}), "\ncompletion:"));
  CHECK(shows(in_zsh({"antiphon", "get", ""}), "\nsites:planes below this one\n"));
  CHECK(shows(in_zsh({"antiphon", "get", "activations", "--"}), "\n--state:only in this state\n"));
  CHECK(shows(in_zsh({"antiphon", "get", "activations", "--state", ""}), "\ncancelling\n"));
  CHECK(shows(in_zsh({"antiphon", "get", "activations", "--state="}), "\ncancelling\n"));
  CHECK(shows(in_zsh({"antiphon", "completion", ""}), "\nfish:"));
  CHECK(in_zsh({"antiphon", "validate", ""}) == "compdef _antiphon antiphon\nfiles\n");
}

TEST_CASE("completion: fish completes commands with their help, options and values") {
  CHECK(shows(in_fish("antiphon comp"), "completion\ta completion script"));
  CHECK(shows(in_fish("antiphon get si"), "sites\tplanes below this one\n"));
  const std::string options = in_fish("antiphon get activations --");
  CHECK(shows(options, "--state\tonly in this state\n"));
  CHECK(!shows(options, "--follow"));
  CHECK(shows(in_fish("antiphon get activations --state "), "cancelling\t"));
  CHECK(shows(in_fish("antiphon get activations --state=ca"), "--state=cancelled"));
  CHECK(shows(in_fish("antiphon completion "), "bash\t"));
}

TEST_CASE("man: the page has every command and option, and its readers find nothing wrong") {
  const std::string page = printed({"man"});
  TempDir folder;
  const std::string file = (folder / "antiphon.1").string();
  std::ofstream(file) << page;
  const RunResult linted = run({"mandoc", "-T", "lint", "-W", "warning", file});
  // A page that is made anew with each build has no date of its own.
  std::istringstream complaints(linted.out);
  for (std::string line; std::getline(complaints, line);) {
    CHECK_MESSAGE(shows(line, "missing date"), line);
  }
  const RunResult shown = run({"groff", "-man", "-Tutf8", "-P-cbou", "-ww", file});
  CHECK(shown.exit_code == 0);
  CHECK_MESSAGE(shown.err.empty(), shown.err);
  for (const char* words : {"antiphon get activations", "--state", "cancelling", "ANTIPHON_BROKER",
                            "antiphon completion", "EXIT STATUS"}) {
    CHECK_MESSAGE(shows(shown.out, words), std::string(words), shown.out);
  }
}
