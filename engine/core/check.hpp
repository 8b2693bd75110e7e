// SPDX-License-Identifier: MIT
// Always-on checks for our own mistakes: a broken one says where and stops the process; the state
// on disk is whole.
#pragma once

#include <cstdio>
#include <cstdlib>

#define ANTIPHON_CHECK(condition)                                                            \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "antiphon: broken invariant: %s (%s:%d)\n", #condition, __FILE__, \
                   __LINE__);                                                                \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
