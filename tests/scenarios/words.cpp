// SPDX-License-Identifier: MIT
#include "tests/scenarios/words.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace antiphon::scenarios {
namespace {

/// Where the JSON text that begins at `at` ends: at the space or the end after its last bracket or
/// quote.
std::size_t end_of_json(const std::string& line, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '[')) {
      ++depth;
    } else if (!quoted && (c == '}' || c == ']')) {
      --depth;
    } else if (!quoted && depth == 0 && c == ' ') {
      break;
    }
  }
  return at;
}

std::string unquoted(const std::string& text) {
  if (!text.starts_with('"')) return text;
  return core::Value::parse(text).get<std::string>();
}

bool is_json(const std::string& word) {
  return word.starts_with('{') || word.starts_with('[') || word.starts_with('"');
}

}  // namespace

Words::Words(const std::string& line) : line_(line) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] == ' ') {
      ++at;
      continue;
    }
    const std::size_t end = end_of_json(line, at);
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  if (words.empty()) throw std::runtime_error("an empty command");
  verb_ = words.front();
  words.erase(words.begin());
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (is_json(word)) {
      json_.push_back(word);
    } else if (equals != std::string::npos) {
      options_[word.substr(0, equals)] = unquoted(word.substr(equals + 1));
    } else {
      plain_.push_back(word);
    }
  }
}

std::string Words::next(const char* what) {
  auto word = maybe();
  if (!word) throw std::runtime_error("'" + line_ + "' lacks its " + what);
  return *std::move(word);
}

std::optional<std::string> Words::maybe() {
  if (plain_.empty()) return std::nullopt;
  std::string word = plain_.front();
  plain_.erase(plain_.begin());
  return word;
}

core::JsonText Words::object() {
  const auto found = std::find_if(json_.begin(), json_.end(),
                                  [](const std::string& word) { return word.front() == '{'; });
  if (found == json_.end()) return {};
  core::JsonText text = core::Value::parse(*found).dump();
  json_.erase(found);
  return text;
}

std::string Words::quoted() {
  const auto found = std::find_if(json_.begin(), json_.end(),
                                  [](const std::string& word) { return word.front() == '"'; });
  if (found == json_.end()) return {};
  std::string text = unquoted(*found);
  json_.erase(found);
  return text;
}

std::optional<std::string> Words::option(const std::string& key) {
  const auto found = options_.find(key);
  if (found == options_.end()) return std::nullopt;
  std::string value = std::move(found->second);
  options_.erase(found);
  return value;
}

bool Words::flag(const std::string& word) {
  const auto found = std::find(plain_.begin(), plain_.end(), word);
  if (found == plain_.end()) return false;
  plain_.erase(found);
  return true;
}

void Words::finish() const {
  if (plain_.empty() && json_.empty() && options_.empty()) return;
  const std::string extra = !plain_.empty()  ? plain_.front()
                            : !json_.empty() ? json_.front()
                                             : options_.begin()->first + "=";
  throw std::runtime_error("'" + line_ + "' has '" + extra + "', which means nothing here");
}

}  // namespace antiphon::scenarios
