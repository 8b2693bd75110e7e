// SPDX-License-Identifier: MIT
#include "connectors/runner/tokens.hpp"

namespace antiphon::runner {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::hours lifetime{1};
constexpr std::size_t tokens_most = 1'000;

}  // namespace

std::string Tokens::give() {
  const std::lock_guard lock(mutex_);
  if (tokens_.size() == tokens_most) tokens_.pop_front();
  tokens_.push_back({fresh_(), steady_clock::now() + lifetime});
  return tokens_.back().text;
}

bool Tokens::knows(std::string_view header) {
  constexpr std::string_view scheme = "Bearer ";
  if (!header.starts_with(scheme)) return false;
  const std::lock_guard lock(mutex_);
  bool known = false;
  for (const Token& token : tokens_) {
    known = (same(header.substr(scheme.size()), token.text) && steady_clock::now() < token.ends) ||
            known;
  }
  return known;
}

bool same(std::string_view given, std::string_view wanted) {
  unsigned difference = given.size() == wanted.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size() && i < wanted.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(given[i]) ^
                                        static_cast<unsigned char>(wanted[i]));
  }
  return difference == 0;
}

}  // namespace antiphon::runner
