// SPDX-License-Identifier: MIT
// Queries whose answers come in pages.
#pragma once

#include <nlohmann/json.hpp>

#include "connectors/cli/client.hpp"

namespace antiphon::cli {

/// The answer's body: `items`, and `next` if there are more.
Reached<nlohmann::json> one_page(Client& client, const core::QueryRequest& query);

/// The same; empty pages that are followed by others, as a search may give, are skipped.
Reached<nlohmann::json> found_page(Client& client, core::QueryRequest query);

/// All items of all pages.
Reached<nlohmann::json> every_page(Client& client, core::QueryRequest query);

}  // namespace antiphon::cli
