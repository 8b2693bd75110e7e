// SPDX-License-Identifier: MIT
#include "engine/campaign/problems.hpp"

#include <algorithm>
#include <tuple>

#include "engine/core/limits.hpp"

namespace antiphon::campaign {
namespace {

/// The first `most` bytes of a longer text, without a part of a character.
std::string cut(std::string_view text, std::size_t most) {
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return std::string(text.substr(0, most));
}

bool is_plain_key(std::string_view key) {
  return !key.empty() && key.size() <= 60 && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

/// What a message quotes of a document may be long or have line breaks; a problem is one line all
/// the same.
std::string one_line(std::string text) {
  constexpr std::size_t most = 500;
  if (text.size() > most) text = cut(text, most) + "...";
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text;
}

}  // namespace

std::string to_text(const Problem& problem) {
  const std::string line = std::to_string(problem.line);
  const std::string column = std::to_string(problem.column);
  std::string text = problem.file;
  if (problem.line > 0) {
    text += text.empty() ? "line " + line + ", column " + column : ":" + line + ":" + column;
  }
  if (!text.empty()) text += ": ";
  if (!problem.field.empty()) text += problem.field + ": ";
  text += problem.message;
  if (!problem.hint.empty()) text += " (" + problem.hint + ")";
  return text;
}

void Problems::add(std::size_t at, std::string field, std::string message, std::string hint) {
  keep(full() ? Position{} : source_.position(at), std::move(field), std::move(message),
       std::move(hint));
}

void Problems::add(std::string message, std::string hint) {
  keep({}, {}, std::move(message), std::move(hint));
}

void Problems::keep(Position at, std::string field, std::string message, std::string hint) {
  if (full()) {
    ++dropped_;
    return;
  }
  found_.push_back({file_, at.line, at.column, one_line(std::move(field)),
                    one_line(std::move(message)), one_line(std::move(hint))});
}

bool Problems::full() const {
  return found_.size() == core::limits::document_problems;
}

std::vector<Problem> Problems::take() {
  std::stable_sort(found_.begin(), found_.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  if (dropped_ > 0) {
    found_.push_back({file_, 0, 0, {}, "and " + std::to_string(dropped_) + " more problems", {}});
  }
  dropped_ = 0;
  return std::exchange(found_, {});
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 60;
  if (text.size() <= most) return "'" + std::string(text) + "'";
  return "'" + cut(text, most) + "...'";
}

std::string child_path(const std::string& path, std::string_view key) {
  if (!is_plain_key(key)) return path + "[" + in_quotes(key) + "]";
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

std::string child_path(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

}  // namespace antiphon::campaign
