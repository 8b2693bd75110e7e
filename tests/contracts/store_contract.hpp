// SPDX-License-Identifier: MIT
// What every store promises. A case of the contract is a template over its subject: a store that
// can be stopped, in order or not, and opened again with the same rows.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "engine/store/memory_store.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/contracts/store_rows.hpp"
#include "tests/support/temp_dir.hpp"

namespace antiphon::test {

inline const store::Minted minted{"000102030405060708090a0b0c0d0e0f",
                                  "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"};

class InMemory {
 public:
  store::Store& store() { return *store_; }
  void close_and_open() {
    store_->close();
    store_ = store::reopen_memory_store(*store_);
  }
  void crash_and_open() { store_ = store::reopen_memory_store(*store_); }

 private:
  std::unique_ptr<store::Store> store_ = store::make_memory_store(plane("hq"), minted);
};

class InSqlite {
 public:
  store::Store& store() { return *store_; }
  void close_and_open() {
    store_->close();
    crash_and_open();
  }
  void crash_and_open() {
    store_.reset();
    store_ = store::open_sqlite(path(), plane("hq"), other_minted);
  }
  std::string path() const { return (folder_ / "hq.db").string(); }

 private:
  /// A file keeps the identity it was made with.
  inline static const store::Minted other_minted{"other", "other"};

  TempDir folder_;
  std::unique_ptr<store::Store> store_ = store::open_sqlite(path(), plane("hq"), minted);
};

/// Writes in a transaction of its own.
template <class Write>
void commit(store::Store& store, Write write) {
  const auto transaction = store.begin();
  write(*transaction);
  transaction->commit();
}

/// The kind of the StoreError that `body` throws; fails the test if it throws none.
template <class Body>
store::StoreError::Kind kind_thrown(Body body) {
  try {
    body();
  } catch (const store::StoreError& error) {
    return error.kind();
  }
  FAIL("no StoreError was thrown");
  return store::StoreError::Kind::other;
}

}  // namespace antiphon::test

TYPE_TO_STRING_AS("memory", antiphon::test::InMemory);
TYPE_TO_STRING_AS("sqlite", antiphon::test::InSqlite);

/// A case of the contract, for each store there is.
#define STORE_CASE(sentence) \
  TEST_CASE_TEMPLATE(sentence, Subject, antiphon::test::InMemory, antiphon::test::InSqlite)
