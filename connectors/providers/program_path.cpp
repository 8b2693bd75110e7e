// SPDX-License-Identifier: MIT
#include "connectors/providers/program_path.hpp"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace antiphon::providers {

namespace fs = std::filesystem;

std::optional<fs::path> find_program(const std::string& name, std::string_view more) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path == nullptr ? "" : path) + ":" + std::string(more));
  for (std::string folder; std::getline(folders, folder, ':');) {
    fs::path program = fs::path(folder) / name;
    std::error_code problem;
    const bool there = program.is_absolute() && fs::is_regular_file(program, problem);
    if (there && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return std::nullopt;
}

}  // namespace antiphon::providers
