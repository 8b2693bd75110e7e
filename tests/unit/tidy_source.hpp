// SPDX-License-Identifier: MIT
// A C++ file as the tidy rules see it: its lines as written, and the same lines with comments and
// texts blanked.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace antiphon::test {

struct Source {
  std::string path;                ///< from the root of the tree
  std::vector<std::string> lines;  ///< as written
  std::vector<std::string>
      code;  ///< no comments; texts and characters are empty; as many as `lines`

  /// "engine/core" of "engine/core/handlers/x.cpp".
  std::string room() const;
  bool is_in(const std::string& folder) const;
};

/// First and last line (from 0) of each function body with its head, lambdas and control blocks
/// inside it not counted apart. Told by braces alone, so it may miss a function, but what it finds
/// is one.
std::vector<std::pair<std::size_t, std::size_t>> functions(const Source& source);

Source make_source(std::string path, const std::string& text);

/// All .hpp and .cpp files of engine, connectors and tests, sorted by path.
std::vector<Source> read_tree(const std::string& root);

}  // namespace antiphon::test
