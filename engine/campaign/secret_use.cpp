// SPDX-License-Identifier: MIT
#include "engine/campaign/secret_use.hpp"

#include <algorithm>
#include <array>

#include "engine/expression/possible.hpp"

namespace antiphon::campaign {
namespace {

using expression::CallSite;

/// Functions that give an argument on as it is. Of $if the condition is looked into, and an
/// evaluation says so; the branches are not.
constexpr std::array<std::string_view, 4> passing{"if", "default", "coalesce", "trigger"};

bool is_named_by_document(const CallSite& call) {
  return std::none_of(call.arguments.begin(), call.arguments.end(),
                      [](const expression::Possible& name) { return name.others; });
}

std::string place_of(const CallSite& call) {
  return "column " + std::to_string(call.column) + ": $secret: ";
}

}  // namespace

void check_secrets(const core::Template& value, std::size_t at, Problems& problems) {
  expression::each_call(value, nullptr, {"secret"}, [&](const CallSite& call) {
    if (!is_named_by_document(call)) {
      problems.add(at, std::string(call.field),
                   place_of(call) + "which secret it is must be written out",
                   "data from outside may not choose one; $if may choose between texts");
    }
    const bool passed = call.within.empty() ||
                        std::find(passing.begin(), passing.end(), call.within) != passing.end();
    if (!passed) {
      problems.add(at, std::string(call.field),
                   place_of(call) + "$" + std::string(call.within) + " cannot look into a secret",
                   "a secret may be joined with text and passed on by $if, $default, $coalesce and "
                   "$trigger");
    }
  });
}

void refuse_secrets(const core::TemplatePtr& value, std::size_t at, std::string_view why,
                    Problems& problems) {
  if (value == nullptr) return;
  expression::each_call(*value, nullptr, {"secret"}, [&](const CallSite& call) {
    problems.add(at, std::string(call.field), place_of(call) + std::string(why),
                 "$secret belongs into a stage's config, or into inputs of work on this plane");
  });
}

}  // namespace antiphon::campaign
