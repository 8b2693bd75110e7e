// SPDX-License-Identifier: MIT
#include "engine/expression/render.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/sealed.hpp"
#include "engine/expression/numbers.hpp"
#include "engine/expression/utf8.hpp"

namespace antiphon::expression {
namespace {

constexpr std::size_t scalar_bytes =
    8;  // a rough size for all that is neither text nor list nor object

void append_escaped(std::string& out, char c) {
  constexpr std::string_view plain = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  constexpr std::string_view hex = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(c);
  if (const auto found = plain.find(c); found != std::string_view::npos) {
    out += '\\';
    out += letters[found];
  } else if (code < 0x20) {
    out += "\\u00";
    out += hex[code >> 4U];
    out += hex[code & 0x0FU];
  } else {
    out += c;
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) append_escaped(out, c);
  out += '"';
}

}  // namespace

std::string to_text(const core::Value& value) {
  std::string out;
  append_text(out, value);
  return out;
}

void append_text(std::string& out, const core::Value& value) {
  if (value.is_string()) {
    out += value.get_ref<const std::string&>();
  } else if (core::is_sealed(value)) {
    out += core::secret_mask;
  } else if (value.is_null()) {
    out += "<nil>";
  } else {
    append_json(out, value);
  }
}

std::string shown(const core::Value& value) {
  return shown_text(to_text(value));
}

std::string shown_text(std::string_view text) {
  constexpr std::size_t longest = 80;
  if (text.size() <= longest) return "'" + std::string(text) + "'";
  std::size_t end = 0;
  while (end < longest) end += character_bytes(text.substr(end));
  return "'" + std::string(text.substr(0, end)) + "...'";
}

std::string to_json(const core::Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

void append_json(std::string& out, const core::Value& value) {
  if (value.is_string()) {
    append_quoted(out, value.get_ref<const std::string&>());
  } else if (const auto number = number_of(value)) {
    out += to_text(*number);
  } else if (value.is_structured()) {
    char separator = value.is_object() ? '{' : '[';
    if (value.empty()) out += separator;
    for (const auto& item : value.items()) {
      out += separator;
      separator = ',';
      if (value.is_object()) {
        append_quoted(out, item.key());
        out += ':';
      }
      append_json(out, item.value());
    }
    out += value.is_object() ? '}' : ']';
  } else if (core::is_sealed(value)) {
    append_quoted(out, core::secret_mask);
  } else {
    out += value.is_null() ? "null" : (value.get<bool>() ? "true" : "false");
  }
}

bool take_size(const core::Value& value, std::size_t& left) {
  std::size_t own = scalar_bytes;
  if (value.is_string()) own = value.get_ref<const std::string&>().size() + 2;
  if (core::is_sealed(value)) own = value.get_binary().size();
  if (own > left) return false;
  left -= own;
  if (!value.is_structured()) return true;
  for (const auto& item : value.items()) {
    if (value.is_object()) {
      if (item.key().size() > left) return false;
      left -= item.key().size();
    }
    if (!take_size(item.value(), left)) return false;
  }
  return true;
}

bool is_larger_than(const core::Value& value, std::size_t bytes) {
  if (value.is_string()) return value.get_ref<const std::string&>().size() > bytes;
  std::size_t left = bytes;
  return !take_size(value, left);
}

}  // namespace antiphon::expression
