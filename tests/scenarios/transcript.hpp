// SPDX-License-Identifier: MIT
// A scenario file as steps and prose (README.md beside this file has the form).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace antiphon::scenarios {

/// One command: its line, and the indented lines below it without their common indentation.
struct Command {
  std::string line;
  std::string body;
};

/// A paragraph: prose, or commands and what they shall print.
struct Paragraph {
  std::string prose{};  ///< of a step: its commands, as written
  bool step = false;
  std::size_t line = 0;  ///< of the file, where it begins
  std::vector<Command> commands{};
  std::string expected{};  ///< each line ended
};

struct Transcript {
  std::filesystem::path file;
  std::vector<Paragraph> paragraphs;
};

/// Throws std::runtime_error when the file cannot be read, has no steps, or begins with one.
Transcript read_transcript(const std::filesystem::path& file);

/// Writes the file again, with the paragraphs' `expected` as they are now.
void write_transcript(const Transcript& transcript);

}  // namespace antiphon::scenarios
