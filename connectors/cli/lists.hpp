// SPDX-License-Identifier: MIT
// How `antiphon get` shows items: as tables, by name, in an order.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace antiphon::cli {

/// `what` as a query is called; `wide` has more columns.
std::string table_of(const std::string& what, const nlohmann::json& items, bool wide);

/// What other commands call the item.
std::string name_of(const std::string& what, const nlohmann::json& item);

/// By a field ("counts.done" is one inside another): numbers before texts, and what has none last,
/// also with `reverse`. What is equal stays as it was.
void sort_items(nlohmann::json& items, const std::string& field, bool reverse);

}  // namespace antiphon::cli
