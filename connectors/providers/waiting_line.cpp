// SPDX-License-Identifier: MIT
#include "connectors/providers/waiting_line.hpp"

#include <utility>

#include "engine/core/limits.hpp"

namespace antiphon::providers {

bool WaitingLine::push(const std::string& name, Waiting waiting) {
  const std::size_t bytes = waiting.work.request.size();
  if (line_.size() >= core::limits::waiting_scripts) return false;
  if (bytes_ + bytes > core::limits::waiting_script_bytes) return false;
  bytes_ += bytes;
  places_.emplace(name, next_);
  line_.emplace(next_, Place{name, std::move(waiting)});
  ++next_;
  return true;
}

std::optional<Waiting> WaitingLine::pop() {
  if (line_.empty()) return std::nullopt;
  return take(line_.begin());
}

std::optional<Waiting> WaitingLine::remove(const std::string& name) {
  const auto place = places_.find(name);
  if (place == places_.end()) return std::nullopt;
  return take(line_.find(place->second));
}

Waiting WaitingLine::take(std::map<std::uint64_t, Place>::iterator place) {
  Waiting waiting = std::move(place->second.waiting);
  bytes_ -= waiting.work.request.size();
  places_.erase(place->second.name);
  line_.erase(place);
  return waiting;
}

}  // namespace antiphon::providers
