// SPDX-License-Identifier: MIT
// Reads the fields of one JSON object into values of ours: presence, type and range of each are
// checked, and what is wrong is said with the field's name. Fields that nobody reads are ignored:
// newer senders may have more.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/core/time.hpp"
#include "engine/core/value.hpp"

namespace antiphon::wire {

enum class Need { required, optional };

/// Both ends belong to it.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

/// `text`, quoted, cut and made printable, for messages.
std::string shown(std::string_view text);

/// Every reading returns something usable and remembers the first problem, so that a decoder reads
/// all it wants and asks problem() once. A field that is null counts as missing; a missing optional
/// one reads as empty.
class Fields {
 public:
  /// `object` is an object and outlives this; `what` names the message ("reply") in problems.
  Fields(const core::Value& object, std::string_view what);

  /// The first thing that was wrong: 400, with the field and what would be right.
  const std::optional<core::Error>& problem() const { return problem_; }

  /// `value`, or the problem.
  template <class T>
  core::Result<T> finish(T value) const {
    if (problem_) return tl::unexpected(*problem_);
    return value;
  }

  /// Checks `v`: a missing one is version 1, a newer major is refused.
  void version();

  bool has(std::string_view field) const { return find(field) != nullptr; }

  /// No NUL in it; a required one is not empty.
  std::string text(std::string_view field, Need need, std::size_t most_bytes);
  /// One of `words`.
  std::string word(std::string_view field, Need need, const std::vector<std::string_view>& words);
  /// Whole floats count as the integer that they are; nothing wraps.
  std::optional<std::int64_t> integer(std::string_view field, Need need, Range range = {});
  /// Finite; missing: 0.
  double number(std::string_view field);
  /// Missing: false.
  bool flag(std::string_view field, Need need = Need::optional);
  /// RFC 3339 text, or integer milliseconds since 1970; missing: 1970.
  core::Instant instant(std::string_view field, Need need);
  /// A text like "1h30m", from 0 to `most`; missing: 0.
  core::Duration duration(std::string_view field, core::Duration most);
  /// An object as JSON text; missing: the empty text.
  core::JsonText object(std::string_view field);
  std::vector<std::string> texts(std::string_view field, std::size_t most_items,
                                 std::size_t most_bytes);
  /// Texts that are names.
  std::vector<std::string> names(std::string_view field, std::size_t most_items);
  std::map<std::string, std::string> text_map(std::string_view field, std::size_t most_items,
                                              std::size_t most_bytes);

  /// A checked name; missing: the empty one.
  template <class N>
  N name(std::string_view field, Need need) {
    const auto* value = string(field, need);
    if (value == nullptr) return N();
    auto parsed = N::parse(*value);
    if (parsed) return *std::move(parsed);
    note(field, parsed.error().message, parsed.error().hint);
    return N();
  }

 private:
  const core::Value* find(std::string_view field) const;
  /// Null if it is missing or of another type, which is then noted.
  const core::Value* member(std::string_view field, Need need, std::string_view expected);
  const std::string* string(std::string_view field, Need need);
  void wrong_type(std::string_view field, const core::Value& value, std::string_view expected);
  bool text_fits(std::string_view field, const std::string& text, std::size_t most_bytes);
  void note(std::string_view field, const std::string& what_is_wrong, std::string hint);

  const core::Value& object_;
  std::string what_;
  std::optional<core::Error> problem_;
};

}  // namespace antiphon::wire
