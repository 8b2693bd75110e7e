// SPDX-License-Identifier: MIT
// The stages of a campaign as a picture, in the languages that draw one.
#pragma once

#include <string>

#include "engine/campaign/documents.hpp"

namespace antiphon::campaign {

/// A Mermaid flowchart. What a stage looks like says what it is: drawn twice when its work is done
/// once per context, dashed when sites do it, a hexagon when it may follow a stage that failed. A
/// dashed edge to "?" stands for what only a run can tell. Ends in a newline.
std::string to_mermaid(const CampaignDocument& document);

/// The same for Graphviz.
std::string to_dot(const CampaignDocument& document);

}  // namespace antiphon::campaign
