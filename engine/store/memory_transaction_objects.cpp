// SPDX-License-Identifier: MIT
// The registry's objects.
#include "engine/store/memory_transaction.hpp"

namespace antiphon::store {

std::optional<core::Object> MemoryTransaction::object(const core::ObjectKey& key) {
  const auto row = tables_->objects.working().find(key);
  return row ? std::optional(*row) : std::nullopt;
}

void MemoryTransaction::put(const core::Object& object) {
  tables_->objects.set(object.key, object);
}

std::vector<core::Object> MemoryTransaction::objects(const core::ObjectKey& after,
                                                     std::size_t limit) {
  const auto& rows = tables_->objects.working().rows();
  std::vector<core::Object> found;
  for (auto at = rows.upper_bound(after); at != rows.end() && found.size() < limit; ++at) {
    found.push_back(*at->second);
  }
  return found;
}

std::vector<core::Object> MemoryTransaction::gone_objects(const core::ObjectKey& after,
                                                          std::size_t limit) {
  const auto& table = tables_->objects.working();
  const auto& gone = table.by().gone_keys;
  std::vector<core::Object> found;
  for (auto at = gone.upper_bound(after); at != gone.end() && found.size() < limit; ++at) {
    found.push_back(*table.find(*at));
  }
  return found;
}

core::ObjectCounts MemoryTransaction::count_objects() {
  const auto& table = tables_->objects.working();
  const std::size_t gone = table.by().gone.size();
  return {table.rows().size() - gone, gone};
}

std::size_t MemoryTransaction::forget_objects(core::Instant before, std::size_t limit) {
  const auto& gone = tables_->objects.working().by().gone;
  std::size_t forgotten = 0;
  while (forgotten < limit && !gone.empty() && gone.begin()->first <= before) {
    tables_->objects.erase(core::ObjectKey(gone.begin()->second));
    ++forgotten;
  }
  return forgotten;
}

}  // namespace antiphon::store
