// SPDX-License-Identifier: MIT
// A folder of a test's own, gone when the test is. With ANTIPHON_KEEP=1 in the environment it
// stays, for looking into.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace antiphon::test {

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "antiphon-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }

  ~TempDir() {
    const char* keep = std::getenv("ANTIPHON_KEEP");
    if (keep != nullptr && std::string(keep) == "1") {
      std::cerr << "kept " << path_ << '\n';
      return;
    }
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace antiphon::test
