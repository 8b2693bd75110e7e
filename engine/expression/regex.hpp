// SPDX-License-Identifier: MIT
// Regular expressions that cannot hang: RE2, whose time grows with the text and never explodes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"

namespace re2 {
class RE2;
}

namespace antiphon::expression {

class Regex {
 public:
  /// An error, status 1000, says what is wrong with the pattern.
  static core::Result<Regex> parse(const std::string& pattern, bool ignore_case);

  /// Is there a match anywhere within the text?
  bool finds(std::string_view text) const;

  /// What finds() may cost, in values looked at.
  int visits(std::string_view text) const;

 private:
  explicit Regex(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace antiphon::expression
