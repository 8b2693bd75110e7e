// SPDX-License-Identifier: MIT
#include "engine/runtime/entropy.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>

#include "engine/core/check.hpp"

namespace antiphon::runtime {
namespace {

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(count * 2);
  for (std::size_t i = 0; i < count; ++i) {
    text += digits[bytes[i] >> 4U];
    text += digits[bytes[i] & 15U];
  }
  return text;
}

}  // namespace

core::Seed fresh_seed() {
  core::Seed seed;
  ANTIPHON_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&seed), sizeof seed) == 1);
  return seed;
}

std::string fresh_hex() {
  std::array<unsigned char, 16> bytes{};
  ANTIPHON_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  return hex(bytes.data(), bytes.size());
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  ANTIPHON_CHECK(
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
  return hex(digest.data(), size);
}

}  // namespace antiphon::runtime
