// SPDX-License-Identifier: MIT
// The fields of a secret that is one file: a JSON object of texts, or a line `field=text` each.
#pragma once

#include <map>
#include <string>

#include "engine/core/error.hpp"

namespace antiphon::secrets {

using FieldTexts = std::map<std::string, std::string, std::less<>>;

/// Blank lines and those that begin with '#' are passed over; a text is all behind the first '='.
/// An error never shows what the file holds, but its line.
core::Result<FieldTexts> fields_of_file(const std::string& text);

}  // namespace antiphon::secrets
