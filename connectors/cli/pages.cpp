// SPDX-License-Identifier: MIT
#include "connectors/cli/pages.hpp"

#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"

namespace antiphon::cli {

Reached<nlohmann::json> one_page(Client& client, const core::QueryRequest& query) {
  const auto answer = client.ask(query);
  if (!answer) return tl::unexpected(answer.error());
  return core::parse_object(answer->body);
}

Reached<nlohmann::json> found_page(Client& client, core::QueryRequest query) {
  while (true) {
    auto page = one_page(client, query);
    if (!page || !(*page)["items"].empty() || !page->contains("next")) return page;
    query.after = cell(*page, "next");
  }
}

Reached<nlohmann::json> every_page(Client& client, core::QueryRequest query) {
  nlohmann::json all{{"items", nlohmann::json::array()}};
  while (true) {
    auto page = one_page(client, query);
    if (!page) return page;
    for (auto& item : (*page)["items"]) all["items"].push_back(std::move(item));
    query.after = cell(*page, "next");
    if (query.after.empty()) return all;
  }
}

}  // namespace antiphon::cli
