// SPDX-License-Identifier: MIT
#include "tests/scenarios/transcript.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace antiphon::scenarios {
namespace {

constexpr const char* separator = "----";

/// The two columns that a body stands in are not its own.
std::string without_indent(const std::string& line) {
  return line.starts_with("  ") ? line.substr(2) : line;
}

void add_command_line(Paragraph& step, const std::string& line) {
  if (line.starts_with(" ")) {
    if (step.commands.empty()) throw std::runtime_error("a step begins with an indented line");
    step.commands.back().body += without_indent(line) + "\n";
    return;
  }
  step.commands.push_back({line, {}});
}

Paragraph to_paragraph(const std::vector<std::string>& lines, std::size_t first_line) {
  Paragraph paragraph;
  paragraph.line = first_line;
  for (const std::string& line : lines) {
    if (paragraph.step) {
      paragraph.expected += line + "\n";
    } else if (line == separator) {
      paragraph.step = true;
    } else {
      paragraph.prose += line + "\n";
    }
  }
  if (!paragraph.step) return paragraph;
  std::istringstream commands(paragraph.prose);
  for (std::string line; std::getline(commands, line);) add_command_line(paragraph, line);
  return paragraph;
}

}  // namespace

Transcript read_transcript(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  Transcript transcript{file, {}};
  std::vector<std::string> lines;
  std::size_t number = 0;
  const auto close = [&] {
    if (!lines.empty()) {
      transcript.paragraphs.push_back(to_paragraph(lines, number - lines.size()));
    }
    lines.clear();
  };
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty()) {
      close();
    } else {
      lines.push_back(line);
    }
  }
  ++number;
  close();
  if (transcript.paragraphs.size() < 2 || transcript.paragraphs.front().step) {
    throw std::runtime_error(file.string() + ": begins with a sentence, and has a step");
  }
  return transcript;
}

void write_transcript(const Transcript& transcript) {
  std::ofstream out(transcript.file, std::ios::trunc);
  bool first = true;
  for (const Paragraph& paragraph : transcript.paragraphs) {
    if (!first) out << '\n';
    first = false;
    out << paragraph.prose;
    if (paragraph.step) out << separator << '\n' << paragraph.expected;
  }
  if (!out) throw std::runtime_error("cannot write " + transcript.file.string());
}

}  // namespace antiphon::scenarios
