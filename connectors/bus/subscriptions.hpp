// SPDX-License-Identifier: MIT
// Which filters are ours, what of them the broker has been told, and for which of them a copy of a
// message came. Not thread-safe: the bus holds its mutex round each call.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "connectors/bus/topic_tree.hpp"

namespace antiphon::bus {

/// The Subscription Identifier of a filter, 1..268,435,455: a hash of its text. A persistent
/// session may hand us copies that were queued for a process before this one, so identifiers must
/// mean the same in every life. Two filters with one hash are told apart by the topic; only if both
/// match it, a copy names both.
std::uint32_t subscription_id(const std::string& filter);

class Subscriptions {
 public:
  struct Changes {
    std::vector<std::string> subscribe;
    std::vector<std::string> unsubscribe;
  };

  /// The whole set from now on. Filters that may not be subscribed are left out; returns those.
  std::vector<std::string> set(const std::vector<std::string>& filters);

  /// A new connection: everything is subscribed again. `named`: the broker tells the subscription
  /// of each copy.
  void connected(bool named);

  /// What the broker must be told; it counts as told.
  Changes changes();

  /// The filters that a copy with these identifiers came for; empty if the broker did not say.
  /// Nothing if no filter of ours stands behind it: it was queued for one that has been given up,
  /// or came by the cover only.
  std::optional<std::vector<std::string>> recipients(const std::string& topic,
                                                     const std::vector<std::uint32_t>& ids) const;

 private:
  std::map<std::string, std::uint32_t> wanted_;  ///< with their identifiers
  TopicTree tree_;                               ///< of the same
  std::set<std::string> told_;                   ///< on this connection
  std::set<std::string> in_session_;  ///< what the broker may still hold for us, by us as a process
  bool named_ = false;
};

}  // namespace antiphon::bus
