// SPDX-License-Identifier: MIT
#include "engine/core/messages.hpp"

#include <array>
#include <utility>

namespace antiphon::core {
namespace {

constexpr std::array<std::pair<ReplyState, std::string_view>, 7> reply_words{{
    {ReplyState::accepted, "accepted"},
    {ReplyState::started, "started"},
    {ReplyState::progress, "progress"},
    {ReplyState::done, "done"},
    {ReplyState::failed, "failed"},
    {ReplyState::rejected, "rejected"},
    {ReplyState::cancelled, "cancelled"},
}};

}  // namespace

std::string_view to_text(ReplyState state) {
  for (const auto& [value, word] : reply_words) {
    if (value == state) return word;
  }
  return {};
}

std::optional<ReplyState> reply_state(std::string_view text) {
  for (const auto& [value, word] : reply_words) {
    if (word == text) return value;
  }
  return std::nullopt;
}

bool is_final(ReplyState state) {
  return state == ReplyState::done || state == ReplyState::failed ||
         state == ReplyState::rejected || state == ReplyState::cancelled;
}

std::string_view to_text(Verb verb) {
  switch (verb) {
    case Verb::cancel:
      return "cancel";
    case Verb::terminate:
      return "terminate";
    case Verb::pause:
      return "pause";
    case Verb::resume:
      return "resume";
    case Verb::retry:
      return "retry";
    case Verb::rewind:
      return "rewind";
    case Verb::skip:
      return "skip";
    case Verb::set:
      return "set";
  }
  return {};
}

}  // namespace antiphon::core
