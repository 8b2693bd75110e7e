// SPDX-License-Identifier: MIT
#include "engine/campaign/tree_builder.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/core/limits.hpp"

namespace antiphon::campaign {
namespace {

namespace limits = core::limits;

/// Adds what a child contributes to its parent's sums.
void count_child(Node& parent, const Node& child) {
  parent.weight += child.weight;
  parent.text_bytes += child.text_bytes;
  parent.height = std::max(parent.height, child.height + 1);
}

void append(Node& map, Member member) {
  count_child(map, *member.value);
  map.weight += 1;
  map.text_bytes += member.name.size();
  map.members.push_back(std::move(member));
}

}  // namespace

bool TreeBuilder::begin(Node::Kind kind, std::size_t at, Anchor anchor) {
  if (open_.size() == static_cast<std::size_t>(limits::json_depth)) {
    problems_.add(
        at, {},
        "lists and maps are nested deeper than " + std::to_string(limits::json_depth) + " levels");
    return false;
  }
  Frame frame{std::make_shared<Node>(), anchor};
  frame.node->kind = kind;
  frame.node->at = at;
  frame.node->height = 1;
  if (anchor != 0) anchors_[anchor] = nullptr;
  open_.push_back(std::move(frame));
  return true;
}

bool TreeBuilder::end() {
  Frame frame = std::move(open_.back());
  open_.pop_back();
  drop_duplicates(*frame.node);
  if (!frame.merges.empty()) merge(frame);
  const Node& node = *frame.node;
  if (!fits(node.at, node.weight, node.text_bytes, node.height)) return false;
  return add(std::move(frame.node), node.at, frame.anchor);
}

bool TreeBuilder::expects_key() const {
  return !open_.empty() && open_.back().node->kind == Node::Kind::map && !open_.back().has_key;
}

void TreeBuilder::key(std::size_t at, std::string name, bool merge) {
  Frame& frame = open_.back();
  frame.next = Member{std::move(name), at, nullptr};
  frame.next_merges = merge;
  frame.has_key = true;
}

bool TreeBuilder::scalar(Node node, Anchor anchor) {
  const std::size_t at = node.at;
  node.text_bytes = node.text.size();
  return add(std::make_shared<const Node>(std::move(node)), at, anchor);
}

bool TreeBuilder::alias(std::size_t at, Anchor anchor) {
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end() || found->second == nullptr) {
    problems_.add(at, path(), "an alias leads to what it is part of");
    return false;
  }
  return add(found->second, at, 0);
}

std::string TreeBuilder::path() const {
  std::string text;
  for (const Frame& frame : open_) {
    if (frame.node->kind == Node::Kind::list) {
      text = child_path(text, frame.node->items.size());
    } else if (frame.has_key) {
      text = child_path(text, frame.next.name);
    }
  }
  return text;
}

NodePtr TreeBuilder::take() {
  open_.clear();
  anchors_.clear();
  return std::exchange(root_, nullptr);
}

bool TreeBuilder::add(NodePtr node, std::size_t at, Anchor anchor) {
  if (anchor != 0) anchors_[anchor] = node;
  if (open_.empty()) {
    root_ = std::move(node);
    return true;
  }
  Frame& frame = open_.back();
  Node& parent = *frame.node;
  if (!fits(at, parent.weight + node->weight, parent.text_bytes + node->text_bytes, node->height)) {
    return false;
  }
  if (parent.kind == Node::Kind::list) {
    count_child(parent, *node);
    parent.items.push_back(std::move(node));
    return true;
  }
  frame.next.value = std::move(node);
  frame.has_key = false;
  if (frame.next_merges) {
    frame.merges.push_back(std::move(frame.next));
  } else {
    append(parent, std::move(frame.next));
  }
  return true;
}

/// Asked as each list and map grows, so that no sum gets far past its bound.
bool TreeBuilder::fits(std::size_t at, std::size_t weight, std::size_t text_bytes, int height) {
  if (weight > limits::document_nodes) {
    problems_.add(at, path(),
                  "the document has more than " + std::to_string(limits::document_nodes) +
                      " values, aliases expanded");
    return false;
  }
  if (text_bytes > limits::document_bytes) {
    problems_.add(at, path(),
                  "the document has more than " + std::to_string(limits::document_bytes) +
                      " bytes of text, aliases expanded");
    return false;
  }
  if (height + static_cast<int>(open_.size()) > limits::json_depth) {
    problems_.add(at, path(),
                  "with its aliases this is nested deeper than " +
                      std::to_string(limits::json_depth) + " levels");
    return false;
  }
  return true;
}

void TreeBuilder::drop_duplicates(Node& map) {
  std::map<std::string_view, std::size_t> first_at;
  std::vector<Member>& members = map.members;
  for (const Member& member : members) {
    const auto [first, is_new] = first_at.emplace(member.name, member.at);
    if (is_new) continue;
    problems_.add(member.at, child_path(path(), member.name),
                  "key " + in_quotes(member.name) + " is given twice, first in line " +
                      std::to_string(problems_.source().line(first->second)));
  }
  if (first_at.size() == members.size()) return;
  std::vector<Member> kept;
  std::set<std::string, std::less<>> seen;
  for (Member& member : members) {
    if (seen.insert(member.name).second) kept.push_back(std::move(member));
  }
  members = std::move(kept);
}

void TreeBuilder::merge(Frame& frame) {
  if (frame.merges.size() > 1) {
    problems_.add(frame.merges[1].at, child_path(path(), "<<"), "merge key '<<' is given twice",
                  "merge several maps with a list: <<: [*a, *b]");
  }
  std::set<std::string, std::less<>> taken;
  for (const Member& member : frame.node->members) taken.insert(member.name);
  const Member& source = frame.merges.front();
  const std::vector<NodePtr> one{source.value};
  const bool is_list = source.value->kind == Node::Kind::list;
  for (const NodePtr& map : is_list ? source.value->items : one) {
    if (map->kind != Node::Kind::map) {
      problems_.add(source.at, child_path(path(), "<<"),
                    "merge key '<<' wants a map or a list of maps, got " + describe(*map));
      continue;
    }
    for (const Member& member : map->members) {
      if (taken.insert(member.name).second) append(*frame.node, member);
    }
  }
}

}  // namespace antiphon::campaign
