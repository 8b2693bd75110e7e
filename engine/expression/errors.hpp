// SPDX-License-Identifier: MIT
// How every error of the language reads: the field of the document, the column in its text, what is
// wrong.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/status.hpp"

namespace antiphon::expression {

/// `column` counts characters from 1.
[[nodiscard]] inline tl::unexpected<core::Error> failure_at(std::string_view field,
                                                            std::size_t column,
                                                            std::string_view what,
                                                            std::string hint = {}) {
  std::string message(field);
  message += ", column ";
  message += std::to_string(column);
  message += ": ";
  message += what;
  return core::failure(core::status::bad_config, std::move(message), std::move(hint));
}

}  // namespace antiphon::expression
