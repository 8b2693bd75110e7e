// SPDX-License-Identifier: MIT
// Bearer tokens that a runner has given out, for an hour each.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace antiphon::runner {

/// Any thread.
class Tokens {
 public:
  explicit Tokens(std::function<std::string()> fresh) : fresh_(std::move(fresh)) {}

  /// A new one; beyond a thousand the oldest is forgotten.
  std::string give();

  /// `header`: "Bearer <token>".
  bool knows(std::string_view header);

 private:
  struct Token {
    std::string text;
    std::chrono::steady_clock::time_point ends;
  };

  std::function<std::string()> fresh_;
  std::mutex mutex_;
  std::deque<Token> tokens_;
};

/// Takes as long whether the first or the last byte differs.
bool same(std::string_view given, std::string_view wanted);

}  // namespace antiphon::runner
