// SPDX-License-Identifier: MIT
// Files of campaign documents as the commands take them, and what is said about them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/campaign/lint.hpp"
#include "engine/campaign/problem.hpp"
#include "engine/core/error.hpp"

namespace antiphon::cli {

/// What to call the file in messages: "-" is stdin.
std::string shown_name(const std::string& name);

/// The text of a file that fits into one message; "-" is stdin.
core::Result<std::string> read_document(const std::string& name);

/// The campaign of a text that has only one, or the one that is named NAME or NAME:VERSION. `file`
/// is what to call the text.
core::Result<campaign::CampaignDocument> one_campaign(
    const std::vector<campaign::Document>& documents, const std::string& wanted,
    const std::string& file);

/// One line each, on stderr.
void print_problems(const std::vector<campaign::Problem>& problems);

/// As --json has it; `file` is the name as it was given.
nlohmann::json problem_value(const std::string& file, const campaign::Problem& problem);

/// The warnings, on stderr; notes are for `antiphon lint`.
void print_warnings(const campaign::Linted& linted);

nlohmann::json warning_value(const std::string& file, const campaign::Warning& warning);

}  // namespace antiphon::cli
