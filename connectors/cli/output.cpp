// SPDX-License-Identifier: MIT
#include "connectors/cli/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "engine/core/json.hpp"

namespace antiphon::cli {
namespace {

bool colours_on = false;
bool colours_on_stderr = false;

/// Characters that take a place: no UTF-8 continuation bytes, no escape sequences.
std::size_t width(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033') {
      while (i < text.size() && text[i] != 'm') ++i;
      continue;
    }
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) ++count;
  }
  return count;
}

std::string painted(std::string_view text, Colour colour) {
  if (colour == Colour::plain) return std::string(text);
  const char* code = colour == Colour::good   ? "32"
                     : colour == Colour::bad  ? "31"
                     : colour == Colour::busy ? "33"
                     : colour == Colour::bold ? "1"
                                              : "2";
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

/// How many bytes from `at` are a control character: C0 and DEL, or C1, which is two in UTF-8.
std::size_t control_at(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7F) return 1;
  const bool c1 = byte == 0xC2 && at + 1 < text.size() &&
                  (static_cast<unsigned char>(text[at + 1]) & 0xE0U) == 0x80U;
  return c1 ? 2 : 0;
}

std::string escaped(std::string_view control) {
  switch (control.front()) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(control.back());
  return std::string("\\u00") + digits[code / 16U] + digits[code % 16U];
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = control_at(text, at);
    if (bytes == 0) {
      out += text[at++];
    } else {
      out += escaped(text.substr(at, bytes));
      at += bytes;
    }
  }
  return out;
}

std::string printable_lines(std::string_view text) {
  std::string out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    out += printable(text.substr(begin, end - begin));
    if (end < text.size()) out += '\n';
    begin = end + 1;
  }
  return out;
}

std::string json_line(const nlohmann::json& value) {
  return printable(core::dump(value));
}

void set_colours(bool off) {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  const char* no_color = std::getenv("NO_COLOR");
  const bool refused = off || dumb || (no_color != nullptr && *no_color != '\0');
  colours_on = !refused && ::isatty(STDOUT_FILENO) == 1;
  colours_on_stderr = !refused && ::isatty(STDERR_FILENO) == 1;
}

std::string paint(std::string_view text, Colour colour) {
  return colours_on ? painted(text, colour) : std::string(text);
}

std::string paint_on_stderr(std::string_view text, Colour colour) {
  return colours_on_stderr ? painted(text, colour) : std::string(text);
}

Colour colour_of(std::string_view state) {
  if (state == "done" || state == "online") return Colour::good;
  if (state == "failed" || state == "rejected" || state == "uncertain") return Colour::bad;
  if (state == "cancelled" || state == "offline") return Colour::dim;
  return Colour::busy;
}

Table::Table(std::vector<std::string> headings) {
  rows_.push_back(std::move(headings));
}

void Table::add(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows_[r].size(); ++i) {
      const std::string& text = rows_[r][i];
      line += r == 0 ? paint(text, Colour::bold) : text;
      if (i + 1 < rows_[r].size()) line.append(widths[i] - width(text) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string json_text(const nlohmann::json& value) {
  return printable_lines(value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_json(const nlohmann::json& value) {
  std::printf("%s\n", json_text(value).c_str());
}

void complain(const core::Error& error) {
  std::fprintf(stderr, "antiphon: %s\n", printable_lines(error.message).c_str());
  if (!error.hint.empty()) {
    std::fprintf(stderr, "  hint: %s\n", printable_lines(error.hint).c_str());
  }
}

int fail(const core::Error& error, int code) {
  complain(error);
  return code;
}

std::string elapsed(core::Duration duration) {
  const auto tenths = [](std::int64_t ms, std::int64_t unit) {
    return std::to_string(ms / unit) + "." + std::to_string(ms % unit * 10 / unit);
  };
  if (duration < core::seconds(1)) return std::to_string(duration.ms) + " ms";
  if (duration < core::minutes(1)) return tenths(duration.ms, 1000) + " s";
  if (duration < core::hours(1)) return tenths(duration.ms, 60'000) + " min";
  return tenths(duration.ms, 3'600'000) + " h";
}

std::string cell(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? std::string() : printable(core::plain_text(*found));
}

std::string state_cell(const nlohmann::json& object) {
  const std::string state = cell(object, "state");
  return paint(state, colour_of(state));
}

std::string context_cell(const nlohmann::json& task) {
  const std::string name = cell(task, "name");
  return cell(task, "context") + (name.empty() ? "" : "/" + name);
}

}  // namespace antiphon::cli
