// SPDX-License-Identifier: MIT
// Begin, commit, leave no trace; campaigns, identities, sites, rejects, the clock.
#include "engine/store/memory_transaction.hpp"

#include "engine/core/limits.hpp"

namespace antiphon::store {

StoreError not_in_memory(const std::string& what) {
  return {StoreError::Kind::other, "memory store: " + what + " is not stored"};
}

StoreError in_memory_already(const std::string& what) {
  return {StoreError::Kind::other, "memory store: " + what + " is stored already"};
}

MemoryTransaction::MemoryTransaction(std::shared_ptr<MemoryTables> tables)
    : tables_(std::move(tables)) {
  if (tables_->transaction_open) {
    throw StoreError(StoreError::Kind::other, "memory store: a transaction is open already");
  }
  tables_->transaction_open = true;
}

MemoryTransaction::~MemoryTransaction() {
  if (committed_) return;
  tables_->roll_back();
  tables_->transaction_open = false;
}

void MemoryTransaction::commit() {
  if (!reserved_.empty()) {
    throw not_in_memory("activation " + reserved_.begin()->first.text() + ", which has rows,");
  }
  tables_->commit();
  tables_->transaction_open = false;
  committed_ = true;
}

void MemoryTransaction::insert(const core::CampaignVersion& version) {
  if (tables_->versions.working().find(version.hash)) {
    throw in_memory_already("campaign version " + version.hash);
  }
  tables_->versions.set(version.hash, version);
}

std::optional<core::CampaignVersion> MemoryTransaction::campaign_version(
    const core::Namespace& name_space, const core::CampaignName& name,
    const core::VersionName& version) {
  const auto& rows = tables_->versions.working();
  const auto& order = rows.by().order;
  std::optional<core::CampaignVersion> newest;
  for (auto at = order.lower_bound({name_space, name, INT64_MIN, {}});
       at != order.end() && std::get<0>(*at) == name_space && std::get<1>(*at) == name; ++at) {
    const auto row = rows.find(std::get<3>(*at));
    if (row->version == version) newest = *row;
  }
  return newest;
}

std::optional<core::CampaignVersion> MemoryTransaction::newest(const core::Namespace& name_space,
                                                               const core::CampaignName& name) {
  const auto& rows = tables_->versions.working();
  const auto& order = rows.by().order;
  auto at = order.upper_bound({name_space, name, INT64_MAX, {}});
  if (at == order.begin()) return std::nullopt;
  --at;
  if (std::get<0>(*at) != name_space || std::get<1>(*at) != name) return std::nullopt;
  return *rows.find(std::get<3>(*at));
}

std::optional<core::CampaignVersion> MemoryTransaction::by_hash(std::string_view hash) {
  const auto row = tables_->versions.working().find(std::string(hash));
  return row ? std::optional(*row) : std::nullopt;
}

void MemoryTransaction::touch(std::string_view hash, std::int64_t applied_seq, core::Instant at) {
  auto version = by_hash(hash);
  if (!version) throw not_in_memory("campaign version " + std::string(hash));
  version->applied_seq = applied_seq;
  version->applied_at = at;
  tables_->versions.set(version->hash, *version);
}

std::int64_t MemoryTransaction::last_applied_seq() {
  const auto& applied = tables_->versions.working().by().applied;
  return applied.empty() ? 0 : applied.rbegin()->first;
}

std::vector<core::TriggerRow> MemoryTransaction::triggers() {
  std::vector<core::TriggerRow> found;
  for (const auto& [key, row] : tables_->triggers.working().rows()) found.push_back(*row);
  return found;
}

std::vector<core::TriggerRow> MemoryTransaction::triggers(const core::Namespace& name_space,
                                                          const core::CampaignName& campaign) {
  std::vector<core::TriggerRow> found;
  const auto& rows = tables_->triggers.working().rows();
  for (auto at = rows.lower_bound({name_space, campaign, {}});
       at != rows.end() && std::get<0>(at->first) == name_space &&
       std::get<1>(at->first) == campaign;
       ++at) {
    found.push_back(*at->second);
  }
  return found;
}

void MemoryTransaction::replace_triggers(const core::Namespace& name_space,
                                         const core::CampaignName& campaign,
                                         const std::vector<core::TriggerRow>& triggers) {
  for (const core::TriggerRow& old : this->triggers(name_space, campaign)) {
    tables_->triggers.erase({name_space, campaign, old.name});
  }
  const auto& rows = tables_->triggers.working().rows();
  for (const core::TriggerRow& trigger : triggers) {
    const MemoryTables::TriggerKey key{trigger.name_space, trigger.campaign, trigger.name};
    if (rows.contains(key)) throw in_memory_already("trigger " + trigger.name);
    tables_->triggers.set(key, trigger);
  }
}

std::optional<std::string> MemoryTransaction::seen(std::string_view digest, core::Instant now) {
  const auto row = tables_->seen.working().find(std::string(digest));
  return row && row->expires > now ? std::optional(row->answer) : std::nullopt;
}

void MemoryTransaction::remember(std::string_view digest, std::string_view answer,
                                 core::Instant expires) {
  tables_->seen.set(std::string(digest), {std::string(answer), expires});
}

std::size_t MemoryTransaction::forget_expired(core::Instant now, std::size_t limit) {
  const auto& expires = tables_->seen.working().by().expires;
  std::size_t forgotten = 0;
  while (forgotten < limit && !expires.empty() && expires.begin()->first <= now) {
    tables_->seen.erase(expires.begin()->second);
    ++forgotten;
  }
  return forgotten;
}

std::vector<core::SiteView> MemoryTransaction::sites() {
  std::vector<core::SiteView> found;
  for (const auto& [name, site] : tables_->sites.working().rows()) {
    if (site->ours) found.push_back({site->name, site->online, site->labels, site->last_seen});
  }
  return found;
}

std::optional<core::Site> MemoryTransaction::site(const core::PlaneName& name) {
  const auto row = tables_->sites.working().find(name);
  return row ? std::optional(*row) : std::nullopt;
}

void MemoryTransaction::put(const core::Site& site) {
  tables_->sites.set(site.name, site);
}

void MemoryTransaction::add(core::Reject reject) {
  const auto& rows = tables_->rejects.working().rows();
  reject.seq = rows.empty() ? 1 : rows.rbegin()->first + 1;
  const std::int64_t oldest = reject.seq - core::limits::kept_rejects + 1;
  tables_->rejects.set(reject.seq, std::move(reject));
  while (rows.begin()->first < oldest) tables_->rejects.erase(rows.begin()->first);
}

core::Instant MemoryTransaction::last_instant() {
  const auto row = tables_->last_instant.working().find(0);
  return row ? *row : core::Instant{};
}

void MemoryTransaction::put_last_instant(core::Instant at) {
  tables_->last_instant.set(0, at);
}

}  // namespace antiphon::store
