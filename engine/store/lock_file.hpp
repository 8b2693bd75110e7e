// SPDX-License-Identifier: MIT
// One process per store: a lock on `<store>.lock` that lives as long as its owner, however that
// ends.
#pragma once

#include <string>

#include "engine/core/error.hpp"

namespace antiphon::store {

/// Holds the lock until destroyed. The file stays behind and is empty then; while held it has the
/// holder's pid.
class LockFile {
 public:
  /// Takes the lock of the store at `store_path`. The failure names the process that holds it.
  static core::Result<LockFile> take(const std::string& store_path);
  /// For who only looks: makes no lock file where there is none, and then holds nothing.
  static core::Result<LockFile> take_if_there(const std::string& store_path);

  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&& other) noexcept;
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  static core::Result<LockFile> hold(int descriptor, const std::string& store_path);

  int descriptor_ = -1;
};

}  // namespace antiphon::store
