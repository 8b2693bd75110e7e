// SPDX-License-Identifier: MIT
// Whole files as bytes.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace antiphon::test {

/// Empty when there is no such file.
inline std::string bytes_of(const std::string& path) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path, missing);
  if (missing) return {};
  std::string bytes(size, '\0');
  std::ifstream(path, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(size));
  return bytes;
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace antiphon::test
