// SPDX-License-Identifier: MIT
#include "engine/core/shorten.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/core/json.hpp"

namespace antiphon::core {
namespace {

struct Part {
  Value* value;
  std::size_t bytes;
};

std::vector<Part> members_of(Value& object) {
  std::vector<Part> parts;
  for (Value& value : object) parts.push_back({&value, dump(value).size()});
  return parts;
}

/// The members, and in place of objects among them theirs.
std::vector<Part> leaves_of(Value& object) {
  std::vector<Part> parts;
  for (Value& value : object) {
    if (!value.is_object()) {
      parts.push_back({&value, dump(value).size()});
      continue;
    }
    const auto inner = members_of(value);
    parts.insert(parts.end(), inner.begin(), inner.end());
  }
  return parts;
}

/// The bytes that `object` has afterwards.
std::size_t omit(std::vector<Part> parts, std::size_t bytes, std::size_t most_bytes) {
  std::sort(parts.begin(), parts.end(),
            [](const Part& a, const Part& b) { return a.bytes > b.bytes; });
  for (const Part& part : parts) {
    Value note{{"omitted", part.bytes}};
    const std::size_t note_bytes = dump(note).size();
    if (bytes <= most_bytes || part.bytes <= note_bytes) break;
    *part.value = std::move(note);
    bytes -= part.bytes - note_bytes;
  }
  return bytes;
}

}  // namespace

Value shortened(Value object, std::size_t most_bytes) {
  std::size_t bytes = dump(object).size();
  if (bytes <= most_bytes) return object;
  bytes = omit(leaves_of(object), bytes, most_bytes);
  if (bytes > most_bytes) omit(members_of(object), bytes, most_bytes);
  return object;
}

}  // namespace antiphon::core
