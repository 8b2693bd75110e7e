// SPDX-License-Identifier: MIT
// What is allowed in a campaign and yet is probably not meant: read from the document, before any
// run. Each kind of finding is a rule with a name that stays, so that it can be allowed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/campaign/documents.hpp"
#include "engine/campaign/problem.hpp"

namespace antiphon::campaign {

/// A note says what differs from Symphony; a warning, what will probably go wrong.
enum class Level { warning, note };

struct Rule {
  std::string_view name;  ///< "unreachable-stage"
  Level level;
  std::string_view why;  ///< what comes of it, one line
};

/// All there are, by name.
const std::vector<Rule>& lint_rules();

/// Null if there is none of that name.
const Rule* find_rule(std::string_view name);

/// "did you mean 'unreachable-stage'?", or all names.
std::string rule_hint(std::string_view name);

struct Warning {
  const Rule* rule;  ///< of lint_rules()
  Problem problem;   ///< where, what, and what would be right
};

/// "file:line:column: warning: field: message [rule]", and the reason and what would be right below
/// it, indented. No newline at the end.
std::string to_text(const Warning& warning);

/// The annotation of a campaign that allows rules in it: names with commas or blanks between them,
/// each with "@STAGE" behind it if it is about one stage only.
inline constexpr std::string_view allow_annotation = "antiphon/lint-allow";

struct Linted {
  std::vector<Document> documents;
  std::vector<Warning> warnings;  ///< in the order of the text, at most limits::document_problems
  std::size_t dropped = 0;        ///< warnings beyond that
};

/// load(), and what there is to say about the campaigns of the text. `allowed`: as in the
/// annotation, for all of them; names that are none are the caller's to refuse.
tl::expected<Linted, std::vector<Problem>> load_and_lint(
    std::string_view text, const std::string& file, const core::Providers& providers,
    const std::vector<std::string>& allowed = {});

}  // namespace antiphon::campaign
