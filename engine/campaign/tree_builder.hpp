// SPDX-License-Identifier: MIT
// Puts the pieces that a parser reports together into a tree, and refuses what must never become
// one: nesting past limits::json_depth, more than limits::document_nodes or limits::document_bytes
// after aliases, duplicate keys.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/campaign/node.hpp"

namespace antiphon::campaign {

/// One document at a time. Where a call returns false a problem was added and the parser must stop.
class TreeBuilder {
 public:
  /// Names an anchor of a YAML document; 0: none.
  using Anchor = std::size_t;

  explicit TreeBuilder(Problems& problems) : problems_(problems) {}

  bool begin_list(std::size_t at, Anchor anchor = 0) { return begin(Node::Kind::list, at, anchor); }
  bool begin_map(std::size_t at, Anchor anchor = 0) { return begin(Node::Kind::map, at, anchor); }
  /// Of a list or a map.
  bool end();

  /// Whether the next thing in the current map is a key.
  bool expects_key() const;
  /// `merge`: YAML's `<<`, whose value's keys are taken over where the map has none of that name.
  void key(std::size_t at, std::string name, bool merge = false);

  bool scalar(Node node, Anchor anchor = 0);
  /// What the anchor stands for, once more.
  bool alias(std::size_t at, Anchor anchor);

  /// The path of what comes next, for problems of the parser's own.
  std::string path() const;

  /// The finished document, null if there is none; the builder is ready for the next one.
  NodePtr take();

 private:
  struct Frame {
    std::shared_ptr<Node> node;
    Anchor anchor = 0;
    bool has_key = false;
    Member next{};  ///< key whose value has not come
    bool next_merges = false;
    std::vector<Member> merges{};
  };

  bool begin(Node::Kind kind, std::size_t at, Anchor anchor);
  bool add(NodePtr node, std::size_t at, Anchor anchor);
  bool fits(std::size_t at, std::size_t weight, std::size_t text_bytes, int height);
  /// Both are asked for a frame that has left `open_`.
  void drop_duplicates(Node& map);
  void merge(Frame& frame);

  Problems& problems_;
  std::vector<Frame> open_;
  std::map<Anchor, NodePtr> anchors_;  ///< null while what it names is still open
  NodePtr root_;
};

}  // namespace antiphon::campaign
