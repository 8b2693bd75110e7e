// SPDX-License-Identifier: MIT
// Standard base64 with padding (RFC 4648, section 4): how bytes that are no text travel in JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace antiphon::core {

std::string base64_encode(std::string_view bytes);

/// None if the text is no base64; line breaks within it are passed over.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace antiphon::core
