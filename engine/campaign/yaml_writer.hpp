// SPDX-License-Identifier: MIT
// Values -> YAML text, for people and for programs that read it back as the same values.
#pragma once

#include <string>

#include "engine/core/value.hpp"

namespace antiphon::campaign {

/// In block style, a newline at the end. Texts are quoted wherever YAML could take them for
/// anything else.
std::string to_yaml(const core::Value& value);

}  // namespace antiphon::campaign
