// SPDX-License-Identifier: MIT
#include "engine/store/memory_reader.hpp"

#include <algorithm>
#include <cstdint>

#include "engine/store/cursor.hpp"

namespace antiphon::store {
namespace {

using Activations = Table<ActivationKey, core::Activation, ActivationIndexes>;

std::optional<ActivationKey> key_of(const Activations& rows, const core::ActivationId& id) {
  const auto found = rows.by().id.find(id);
  if (found == rows.by().id.end()) return std::nullopt;
  return found->second;
}

std::size_t limit_of(const Page& page) {
  return page.limit < 0 ? 0 : static_cast<std::size_t>(page.limit);
}

bool matches(const core::Activation& row, const Reader::ActivationFilter& filter) {
  return (filter.campaign.empty() || row.campaign.text() == filter.campaign) &&
         (filter.state.empty() || core::to_text(row.state) == filter.state) &&
         (filter.commanded || row.origin.empty());
}

}  // namespace

std::vector<core::CampaignVersion> MemoryReader::campaigns(const Page& page) {
  const std::lock_guard lock(tables_->mutex);
  const auto& rows = tables_->versions.committed();
  VersionIndexes::Order last{{}, {}, INT64_MIN, {}};
  if (!page.after.empty()) {
    const auto row = rows.find(page.after);
    if (!row) return {};
    last = {row->name_space, row->name, row->applied_seq, row->hash};
  }
  const auto& order = rows.by().order;
  std::vector<core::CampaignVersion> found;
  for (auto at = order.upper_bound(last); at != order.end() && found.size() < limit_of(page);
       ++at) {
    found.push_back(*rows.find(std::get<3>(*at)));
  }
  return found;
}

std::optional<core::CampaignVersion> MemoryReader::campaign(const core::Namespace& name_space,
                                                            const core::CampaignName& name,
                                                            const core::VersionName& version) {
  const std::lock_guard lock(tables_->mutex);
  const auto& rows = tables_->versions.committed();
  const auto& order = rows.by().order;
  std::optional<core::CampaignVersion> found;
  for (auto at = order.lower_bound({name_space, name, INT64_MIN, {}});
       at != order.end() && std::get<0>(*at) == name_space && std::get<1>(*at) == name; ++at) {
    const auto row = rows.find(std::get<3>(*at));
    if (version.empty() || row->version == version) found = *row;
  }
  return found;
}

std::vector<core::Activation> MemoryReader::activations(const ActivationFilter& filter,
                                                        const Page& page) {
  const std::lock_guard lock(tables_->mutex);
  const auto& table = tables_->activations.committed();
  const auto& rows = table.rows();
  auto at = rows.end();
  if (!page.after.empty()) {
    const auto id = core::ActivationId::parse(page.after);
    const auto key = id ? key_of(table, *id) : std::nullopt;
    if (!key) return {};
    at = rows.lower_bound(*key);
  }
  std::vector<core::Activation> found;
  while (at != rows.begin() && found.size() < limit_of(page)) {
    --at;
    if (matches(*at->second, filter)) found.push_back(*at->second);
  }
  return found;
}

std::optional<core::Activation> MemoryReader::activation(const core::ActivationId& id) {
  const std::lock_guard lock(tables_->mutex);
  const auto& rows = tables_->activations.committed();
  const auto key = key_of(rows, id);
  return key ? std::optional(*rows.find(*key)) : std::nullopt;
}

std::vector<core::StageRun> MemoryReader::history(const core::ActivationId& id, const Page& page) {
  const std::lock_guard lock(tables_->mutex);
  const auto key = key_of(tables_->activations.committed(), id);
  const auto after = page.after.empty() ? INT64_MIN : read_number(page.after);
  if (!key || !after) return {};
  const auto& rows = tables_->runs.committed().rows();
  std::vector<core::StageRun> found;
  for (auto at = rows.upper_bound({*key, *after});
       at != rows.end() && at->first.first == *key && found.size() < limit_of(page); ++at) {
    found.push_back(*at->second);
  }
  return found;
}

std::vector<core::Task> MemoryReader::tasks(const core::ActivationId& id,
                                            std::optional<std::int64_t> run, const Page& page) {
  const std::lock_guard lock(tables_->mutex);
  const auto key = key_of(tables_->activations.committed(), id);
  if (!key) return {};
  std::pair<std::int64_t, std::int64_t> after{run.value_or(INT64_MIN), -1};
  if (!page.after.empty()) {
    const auto cursor = read_run_ordinal(page.after);
    if (!cursor) return {};
    after = std::max(after, *cursor);
  }
  const auto& rows = tables_->tasks.committed().rows();
  std::vector<core::Task> found;
  for (auto at = rows.upper_bound({*key, after.first, after.second});
       at != rows.end() && at->first.activation == *key && found.size() < limit_of(page); ++at) {
    if (run && at->first.run > *run) break;
    found.push_back(at->second->task);
  }
  return found;
}

std::vector<core::Task> MemoryReader::asking(const Page& page) {
  const std::lock_guard lock(tables_->mutex);
  const auto& rows = tables_->tasks.committed();
  TaskPlace cursor;
  if (!page.after.empty()) {
    const auto id = core::TaskId::parse(page.after);
    const auto found = id ? rows.by().id.find(*id) : rows.by().id.end();
    if (found == rows.by().id.end()) return {};
    cursor = found->second;
  }
  const auto& places = rows.by().asking;
  std::vector<core::Task> found;
  for (auto at = places.upper_bound(cursor); at != places.end() && found.size() < limit_of(page);
       ++at) {
    found.push_back(rows.find(*at)->task);
  }
  return found;
}

std::optional<core::StageOutput> MemoryReader::output(const core::ActivationId& id,
                                                      std::string_view stage) {
  const std::lock_guard lock(tables_->mutex);
  const auto key = key_of(tables_->activations.committed(), id);
  if (!key) return std::nullopt;
  const auto row = tables_->outputs.committed().find({*key, std::string(stage)});
  return row ? std::optional(*row) : std::nullopt;
}

std::optional<core::WorkLog> MemoryReader::log(const core::TaskKey& task) {
  const std::lock_guard lock(tables_->mutex);
  const auto key = key_of(tables_->activations.committed(), task.activation);
  if (!key) return std::nullopt;
  const auto row = tables_->logs.committed().find({*key, task.run, task.ordinal});
  return row ? std::optional(*row) : std::nullopt;
}

std::vector<core::Object> MemoryReader::objects(const ObjectFilter& filter, const Page& page) {
  const std::lock_guard lock(tables_->mutex);
  core::ObjectKey after{filter.kind, {}, {}};
  if (!page.after.empty()) {
    const auto key = core::object_key(page.after);
    if (!key) return {};
    after = std::max(after, *key);
  }
  const auto& rows = tables_->objects.committed().rows();
  std::vector<core::Object> found;
  for (auto at = rows.upper_bound(after); at != rows.end() && found.size() < limit_of(page); ++at) {
    if (!filter.kind.empty() && at->first.kind != filter.kind) break;
    const bool meant = filter.name_space.empty() || at->first.name_space == filter.name_space;
    if (meant && !at->second->deleted_at) found.push_back(*at->second);
  }
  return found;
}

std::optional<core::Object> MemoryReader::object(const core::ObjectKey& key) {
  const std::lock_guard lock(tables_->mutex);
  const auto row = tables_->objects.committed().find(key);
  return row && !row->deleted_at ? std::optional(*row) : std::nullopt;
}

std::vector<core::Site> MemoryReader::sites(const Page& page) {
  const std::lock_guard lock(tables_->mutex);
  std::vector<core::Site> found;
  for (const auto& [name, site] : tables_->sites.committed().rows()) {
    if (found.size() >= limit_of(page)) break;
    if (name.text() > page.after) found.push_back(*site);
  }
  return found;
}

std::vector<core::TriggerRow> MemoryReader::triggers(const Page& page) {
  const std::lock_guard lock(tables_->mutex);
  const TriggerPlace after = trigger_place(page.after);
  std::vector<core::TriggerRow> found;
  for (const auto& [key, row] : tables_->triggers.committed().rows()) {
    if (found.size() >= limit_of(page)) break;
    const TriggerPlace place{row->name_space.text(), row->campaign.text(), row->name};
    if (place > after) found.push_back(*row);
  }
  return found;
}

core::LaneLoad MemoryReader::lane_load(const core::TriggerRow& trigger) {
  const std::lock_guard lock(tables_->mutex);
  const std::string prefix = core::to_text(trigger) + "/";
  const auto& rows = tables_->lanes.committed().rows();
  core::LaneLoad load;
  for (auto at = rows.lower_bound(prefix); at != rows.end() && at->first.starts_with(prefix);
       ++at) {
    const core::LaneLoad one = core::load_of(*at->second);
    load = {load.lanes + 1, load.events + one.events, load.bytes + one.bytes};
  }
  return load;
}

std::vector<core::Reject> MemoryReader::rejects(const Page& page) {
  const std::lock_guard lock(tables_->mutex);
  const auto before = page.after.empty() ? INT64_MAX : read_number(page.after);
  if (!before) return {};
  const auto& rows = tables_->rejects.committed().rows();
  std::vector<core::Reject> found;
  for (auto at = rows.lower_bound(*before); at != rows.begin() && found.size() < limit_of(page);) {
    --at;
    found.push_back(*at->second);
  }
  return found;
}

}  // namespace antiphon::store
