// SPDX-License-Identifier: MIT
// Randomness and digests from the operating system and OpenSSL: the only place that makes either.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/random.hpp"

namespace antiphon::runtime {

/// 128 fresh bits. Leaves the process if the system has none to give.
core::Seed fresh_seed();

/// 128 fresh bits as 32 hex digits.
std::string fresh_hex();

/// SHA-256 as 64 hex digits: content hashes and digests of identities.
std::string sha256(std::string_view bytes);

}  // namespace antiphon::runtime
