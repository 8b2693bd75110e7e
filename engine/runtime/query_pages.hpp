// SPDX-License-Identifier: MIT
// Pages of rows as answers to queries have them: full by count or by bytes, and, where only some
// rows are wanted, after a bounded search.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/shorten.hpp"
#include "engine/core/status.hpp"
#include "engine/store/store.hpp"

namespace antiphon::runtime {

/// Room for the answer's own fields around its items.
constexpr std::size_t items_bytes = core::limits::reply_bytes - 4096;

/// How many rows one query looks at to find those that it wants; the page then ends, perhaps empty,
/// with a `next`.
constexpr int most_looked_at = 20'000;

struct Items {
  core::Value items = core::Value::array();
  std::size_t bytes = 0;

  /// Whether it had room; an item that no page could hold is shortened.
  bool add(core::Value item) {
    item = core::shortened(std::move(item), items_bytes);
    bytes += core::dump(item).size() + 1;
    if (bytes > items_bytes && !items.empty()) return false;
    items.push_back(std::move(item));
    return true;
  }

  core::Answer answer(const std::string& next) && {
    core::Value body{{"items", std::move(items)}};
    if (!next.empty()) body["next"] = next;
    return {core::status::ok, {}, {}, core::dump(body)};
  }
};

/// The rows that `fetch` gives for a page, as `view` shows them; `key` of the last row that was
/// looked at is where the next page begins.
template <class Fetch, class View, class Key>
core::Answer page_of(const store::Page& page, Fetch fetch, View view, Key key) {
  Items items;
  std::string next;
  const auto rows = fetch(page);
  for (const auto& row : rows) {
    if (!items.add(view(row))) return std::move(items).answer(next);
    next = key(row);
  }
  const bool full = static_cast<int>(rows.size()) == page.limit;
  return std::move(items).answer(full ? next : "");
}

using Wanted = std::function<bool(const core::Value&)>;

/// For page_of_wanted(): nothing is known of a row before it is a view.
constexpr auto any_row = [](const auto&) { return true; };

/// The same, of the views that are `wanted` only; of rows that are not `possible` no view is made.
template <class Fetch, class View, class Key, class Possible>
core::Answer page_of_wanted(const store::Page& page, Fetch fetch, View view, Key key,
                            const Wanted& wanted, Possible possible) {
  if (!wanted) return page_of(page, fetch, view, key);
  Items items;
  std::string next = page.after;
  for (int looked = 0; looked < most_looked_at; looked += core::limits::page_items) {
    const auto rows = fetch(store::Page{next, core::limits::page_items});
    for (const auto& row : rows) {
      core::Value item = possible(row) ? view(row) : core::Value();
      const bool taken = !item.is_null() && wanted(item);
      if (taken && !items.add(std::move(item))) return std::move(items).answer(next);
      next = key(row);
      if (static_cast<int>(items.items.size()) == page.limit) return std::move(items).answer(next);
    }
    if (static_cast<int>(rows.size()) < core::limits::page_items)
      return std::move(items).answer("");
  }
  return std::move(items).answer(next);
}

}  // namespace antiphon::runtime
