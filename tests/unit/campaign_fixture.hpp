// SPDX-License-Identifier: MIT
// What the tests of engine/campaign share: a set of providers, and results as text that a table can
// hold.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/campaign/documents.hpp"

namespace antiphon::campaign::test {

const core::Providers& providers();

/// The whole file; the test ends here if it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// The problems of a text, one a line, without the file's name; "none" if it loads.
std::string problems_of(std::string_view text, const std::string& file = "f");

struct BadText {
  std::string text;
  const char* problems;
};

/// Each text has just these problems.
void check_problems(const std::vector<BadText>& cases);

/// What came out of a text: one line a document, or its problems.
std::string outcome_of(std::string_view text, const std::string& file = "f");

/// Everything in a campaign; templates by what they give in an empty scope, value or error.
std::string describe(const core::Campaign& campaign);

/// The only document of a text, which must be a campaign.
CampaignDocument campaign_of(std::string_view text, const std::string& file = "f");

}  // namespace antiphon::campaign::test
