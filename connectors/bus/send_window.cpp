// SPDX-License-Identifier: MIT
// A message wider than the byte window goes alone: it has to leave some time.
#include "connectors/bus/send_window.hpp"

#include <algorithm>
#include <utility>

namespace antiphon::bus {
namespace {

std::size_t bytes_of(const Outgoing& message) {
  return message.topic.size() + message.payload.size();
}

}  // namespace

void SendWindow::open(std::size_t receive_maximum) {
  window_ = std::clamp<std::size_t>(receive_maximum, 1, window_messages);
}

bool SendWindow::push(Outgoing& message, Done& done) {
  const std::size_t bytes = bytes_of(message);
  if (waiting_.size() >= waiting_messages || waiting_bytes_ + bytes > waiting_bytes) return false;
  waiting_bytes_ += bytes;
  waiting_.push_back({std::move(message), std::move(done)});
  return true;
}

bool SendWindow::may_send() const {
  if (waiting_.empty() || in_flight_.size() >= window_) return false;
  return in_flight_.empty() ||
         in_flight_bytes_ + bytes_of(waiting_.front().message) <= window_bytes;
}

std::optional<SendWindow::Send> SendWindow::next() {
  if (!may_send()) return std::nullopt;
  const std::size_t bytes = bytes_of(waiting_.front().message);
  Waiting first = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_bytes_ -= bytes;
  in_flight_bytes_ += bytes;
  const std::uint64_t ticket = ++last_ticket_;
  in_flight_.emplace(ticket, InFlight{bytes, std::move(first.done)});
  return Send{ticket, std::move(first.message)};
}

std::optional<Answer> SendWindow::answered(std::uint64_t ticket, Published published) {
  const auto found = in_flight_.find(ticket);
  if (found == in_flight_.end()) return std::nullopt;
  Answer answer{std::move(found->second.done), published};
  in_flight_bytes_ -= found->second.bytes;
  in_flight_.erase(found);
  return answer;
}

std::vector<Answer> SendWindow::drop_all() {
  std::vector<Answer> answers;
  answers.reserve(in_flight_.size() + waiting_.size());
  for (auto& [ticket, sent] : in_flight_)
    answers.push_back({std::move(sent.done), Published::unknown});
  for (auto& unsent : waiting_) answers.push_back({std::move(unsent.done), Published::unknown});
  in_flight_.clear();
  waiting_.clear();
  waiting_bytes_ = 0;
  in_flight_bytes_ = 0;
  return answers;
}

}  // namespace antiphon::bus
