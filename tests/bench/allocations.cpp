// SPDX-License-Identifier: MIT
#include "tests/bench/allocations.hpp"

#include <cstdlib>
#include <new>

namespace {

std::int64_t made = 0;

}  // namespace

std::int64_t antiphon::bench::allocations() {
  return made;
}

void* operator new(std::size_t bytes) {
  ++made;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t /*bytes*/) noexcept {
  std::free(memory);
}
