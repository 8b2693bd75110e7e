// SPDX-License-Identifier: MIT
#include "engine/core/masks.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/base64.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/sealed.hpp"

namespace antiphon::core {
namespace {

std::string inside_json(const std::string& text) {
  const JsonText quoted = dump(Value(text));
  return quoted.substr(1, quoted.size() - 2);
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto code = static_cast<unsigned char>(c);
    out += '%';
    out += hex[code >> 4U];
    out += hex[code & 0x0FU];
  }
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find_first_of("\r\n", begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

constexpr std::array<std::string_view, 5> telling_ends{"password", "passwd", "token", "secret",
                                                       "authorization"};

bool names_secret(std::string_view key) {
  return std::any_of(telling_ends.begin(), telling_ends.end(), [key](std::string_view end) {
    return key.size() >= end.size() &&
           std::equal(
               end.begin(), end.end(), key.end() - static_cast<std::ptrdiff_t>(end.size()),
               [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
  });
}

}  // namespace

void mask_named(Value& value) {
  if (!value.is_structured()) return;
  for (const auto& item : value.items()) {
    const bool text = item.value().is_string() && !item.value().get_ref<std::string&>().empty();
    if (text && value.is_object() && names_secret(item.key())) {
      item.value() = secret_mask;
    } else {
      mask_named(item.value());
    }
  }
}

Masks::Masks(const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (secret.size() < limits::masked_bytes) continue;
    add(secret);
    add(inside_json(secret));
    add(percent_encoded(secret));
    add(base64_encode(secret));
    const auto lines = lines_of(secret);
    for (const std::string& line : lines) {
      if (lines.size() > 1 && line.size() >= limits::masked_line_bytes) add(line);
    }
  }
  std::sort(texts_.begin(), texts_.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
}

void Masks::add(std::string text) {
  if (std::find(texts_.begin(), texts_.end(), text) == texts_.end()) {
    texts_.push_back(std::move(text));
  }
}

std::string Masks::text(std::string text) const {
  for (const std::string& secret : texts_) {
    for (auto at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + secret_mask.size())) {
      text.replace(at, secret.size(), secret_mask);
    }
  }
  return text;
}

JsonText Masks::json(const JsonText& json) const {
  const bool touched = std::any_of(texts_.begin(), texts_.end(), [&json](const std::string& text) {
    return json.find(text) != JsonText::npos;
  });
  // A secret within JSON text may be written with escapes of any kind, so look inside as well.
  const bool escapes = !texts_.empty() && json.find('\\') != JsonText::npos;
  if (!touched && !escapes) return json;
  const Value parsed = Value::parse(json);
  const Value masked = value(parsed);
  return masked == parsed ? json : dump(masked);
}

Value Masks::value(const Value& given) const {
  if (given.is_string()) return text(given.get<std::string>());
  if (given.is_array()) {
    Value list = Value::array();
    for (const Value& item : given) list.push_back(value(item));
    return list;
  }
  if (given.is_object()) {
    Value object = Value::object();
    for (const auto& [key, item] : given.items()) object[text(key)] = value(item);
    return object;
  }
  const std::string written = dump(given);
  const std::string masked = text(written);
  return masked == written ? given : Value(masked);
}

}  // namespace antiphon::core
