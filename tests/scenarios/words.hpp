// SPDX-License-Identifier: MIT
// The words of a command line: plain words, JSON texts, and key=value options whose value may be a
// JSON text too.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/value.hpp"

namespace antiphon::scenarios {

/// Every complaint is a std::runtime_error that names the line.
class Words {
 public:
  explicit Words(const std::string& line);

  const std::string& verb() const { return verb_; }

  /// The next plain word; it must be there.
  std::string next(const char* what);
  /// The next plain word if there is one.
  std::optional<std::string> maybe();
  /// The JSON object among the words; empty if there is none.
  core::JsonText object();
  /// The quoted text among the words, without its quotes; empty if there is none.
  std::string quoted();
  /// key=value. A quoted value comes without its quotes.
  std::optional<std::string> option(const std::string& key);
  bool flag(const std::string& word);

  /// Complains of what nobody asked for.
  void finish() const;

 private:
  std::string line_;
  std::string verb_;
  std::vector<std::string> plain_;
  std::vector<std::string> json_;
  std::map<std::string, std::string> options_;
};

}  // namespace antiphon::scenarios
