// SPDX-License-Identifier: MIT
// The one main of every test program. Both words, because the precompiled header has read doctest's
// first half already.
#define DOCTEST_CONFIG_IMPLEMENT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
