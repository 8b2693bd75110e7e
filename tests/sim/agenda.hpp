// SPDX-License-Identifier: MIT
// What is to happen, by its instant; of one instant in the order in which it was put down.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "engine/core/time.hpp"

namespace antiphon::sim {

class Agenda {
 public:
  struct Item {
    core::Instant at;
    std::uint64_t order = 0;
    std::function<void()> happen;
  };

  void put(core::Instant at, std::function<void()> happen) {
    items_.push_back({at, order_++, std::move(happen)});
    std::push_heap(items_.begin(), items_.end(), later);
  }

  bool empty() const { return items_.empty(); }
  core::Instant next() const { return items_.front().at; }

  Item take() {
    std::pop_heap(items_.begin(), items_.end(), later);
    Item item = std::move(items_.back());
    items_.pop_back();
    return item;
  }

 private:
  static bool later(const Item& a, const Item& b) {
    return b.at < a.at || (a.at == b.at && b.order < a.order);
  }

  std::vector<Item> items_;
  std::uint64_t order_ = 0;
};

}  // namespace antiphon::sim
