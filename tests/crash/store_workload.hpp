// SPDX-License-Identifier: MIT
// A small life of a store, written through the port: opened, filled, read, folded, closed, opened
// again. What it must contain after each of its transactions is known from the memory store.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/store/store.hpp"

namespace antiphon::test {

/// How far the life of a store came.
struct Outcome {
  struct Failure {
    store::StoreError::Kind kind;
    std::string words;
  };

  std::size_t committed = 0;  ///< transactions whose commit returned
  bool committing = false;    ///< the next one's did not
  std::int64_t opened = 0;
  std::int64_t openings_failed = 0;
  bool closed = false;           ///< nothing was opened since
  bool is_clean_unsure = false;  ///< a close or an open failed last
  bool is_done = false;
  std::vector<Failure> failures{};
};

/// Makes a new store at the path and no more of its life.
Outcome make_store(const std::string& path);

/// Lives it at the path, after what was `before`, until a StoreError. With `mend` it goes on after
/// the first one: `mend` is called and what failed is tried again with the same store.
Outcome live(const std::string& path, const Outcome& before,
             const std::function<void()>& mend = {});

/// Everything that the port shows of a store, as text. The reader is one of its own.
std::string contents(store::Store& store, store::Reader& reader);

/// What contents() is after that many transactions, from none to all of them.
const std::vector<std::string>& expected_contents();

/// Opens the store with an identity to be minted that is not the first one's.
std::unique_ptr<store::Store> open_again(const std::string& path);

/// Commits every transaction of the life, each by itself.
void write_all(store::Store& store);

/// Opens the store after what happened to it and checks all that must hold then: integrity, the
/// contents, who it is, how often it was opened, and that it goes on. With doctest's CHECK.
void check_survived(const std::string& path, const Outcome& outcome);

}  // namespace antiphon::test
