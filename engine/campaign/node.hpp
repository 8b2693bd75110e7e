// SPDX-License-Identifier: MIT
// A document as a tree, the same whether it came as YAML or JSON: what every value looks like, and
// where it stands. Children are shared, so that an alias costs nothing; `weight` counts what it
// stands for.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/campaign/problems.hpp"
#include "engine/core/value.hpp"

namespace antiphon::campaign {

struct Node;
using NodePtr = std::shared_ptr<const Node>;

/// One key of a map, with its value. Keys of a map are distinct.
struct Member {
  std::string name;
  std::size_t at = 0;  ///< offset in the source
  NodePtr value;
};

struct Node {
  enum class Kind { null, boolean, integer, number, text, list, map };

  Kind kind = Kind::null;
  std::size_t at = 0;  ///< offset in the source
  std::string text;    ///< a scalar, as it was written
  bool plain = false;  ///< a YAML scalar without quotes: where text is wanted, it is `text`
  std::vector<NodePtr> items;
  std::vector<Member> members;  ///< in the order of the document; merged keys last

  std::size_t weight = 1;      ///< nodes in this tree, keys included, aliases expanded
  std::size_t text_bytes = 0;  ///< bytes of all scalars and keys, aliases expanded
  int height = 0;              ///< levels of lists and maps in this tree
};

/// The member `name` of a map; null if there is none, or if `node` is no map.
const Member* find_member(const Node& node, std::string_view name);

/// "text", "a list", "the number 2.5": for messages.
std::string describe(const Node& node);

/// What a plain YAML scalar stands for: YAML 1.2's core schema, but numbers with leading zeros are
/// text.
Node::Kind plain_kind(std::string_view text);

/// The tree as data. Whole floats within 2^53 become integers, integers beyond 64 bits floats
/// (documents.md, Numbers). A number that is not finite is a problem, and null in its place.
core::Value to_value(const Node& node, const std::string& path, Problems& problems);

}  // namespace antiphon::campaign
