// SPDX-License-Identifier: MIT
// Told to the broker is what is wanted, or its cover where copies come without the name of their
// subscription.
#include "connectors/bus/subscriptions.hpp"

#include <algorithm>
#include <iterator>

#include "connectors/bus/bus.hpp"

namespace antiphon::bus {

std::uint32_t subscription_id(const std::string& filter) {
  constexpr std::uint32_t identifiers = 268'435'455;   // MQTT 5: a variable byte integer, not 0
  std::uint64_t hash = 14'695'981'039'346'656'037ull;  // FNV-1a
  for (const char c : filter) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ull;
  }
  return 1 + static_cast<std::uint32_t>(hash % identifiers);
}

std::vector<std::string> Subscriptions::set(const std::vector<std::string>& filters) {
  std::vector<std::string> refused;
  wanted_.clear();
  tree_.clear();
  for (const auto& filter : filters) {
    if (filter_problem(filter).empty()) {
      wanted_.emplace(filter, subscription_id(filter));
      tree_.insert(filter);
    } else {
      refused.push_back(filter);
    }
  }
  return refused;
}

void Subscriptions::connected(bool named) {
  named_ = named;
  told_.clear();
}

Subscriptions::Changes Subscriptions::changes() {
  std::vector<std::string> filters;
  for (const auto& [filter, id] : wanted_) filters.push_back(filter);
  if (!named_) filters = disjoint_cover(filters);
  std::set<std::string> target(filters.begin(), filters.end());
  Changes changes;
  std::set_difference(target.begin(), target.end(), told_.begin(), told_.end(),
                      std::back_inserter(changes.subscribe));
  std::set_difference(in_session_.begin(), in_session_.end(), target.begin(), target.end(),
                      std::back_inserter(changes.unsubscribe));
  told_ = target;
  in_session_ = std::move(target);
  return changes;
}

std::optional<std::vector<std::string>> Subscriptions::recipients(
    const std::string& topic, const std::vector<std::uint32_t>& ids) const {
  std::vector<std::string> found = tree_.matching(topic);
  if (!ids.empty()) {
    std::erase_if(found, [&](const std::string& filter) {
      return std::find(ids.begin(), ids.end(), wanted_.at(filter)) == ids.end();
    });
  }
  if (found.empty()) return std::nullopt;
  if (ids.empty()) found.clear();
  return found;
}

}  // namespace antiphon::bus
