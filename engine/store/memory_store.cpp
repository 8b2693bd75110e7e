// SPDX-License-Identifier: MIT
#include "engine/store/memory_store.hpp"

#include "engine/store/memory_reader.hpp"
#include "engine/store/memory_tables.hpp"
#include "engine/store/memory_transaction.hpp"

namespace antiphon::store {
namespace {

class MemoryStore : public Store {
 public:
  MemoryStore(Identity identity, std::shared_ptr<MemoryTables> tables)
      : identity_(std::move(identity)), tables_(std::move(tables)) {}

  const Identity& identity() const override { return identity_; }

  std::unique_ptr<Transaction> begin() override {
    refuse_closed();
    return std::make_unique<MemoryTransaction>(tables_);
  }

  std::unique_ptr<Reader> reader() override {
    refuse_closed();
    return std::make_unique<MemoryReader>(tables_);
  }

  void close() override {
    refuse_closed();
    closed_ = true;
  }

  std::unique_ptr<Store> reopened() const {
    Identity next = identity_;
    next.boot += 1;
    next.clean = closed_;
    return std::make_unique<MemoryStore>(std::move(next), tables_);
  }

 private:
  void refuse_closed() const {
    if (closed_) throw StoreError(StoreError::Kind::other, "memory store: it is closed");
  }

  Identity identity_;
  std::shared_ptr<MemoryTables> tables_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Store> make_memory_store(const core::PlaneName& plane, const Minted& minted) {
  return std::make_unique<MemoryStore>(
      Identity{plane, minted.journal, minted.client_secret, 1, true},
      std::make_shared<MemoryTables>());
}

std::unique_ptr<Store> reopen_memory_store(Store& old) {
  return dynamic_cast<MemoryStore&>(old).reopened();
}

}  // namespace antiphon::store
