// SPDX-License-Identifier: MIT
// The one JSON value type of the product. Rows and messages carry JSON as the bytes that came
// (JsonText) and are parsed only where somebody looks inside.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace antiphon::core {

using Value = nlohmann::json;

/// UTF-8 text that is one valid JSON value (checked where it entered). Empty means "none".
using JsonText = std::string;

}  // namespace antiphon::core
