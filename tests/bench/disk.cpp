// SPDX-License-Identifier: MIT
#include "tests/bench/disk.hpp"

#include "engine/store/sqlite_store.hpp"

namespace antiphon::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// As much as the engine writes for a stage's task.
constexpr std::size_t row_bytes = 500;
constexpr std::size_t hex_digits = 32;

}  // namespace

Disk::Disk(const std::filesystem::path& folder)
    : store_(store::open_sqlite((folder / "commits.db").string(), *core::PlaneName::parse("disk"),
                                {std::string(hex_digits, '1'), std::string(hex_digits, '2')})) {}

void Disk::commit_one_row() {
  const auto rows = store_->begin();
  rows->remember(std::to_string(++rows_), std::string(row_bytes, 'x'), {rows_});
  rows->commit();
}

double Disk::measure(Milliseconds time) {
  const auto begin = Clock::now();
  const auto before = rows_;
  while (Clock::now() < begin + time) {
    for (int i = 0; i < 16; ++i) commit_one_row();
    pass(Milliseconds(0));
  }
  const std::chrono::duration<double> took = Clock::now() - begin;
  return static_cast<double>(rows_ - before) / took.count();
}

}  // namespace antiphon::bench
