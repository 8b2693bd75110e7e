// SPDX-License-Identifier: MIT
#include "connectors/runner/request_book.hpp"

#include <utility>

#include "engine/core/status.hpp"

namespace antiphon::runner {
namespace {

/// Who repeats a question more often than this while it is carried out wants no answer.
constexpr std::size_t asking_most = 16;

symphony::Response busy(const std::string& id) {
  return {core::status::unavailable, "text/plain",
          "request-id '" + id + "' is being carried out, and many wait for its answer", id};
}

symphony::Response conflict(const std::string& id) {
  return {core::status::conflict, "text/plain",
          "request-id '" + id + "' was used for another question; each needs one of its own", id};
}

}  // namespace

bool RequestBook::take(const symphony::Request& request, const Reply& reply) {
  const std::size_t digest = std::hash<std::string>{}(request.route + "\n" + request.body);
  symphony::Response known;
  {
    const std::lock_guard lock(mutex_);
    const auto [place, fresh] = entries_.try_emplace(request.id);
    Entry& entry = place->second;
    if (fresh) {
      entry.digest = digest;
      entry.asking.push_back(reply);
      return true;
    }
    const bool open = !entry.asking.empty();
    if (entry.digest == digest && open && entry.asking.size() < asking_most) {
      entry.asking.push_back(reply);
      return false;
    }
    known = entry.digest != digest ? conflict(request.id)
            : open                 ? busy(request.id)
                                   : entry.response;
  }
  reply(known);
  return false;
}

void RequestBook::settle(const std::string& id, const symphony::Response& response) {
  std::vector<Reply> asking;
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[id];
    asking = std::exchange(entry.asking, {});
    entry.response = response;
    answered_.push_back(id);
    kept_bytes_ += response.body.size();
    while (answered_.size() > kept_most_ || kept_bytes_ > kept_bytes_most_) {
      const auto oldest = entries_.find(answered_.front());
      kept_bytes_ -= oldest->second.response.body.size();
      entries_.erase(oldest);
      answered_.pop_front();
    }
  }
  for (const Reply& reply : asking) reply(response);
}

}  // namespace antiphon::runner
