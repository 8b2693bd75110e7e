// SPDX-License-Identifier: MIT
#include "tests/crash/fault_vfs.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <optional>
#include <string_view>

#include "tests/crash/disk_image.hpp"

namespace antiphon::test {

struct FaultVfs::State {
  struct Plan {
    Fault fault;
    std::set<Operation> operations;
    std::int64_t left;
  };

  /// Counts the operation; whether it fails.
  bool fails(Operation operation) {
    if (!plan) return false;
    const bool is_dead = plan->fault == Fault::death && plan->left == 0;
    if (is_dead) return true;
    if (!plan->operations.contains(operation)) return false;
    if (plan->left > 0 && --plan->left > 0) return false;
    hit = true;
    if (plan->fault == Fault::error) plan.reset();
    return true;
  }
  bool is_full() const { return plan && plan->fault == Fault::full; }

  sqlite3_vfs* real = nullptr;
  sqlite3_vfs own{};
  std::optional<Plan> plan;
  bool hit = false;
  DiskImage image;
};

namespace {

using State = FaultVfs::State;

/// What SQLite holds of an open file; the real one lies behind it.
struct OpenFile {
  sqlite3_file methods;
  State* state;
  DiskImage::File* image;  ///< null: a temporary one
};

OpenFile& ours(sqlite3_file* file) {
  return *reinterpret_cast<OpenFile*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<OpenFile*>(file) + 1);
}

bool fails(sqlite3_file* file, Operation operation) {
  return ours(file).state->fails(operation);
}

int close_file(sqlite3_file* file) {
  return real(file)->pMethods->xClose(real(file));
}

int read_file(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
  if (fails(file, Operation::read)) return SQLITE_IOERR_READ;
  return real(file)->pMethods->xRead(real(file), bytes, count, offset);
}

int write_through(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  const int code = real(file)->pMethods->xWrite(real(file), bytes, count, offset);
  if (code == SQLITE_OK && ours(file).image != nullptr) {
    ours(file).state->image.wrote(
        *ours(file).image, offset,
        {static_cast<const char*>(bytes), static_cast<std::size_t>(count)});
  }
  return code;
}

int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  State& state = *ours(file).state;
  const bool was_hit = state.hit;
  if (!state.fails(Operation::write)) return write_through(file, bytes, count, offset);
  // Who dies in a write gets half of it out; the dead write nothing.
  const bool is_dying = state.plan && state.plan->fault == Fault::death && !was_hit;
  if (state.is_full() || is_dying) write_through(file, bytes, count / 2, offset);
  return state.is_full() ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (fails(file, Operation::truncate)) return SQLITE_IOERR_TRUNCATE;
  if (ours(file).image != nullptr) ours(file).state->image.truncated(*ours(file).image, size);
  return real(file)->pMethods->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int) {
  if (fails(file, Operation::sync)) return SQLITE_IOERR_FSYNC;
  if (ours(file).image != nullptr) ours(file).state->image.synced(*ours(file).image);
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  if (fails(file, Operation::size)) return SQLITE_IOERR_FSTAT;
  return real(file)->pMethods->xFileSize(real(file), size);
}

int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}

int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}

int check_lock(sqlite3_file* file, int* is_locked) {
  return real(file)->pMethods->xCheckReservedLock(real(file), is_locked);
}

int control_file(sqlite3_file* file, int code, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), code, argument);
}

int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}

int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

int map_shared(sqlite3_file* file, int region, int bytes, int extend, void volatile** memory) {
  // Without room the real one says so in these words, since it makes room by writing a byte.
  if (fails(file, Operation::map)) {
    return ours(file).state->is_full() ? SQLITE_IOERR_SHMSIZE : SQLITE_IOERR_SHMMAP;
  }
  return real(file)->pMethods->xShmMap(real(file), region, bytes, extend, memory);
}

int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

void fence_shared(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}

int unmap_shared(sqlite3_file* file, int and_delete) {
  return real(file)->pMethods->xShmUnmap(real(file), and_delete);
}

const sqlite3_io_methods file_methods{2,
                                      close_file,
                                      read_file,
                                      write_file,
                                      truncate_file,
                                      sync_file,
                                      size_of_file,
                                      lock_file,
                                      unlock_file,
                                      check_lock,
                                      control_file,
                                      sector_size,
                                      characteristics,
                                      map_shared,
                                      lock_shared,
                                      fence_shared,
                                      unmap_shared,
                                      nullptr,
                                      nullptr};

State& state_of(sqlite3_vfs* vfs) {
  return *static_cast<State*>(vfs->pAppData);
}

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  State& state = state_of(vfs);
  file->pMethods = nullptr;
  if (state.fails(Operation::open)) return SQLITE_CANTOPEN;
  const bool was_there = path != nullptr && std::filesystem::exists(path);
  const int code = state.real->xOpen(state.real, path, real(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  ours(file).state = &state;
  ours(file).image = path == nullptr ? nullptr : &state.image.opened(path, was_there);
  file->pMethods = &file_methods;
  return SQLITE_OK;
}

int remove_file(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  State& state = state_of(vfs);
  if (state.fails(Operation::remove)) return SQLITE_IOERR_DELETE;
  const int code = state.real->xDelete(state.real, path, 0);
  if (code == SQLITE_OK) state.image.removed(path, sync_folder != 0);
  return code;
}

int access_file(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
  State& state = state_of(vfs);
  return state.real->xAccess(state.real, path, flags, result);
}

}  // namespace

FaultVfs::FaultVfs() : state_(std::make_unique<State>()) {
  state_->real = sqlite3_vfs_find(nullptr);
  state_->own = *state_->real;
  sqlite3_vfs& own = state_->own;
  own.szOsFile = state_->real->szOsFile + static_cast<int>(sizeof(OpenFile));
  own.pNext = nullptr;
  own.zName = "faulty";
  own.pAppData = state_.get();
  own.xOpen = open_file;
  own.xDelete = remove_file;
  own.xAccess = access_file;
  sqlite3_vfs_register(&own, 1);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&state_->own);
}

void FaultVfs::arm(Fault fault, const std::set<Operation>& operations, std::int64_t at) {
  state_->plan = State::Plan{fault, operations, at};
  state_->hit = false;
}

void FaultVfs::mend() {
  state_->plan.reset();
}

bool FaultVfs::hit() const {
  return state_->hit;
}

void FaultVfs::lose_power(std::uint64_t seed) {
  state_->image.lose_power(seed);
}

}  // namespace antiphon::test
