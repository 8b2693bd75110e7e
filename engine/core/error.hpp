// SPDX-License-Identifier: MIT
// "Their mistake" as a value: what was wrong, with the state number that Symphony's users know, and
// what would be right.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace antiphon::core {

struct Error {
  int status;           ///< a state number, status.hpp
  std::string message;  ///< what is wrong and where, one line, no full stop
  std::string hint{};   ///< what would be right; may be empty

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> failure(int status, std::string message,
                                                   std::string hint = {}) {
  return tl::unexpected<Error>(Error{status, std::move(message), std::move(hint)});
}

}  // namespace antiphon::core
