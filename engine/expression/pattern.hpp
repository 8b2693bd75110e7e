// SPDX-License-Identifier: MIT
// A value of a document with its texts parsed: what compile() makes and Evaluation reads.
// Immutable.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/expression/tree.hpp"

namespace antiphon::expression {

/// Literal text, or a segment if there is a tree.
struct TextPart {
  std::string literal;
  std::optional<Tree> tree;
  std::size_t column;
};

/// Text with at least one segment.
struct TextPattern {
  std::string field;  ///< of the document, for messages
  std::vector<TextPart> parts;
};

struct Pattern;
struct Entry;

struct ListPattern {
  std::vector<Pattern> items;
};

struct MapPattern {
  std::vector<Entry> entries;
};

/// A value without any segment, at whatever depth, is one literal.
struct Pattern {
  std::variant<Literal, TextPattern, ListPattern, MapPattern> what;
};

struct Entry {
  std::string key;
  Pattern value;
};

}  // namespace antiphon::expression
