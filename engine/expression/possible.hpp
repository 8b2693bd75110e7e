// SPDX-License-Identifier: MIT
// What a document's value can become, and what it reads, without a run: for whoever looks at a
// campaign before it runs. Conditions that hang on a run are taken to go either way.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/template.hpp"
#include "engine/core/value.hpp"

namespace antiphon::expression {

/// What a value can be.
struct Possible {
  std::vector<core::Value> known;  ///< distinct, in the order of the text
  bool others = false;             ///< it can be something else as well
};

/// `inputs` are the document's own of the same stage, which `$input` leads to; null: nothing is
/// known of them. A value that can only fail has no possibility at all. Of more than
/// limits::possibilities the first ones are known.
Possible possible_values(const core::Template& value, const core::TemplateMap* inputs);

/// A function that is called somewhere in a value.
struct CallSite {
  std::string_view function;  ///< without the `$`
  /// The innermost function of whose arguments this call is one; empty: none, its value goes on.
  std::string_view within;
  std::string_view field;  ///< path of the text in the document, as compile() was told it
  std::size_t column;      ///< in that text
  std::vector<Possible> arguments;
};

/// Every call of one of `functions` in the value, outer ones first; those in branches that can
/// never be taken too. The site lives for the call of `visit`.
void each_call(const core::Template& value, const core::TemplateMap* inputs,
               std::initializer_list<std::string_view> functions,
               const std::function<void(const CallSite&)>& visit);

}  // namespace antiphon::expression
