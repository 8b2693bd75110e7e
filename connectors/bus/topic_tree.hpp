// SPDX-License-Identifier: MIT
// Topic filters as a tree of their levels: one walk finds those of thousands that match a topic,
// whatever else there is. It visits at most the two wildcards beside each level of the topic.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/bus/topic_levels.hpp"

namespace antiphon::bus {

/// A set of filters, each without a filter_problem().
class TopicTree {
 public:
  TopicTree() = default;
  explicit TopicTree(const std::vector<std::string>& filters);

  void insert(const std::string& filter);
  /// Nothing happens if it is not there.
  void erase(const std::string& filter);
  void clear() { root_ = {}; }

  /// The filters that match the topic, as bus::matches() says, in their order.
  std::vector<std::string> matching(std::string_view topic) const;

  /// A filter that can match a topic that `filter` can match too.
  std::optional<std::string> overlapping(std::string_view filter) const;

  /// All, in their order.
  std::vector<std::string> filters() const;

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> below;
    std::string filter;  ///< that ends here; empty: none does
  };

  static const Node* child(const Node& node, std::string_view level);
  static bool erase(Node& node, const Levels& levels, std::size_t at);
  static void match(const Node& node, const Levels& topic, std::size_t at,
                    std::vector<std::string>& found);
  static const Node* overlap(const Node& node, const Levels& filter, std::size_t at);
  static const Node* overlap_any(const Node& node, const Levels& filter, std::size_t at);
  static const Node* first_end(const Node& node);
  static void collect(const Node& node, std::vector<std::string>& all);

  Node root_;
};

}  // namespace antiphon::bus
