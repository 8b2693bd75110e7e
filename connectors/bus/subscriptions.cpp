// SPDX-License-Identifier: MIT
#include "connectors/bus/subscriptions.hpp"

#include <algorithm>

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
  for (const auto& filter : filters) {
    if (filter_problem(filter).empty()) {
      wanted_.insert(filter);
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
  std::set<std::string> target = wanted_;
  if (!named_) {
    const auto cover = disjoint_cover({wanted_.begin(), wanted_.end()});
    target = {cover.begin(), cover.end()};
  }
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
  std::vector<std::string> found;
  for (const auto& filter : wanted_) {
    const bool meant =
        ids.empty() || std::find(ids.begin(), ids.end(), subscription_id(filter)) != ids.end();
    if (meant && matches(filter, topic)) found.push_back(filter);
  }
  if (found.empty()) return std::nullopt;
  if (ids.empty()) found.clear();
  return found;
}

}  // namespace antiphon::bus
