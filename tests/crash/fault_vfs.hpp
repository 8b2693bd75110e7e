// SPDX-License-Identifier: MIT
// A disk that fails when it is told to. As long as a FaultVfs lives, every connection that SQLite
// opens goes through it to the real files; a sync is only noted, for what is tested here is not the
// real disk. For one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <set>

namespace antiphon::test {

/// What SQLite asks of a disk. `map` makes the memory that connections to one file share larger.
enum class Operation { open, read, write, truncate, sync, size, remove, map };

inline const std::set<Operation> all_operations{
    Operation::open, Operation::read, Operation::write,  Operation::truncate,
    Operation::sync, Operation::size, Operation::remove, Operation::map};
/// Those after which the disk is another one.
inline const std::set<Operation> changing_operations{Operation::write, Operation::truncate,
                                                     Operation::sync, Operation::remove};
/// Those that need room.
inline const std::set<Operation> growing_operations{Operation::write, Operation::map};

enum class Fault {
  error,  ///< one operation fails
  death,  ///< it fails, a write half done, and so does everything later
  full    ///< no room for it, a write half done, nor for any later one
};

class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  /// The `at`-th of the operations from now on is the first that the fault hits; from 1.
  void arm(Fault fault, const std::set<Operation>& operations, std::int64_t at);
  /// Everything works again, and there is room.
  void mend();
  /// Whether anything failed since it was armed.
  bool hit() const;
  /// DiskImage::lose_power.
  void lose_power(std::uint64_t seed);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace antiphon::test
