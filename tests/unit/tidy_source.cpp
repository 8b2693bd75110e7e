// SPDX-License-Identifier: MIT
// Just enough of C++'s lexer to tell code from comments and texts.
#include "tests/unit/tidy_source.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace antiphon::test {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Where the piece that begins at `at` ends: a comment, a text, a character; `at` itself if it is
// code.
std::size_t end_of_piece(const std::string& text, std::size_t at) {
  const auto after = [&](const std::string& mark, std::size_t from) {
    const auto found = text.find(mark, from);
    return found == std::string::npos ? text.size() : found + mark.size();
  };
  if (text.compare(at, 2, "//") == 0) return std::min(text.find('\n', at), text.size());
  if (text.compare(at, 2, "/*") == 0) return after("*/", at + 2);
  if (text.compare(at, 2, "R\"") == 0 && (at == 0 || !is_word(text[at - 1]))) {
    const auto open = text.find('(', at);
    return after(")" + text.substr(at + 2, open - at - 2) + "\"", open);
  }
  // An apostrophe after a digit separates digits.
  if (text[at] != '"' && (text[at] != '\'' || (at > 0 && is_word(text[at - 1])))) return at;
  auto end = at + 1;
  while (end < text.size() && text[end] != text[at]) end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size());
}

std::string blanked(const std::string& text) {
  std::string code;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = end_of_piece(text, at);
    if (end == at) {
      code += text[at++];
      continue;
    }
    if (text[at] == '"' || text[at] == 'R') code += "\"\"";
    code.append(
        static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                                            text.begin() + static_cast<std::ptrdiff_t>(end), '\n')),
        '\n');
    at = end;
  }
  return code;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Follows braces and parentheses through code, and notes where outermost function bodies begin and
// end.
class Braces {
 public:
  void take(char c, std::size_t line) {
    if (c == '{') {
      open();
    } else if (c == '}') {
      close(line);
    } else if (c == ';' && parens_ == 0) {
      statement_.clear();
    } else {
      if (c == '(') ++parens_;
      if (c == ')') --parens_;
      if (statement_.empty() && std::isspace(static_cast<unsigned char>(c)) == 0)
        statement_line_ = line;
      if (!statement_.empty() || std::isspace(static_cast<unsigned char>(c)) == 0) note(c);
    }
  }

  void end_line() {
    // `public:` and the like begin nothing.
    if (!statement_.empty() && statement_.back() == ':' && parens_ == 0) statement_.clear();
  }

  std::vector<std::pair<std::size_t, std::size_t>> found{};

 private:
  struct Block {
    bool function;
    int parens;
  };

  // What stands in parentheses is left out: default arguments are no assignments.
  void note(char c) {
    if (parens_ == 0) statement_ += c;
  }

  bool begins_function() const {
    static const std::vector<std::string> others{"namespace", "struct", "class", "enum", "union"};
    const auto word = statement_.substr(0, statement_.find_first_of(" <:"));
    return statement_.find(')') != std::string::npos && parens_ == 0 &&
           statement_.find('=') == std::string::npos &&
           std::find(others.begin(), others.end(), word) == others.end();
  }

  void open() {
    const bool function = !inside_ && begins_function();
    if (function) first_ = statement_line_;
    inside_ = inside_ || function;
    blocks_.push_back({function, parens_});
    parens_ = 0;
    statement_.clear();
  }

  void close(std::size_t line) {
    if (blocks_.empty()) return;
    const auto block = blocks_.back();
    blocks_.pop_back();
    parens_ = block.parens;
    statement_.clear();
    if (!block.function) return;
    inside_ = false;
    found.emplace_back(first_, line);
  }

  std::string statement_;
  std::vector<Block> blocks_;
  std::size_t statement_line_ = 0;
  std::size_t first_ = 0;
  int parens_ = 0;
  bool inside_ = false;
};

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> functions(const Source& source) {
  Braces braces;
  for (std::size_t i = 0; i < source.code.size(); ++i) {
    if (source.code[i].rfind('#', 0) == 0) continue;
    for (const char c : source.code[i] + " ") braces.take(c, i);
    braces.end_line();
  }
  return braces.found;
}

std::string Source::room() const {
  const auto second = path.find('/', path.find('/') + 1);
  return path.substr(0, second == std::string::npos ? path.rfind('/') : second);
}

bool Source::is_in(const std::string& folder) const {
  return path.rfind(folder + "/", 0) == 0;
}

Source make_source(std::string path, const std::string& text) {
  Source source{std::move(path), split(text), split(blanked(text))};
  source.code.resize(source.lines.size());
  return source;
}

std::vector<Source> read_tree(const std::string& root) {
  namespace fs = std::filesystem;
  std::vector<Source> sources;
  for (const std::string top : {"engine", "connectors", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(root) / top)) {
      const auto kind = entry.path().extension();
      if (kind != ".hpp" && kind != ".cpp") continue;
      std::ifstream file(entry.path());
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      sources.push_back(make_source(fs::relative(entry.path(), root).string(), text));
    }
  }
  std::sort(sources.begin(), sources.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return sources;
}

}  // namespace antiphon::test
