// SPDX-License-Identifier: MIT
#include "engine/store/activation_keys.hpp"

#include "engine/store/sqlite_statement.hpp"

namespace antiphon::store {
namespace {

// Several times the runs of one batch; at the bound the lookups begin anew, each costs one index
// search.
constexpr std::size_t known_most = 4'096;

}  // namespace

ActivationKeys::ActivationKeys(Connection& connection) : connection_(connection) {
  Statement statement = connection_.prepared(Query::activation_last_key);
  last_ = statement.step() ? statement.number() : 0;
}

std::optional<ActivationKey> ActivationKeys::find(const core::ActivationId& id) {
  if (const auto found = known_.find(id); found != known_.end()) return found->second;
  if (const auto found = reserved_.find(id); found != reserved_.end()) return found->second;
  Statement statement = connection_.prepared(Query::activation_key);
  statement.bind(id);
  if (!statement.step()) return std::nullopt;
  const ActivationKey key = statement.number();
  keep(id, key);
  return key;
}

ActivationKey ActivationKeys::find_or_reserve(const core::ActivationId& id) {
  if (const auto key = find(id)) return *key;
  reserved_.emplace(id, ++last_);
  return last_;
}

void ActivationKeys::note_stored(const core::ActivationId& id) {
  const auto found = reserved_.find(id);
  if (found == reserved_.end()) return;
  keep(id, found->second);
  reserved_.erase(found);
}

std::optional<core::ActivationId> ActivationKeys::missing() const {
  if (reserved_.empty()) return std::nullopt;
  return reserved_.begin()->first;
}

void ActivationKeys::forget() {
  known_.clear();
  reserved_.clear();
}

void ActivationKeys::keep(const core::ActivationId& id, ActivationKey key) {
  if (known_.size() >= known_most) known_.clear();
  known_.emplace(id, key);
}

}  // namespace antiphon::store
