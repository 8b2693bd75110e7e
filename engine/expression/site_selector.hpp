// SPDX-License-Identifier: MIT
// Which sites a `$sites` means: `region=eu,line!=4,tier in (a b),online`, all of it at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::expression {

class SiteSelector {
 public:
  /// Every site.
  SiteSelector() = default;

  /// Blank text selects every site. A label that a site lacks is unequal to every value.
  static core::Result<SiteSelector> parse(std::string_view text);

  bool matches(const core::SiteView& site) const;

 private:
  enum class Kind { online, one_of, unequal };

  struct Term {
    Kind kind;
    std::string label;
    std::vector<std::string> values;
  };

  static core::Result<Term> parse_term(std::string_view text);
  static bool matches(const Term& term, const core::SiteView& site);

  std::vector<Term> terms_;
};

}  // namespace antiphon::expression
