// SPDX-License-Identifier: MIT
// Where the readers put what they find, so that one pass over a document reports all that is wrong
// with it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/campaign/problem.hpp"
#include "engine/campaign/source.hpp"

namespace antiphon::campaign {

class Problems {
 public:
  /// `source` outlives the collection.
  Problems(std::string file, const Source& source) : file_(std::move(file)), source_(source) {}

  /// `at` is an offset in the source. Past limits::document_problems they are only counted.
  void add(std::size_t at, std::string field, std::string message, std::string hint = {});
  /// About the text as a whole.
  void add(std::string message, std::string hint = {});

  const Source& source() const { return source_; }

  std::size_t count() const { return found_.size() + dropped_; }
  /// Whether the next one will only be counted: no need to work out a good hint.
  bool full() const;

  /// All of them in the order of the text; a last one says how many more there were. Empties the
  /// collection.
  std::vector<Problem> take();

 private:
  void keep(Position at, std::string field, std::string message, std::string hint);

  std::string file_;
  const Source& source_;
  std::vector<Problem> found_;
  std::size_t dropped_ = 0;
};

/// Text of a document as messages quote it: in quotes, and cut where it would fill the screen.
std::string in_quotes(std::string_view text);

/// The path of a map's key or a list's item: "a.b", "a['b c']", "a[0]".
std::string child_path(const std::string& path, std::string_view key);
std::string child_path(const std::string& path, std::size_t index);

}  // namespace antiphon::campaign
