// SPDX-License-Identifier: MIT
// The words of replies and verbs, and base64.
#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "engine/core/base64.hpp"
#include "engine/core/messages.hpp"

using namespace antiphon::core;

TEST_CASE("messages: each reply state has one word, and four of them are final") {
  const std::vector<std::pair<ReplyState, std::string>> finals{
      {ReplyState::done, "done"},
      {ReplyState::failed, "failed"},
      {ReplyState::rejected, "rejected"},
      {ReplyState::cancelled, "cancelled"}};
  const std::vector<std::pair<ReplyState, std::string>> others{{ReplyState::accepted, "accepted"},
                                                               {ReplyState::started, "started"},
                                                               {ReplyState::progress, "progress"}};
  for (const auto& [state, word] : finals) {
    CHECK(to_text(state) == word);
    CHECK(reply_state(word) == state);
    CHECK(is_final(state));
  }
  for (const auto& [state, word] : others) {
    CHECK(to_text(state) == word);
    CHECK(reply_state(word) == state);
    CHECK_FALSE(is_final(state));
  }
  for (const auto* word : {"", "Done", "done ", "finished"}) CHECK_FALSE(reply_state(word));
}

TEST_CASE("messages: each verb has its word") {
  CHECK(to_text(Verb::cancel) == "cancel");
  CHECK(to_text(Verb::terminate) == "terminate");
  CHECK(to_text(Verb::pause) == "pause");
  CHECK(to_text(Verb::resume) == "resume");
}

TEST_CASE("base64: bytes that are no text become letters with padding") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {std::string("\0\xFF\xFE", 3), "AP/+"},
      {"\xFB\xEF\xBE", "++++"}};
  for (const auto& [bytes, text] : rows) CHECK(base64_encode(bytes) == text);
}
