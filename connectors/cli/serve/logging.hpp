// SPDX-License-Identifier: MIT
// What `antiphon serve` logs, and how: to stderr, as text or as one JSON object a line.
#pragma once

#include <string>

namespace antiphon::cli {

/// `level` and `format` as the settings name them. Call once, before anything is logged.
void set_up_logging(const std::string& level, const std::string& format);

}  // namespace antiphon::cli
