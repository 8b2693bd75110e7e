// SPDX-License-Identifier: MIT
// Writes one JSON object as text, its fields in the order in which people read them; JSON that rows
// carry as bytes goes out as those bytes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/time.hpp"
#include "engine/core/value.hpp"

namespace antiphon::wire {

class ObjectText {
 public:
  /// Invalid UTF-8 is replaced.
  ObjectText& text(std::string_view field, std::string_view value);
  /// Nothing if the text is empty.
  ObjectText& text_unless_empty(std::string_view field, std::string_view value);
  ObjectText& integer(std::string_view field, std::int64_t value);
  ObjectText& number(std::string_view field, double value);
  ObjectText& flag(std::string_view field, bool value);
  ObjectText& time(std::string_view field, core::Instant value);
  ObjectText& texts(std::string_view field, const std::vector<std::string>& values);
  ObjectText& texts(std::string_view field, const std::map<std::string, std::string>& values);
  /// `value` is valid JSON.
  ObjectText& json(std::string_view field, std::string_view value);
  /// An object; of no bytes: the empty one.
  ObjectText& object(std::string_view field, const core::JsonText& value);

  /// The whole object; nothing may be added afterwards.
  core::JsonText done();

 private:
  std::string text_ = "{";
};

}  // namespace antiphon::wire
