// SPDX-License-Identifier: MIT
// How the commands print: tables for people, JSON for programs, colours on a terminal only.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/time.hpp"

namespace antiphon::cli {

enum class Colour { plain, good, bad, busy, dim, bold };

/// Whether stdout and stderr take colours: a terminal each, and nobody said no (`off`, NO_COLOR,
/// TERM=dumb).
void set_colours(bool off);

/// The text in that colour, or as it is.
std::string paint(std::string_view text, Colour colour);
std::string paint_on_stderr(std::string_view text, Colour colour);

/// The colour of a run's, stage run's or task's state.
Colour colour_of(std::string_view state);

/// `text` with its control characters written as in JSON (\\n, \\u001b), so that nothing that came
/// over the bus moves a cursor, sets a title or adds a line. What is printed to people and did not
/// begin as a word of ours passes here; JSON remains the same JSON.
std::string printable(std::string_view text);

/// The same line by line: the line breaks of what we laid out ourselves stay.
std::string printable_lines(std::string_view text);

/// The value as one line of JSON, printable.
std::string json_line(const nlohmann::json& value);

/// Columns as wide as their widest cell; widths count characters, not bytes, and not colours.
class Table {
 public:
  explicit Table(std::vector<std::string> headings);
  void add(std::vector<std::string> cells);
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// The value as indented JSON, printable, without a newline at the end.
std::string json_text(const nlohmann::json& value);

/// json_text() and a newline on stdout.
void print_json(const nlohmann::json& value);

/// "antiphon: what" and, if there is one, the hint below it, on stderr; printable.
void complain(const core::Error& error);

/// complain(), and the code to exit with.
int fail(const core::Error& error, int code);

/// "1.2 s", "3 min", "2 h": how long something took.
std::string elapsed(core::Duration duration);

/// The member's text, or its JSON if it is something else, printable; empty if there is none.
std::string cell(const nlohmann::json& object, const char* key);

/// The member `state` in its colour.
std::string state_cell(const nlohmann::json& object);

/// The context of a task's object, with the name that the stage's further tasks have.
std::string context_cell(const nlohmann::json& task);

}  // namespace antiphon::cli
