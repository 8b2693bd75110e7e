// SPDX-License-Identifier: MIT
#include "tests/bench/counts.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>

namespace antiphon::bench {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shared between processes");

SharedCounts::SharedCounts(const std::filesystem::path& file) {
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(Counts)) != 0) {
    throw std::runtime_error("cannot make " + file.string());
  }
  void* memory = mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (memory == MAP_FAILED) throw std::runtime_error("cannot map " + file.string());
  counts_ = static_cast<Counts*>(memory);
}

SharedCounts::~SharedCounts() {
  munmap(counts_, sizeof(Counts));
}

}  // namespace antiphon::bench
