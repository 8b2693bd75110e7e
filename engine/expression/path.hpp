// SPDX-License-Identifier: MIT
// A plain path into a value: `a.b.c`, `[0].port`, `items[-1]`. Not JSONPath: it names one place.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/value.hpp"

namespace antiphon::expression {

struct Place {
  const core::Value* value =
      nullptr;            ///< within the value that was walked; null if there is no such place
  std::string problem{};  ///< why there is none
};

/// A key that is the whole path wins over its parts.
Place walk(const core::Value& value, std::string_view path);

}  // namespace antiphon::expression
