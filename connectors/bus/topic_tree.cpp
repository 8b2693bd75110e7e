// SPDX-License-Identifier: MIT
// Recursion is as deep as filters have levels, which filter_problem() bounds.
#include "connectors/bus/topic_tree.hpp"

#include <algorithm>

namespace antiphon::bus {
namespace {

/// May a wildcard stand for this level?
bool may_stand_for(const Levels& levels, std::size_t at) {
  return at > 0 || !hidden_from_wildcards(levels[0]);
}

}  // namespace

TopicTree::TopicTree(const std::vector<std::string>& filters) {
  for (const std::string& filter : filters) insert(filter);
}

void TopicTree::insert(const std::string& filter) {
  Node* node = &root_;
  for (const std::string_view level : levels_of(filter)) {
    auto found = node->below.find(level);
    if (found == node->below.end()) {
      found = node->below.emplace(std::string(level), std::make_unique<Node>()).first;
    }
    node = found->second.get();
  }
  node->filter = filter;
}

void TopicTree::erase(const std::string& filter) {
  erase(root_, levels_of(filter), 0);
}

/// True: nothing is left of the node, which may go.
bool TopicTree::erase(Node& node, const Levels& levels, std::size_t at) {
  if (at == levels.size()) {
    node.filter.clear();
  } else if (const auto found = node.below.find(levels[at]); found != node.below.end()) {
    if (erase(*found->second, levels, at + 1)) node.below.erase(found);
  }
  return node.filter.empty() && node.below.empty();
}

const TopicTree::Node* TopicTree::child(const Node& node, std::string_view level) {
  const auto found = node.below.find(level);
  return found == node.below.end() ? nullptr : found->second.get();
}

void TopicTree::match(const Node& node, const Levels& topic, std::size_t at,
                      std::vector<std::string>& found) {
  const bool ends = at == topic.size();
  const bool wild = ends || may_stand_for(topic, at);
  if (const Node* rest = wild ? child(node, "#") : nullptr) found.push_back(rest->filter);
  if (ends) {
    if (!node.filter.empty()) found.push_back(node.filter);
    return;
  }
  if (const Node* any = wild ? child(node, "+") : nullptr) match(*any, topic, at + 1, found);
  // A topic has no level "+" or "#"; what has one matches no filter by it.
  const Node* same = is_wildcard(topic[at]) ? nullptr : child(node, topic[at]);
  if (same != nullptr) match(*same, topic, at + 1, found);
}

std::vector<std::string> TopicTree::matching(std::string_view topic) const {
  std::vector<std::string> found;
  match(root_, levels_of(topic), 0, found);
  std::sort(found.begin(), found.end());
  return found;
}

/// There is one below each node: what has none is not kept.
const TopicTree::Node* TopicTree::first_end(const Node& node) {
  const Node* at = &node;
  while (at->filter.empty()) at = at->below.begin()->second.get();
  return at;
}

/// The filter has a wildcard at this level.
const TopicTree::Node* TopicTree::overlap_any(const Node& node, const Levels& filter,
                                              std::size_t at) {
  const bool all = filter[at] == "#";
  if (all && at > 0 && !node.filter.empty()) return &node;
  for (const auto& [level, below] : node.below) {
    if (at == 0 && hidden_from_wildcards(level)) continue;
    const Node* found = all ? first_end(*below) : overlap(*below, filter, at + 1);
    if (found != nullptr) return found;
  }
  return nullptr;
}

const TopicTree::Node* TopicTree::overlap(const Node& node, const Levels& filter, std::size_t at) {
  const bool ends = at == filter.size();
  const bool wild = ends || may_stand_for(filter, at);
  if (const Node* rest = wild ? child(node, "#") : nullptr) return rest;
  if (ends) return node.filter.empty() ? nullptr : &node;
  if (is_wildcard(filter[at])) return overlap_any(node, filter, at);
  if (const Node* same = child(node, filter[at])) {
    if (const Node* found = overlap(*same, filter, at + 1)) return found;
  }
  const Node* any = wild ? child(node, "+") : nullptr;
  return any == nullptr ? nullptr : overlap(*any, filter, at + 1);
}

std::optional<std::string> TopicTree::overlapping(std::string_view filter) const {
  const Node* found = overlap(root_, levels_of(filter), 0);
  return found == nullptr ? std::nullopt : std::optional(found->filter);
}

void TopicTree::collect(const Node& node, std::vector<std::string>& all) {
  if (!node.filter.empty()) all.push_back(node.filter);
  for (const auto& [level, below] : node.below) collect(*below, all);
}

std::vector<std::string> TopicTree::filters() const {
  std::vector<std::string> all;
  collect(root_, all);
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace antiphon::bus
