// SPDX-License-Identifier: MIT
// One kind of rows in memory, kept twice: as the transaction sees it and as it was committed. The
// two share the rows themselves, so begin costs nothing, commit and rollback cost what was touched.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace antiphon::store {

/// Rows in order of their key, with indexes that follow them. `Indexes` has add(key, row) and
/// remove(key, row).
template <class Key, class Row, class Indexes>
class Table {
 public:
  using key_type = Key;
  using Pointer = std::shared_ptr<const Row>;

  /// Null: no such row.
  Pointer find(const Key& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : found->second;
  }

  /// Puts the row in the place of the one with the key; null removes it. The key is a copy because
  /// a caller's may lie in an index that changes here.
  void set(const Key key, Pointer row) {
    const auto found = rows_.find(key);
    if (found != rows_.end()) indexes_.remove(key, *found->second);
    if (row) indexes_.add(key, *row);
    if (found != rows_.end() && row) {
      found->second = std::move(row);
    } else if (found != rows_.end()) {
      rows_.erase(found);
    } else if (row) {
      rows_.emplace(key, std::move(row));
    }
  }

  const std::map<Key, Pointer>& rows() const { return rows_; }
  const Indexes& by() const { return indexes_; }

 private:
  std::map<Key, Pointer> rows_;
  Indexes indexes_;
};

/// For rows that are found by their key only.
struct NoIndexes {
  template <class Key, class Row>
  void add(const Key&, const Row&) {}
  template <class Key, class Row>
  void remove(const Key&, const Row&) {}
};

template <class Key, class Row, class Indexes = NoIndexes>
class TransactionalTable {
 public:
  using Rows = Table<Key, Row, Indexes>;

  const Rows& working() const { return working_; }
  const Rows& committed() const { return committed_; }

  void set(const Key& key, Row row) {
    touched_.push_back(key);
    working_.set(key, std::make_shared<const Row>(std::move(row)));
  }
  void erase(const Key& key) {
    touched_.push_back(key);
    working_.set(key, nullptr);
  }

  void commit() {
    for (const Key& key : touched_) committed_.set(key, working_.find(key));
    touched_.clear();
  }
  void roll_back() {
    for (const Key& key : touched_) working_.set(key, committed_.find(key));
    touched_.clear();
  }

 private:
  Rows working_;
  Rows committed_;
  std::vector<Key> touched_;
};

}  // namespace antiphon::store
