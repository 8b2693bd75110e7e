// SPDX-License-Identifier: MIT
// Standard base64 with padding (RFC 4648, section 4): how bytes that are no text travel in JSON.
#pragma once

#include <string>
#include <string_view>

namespace antiphon::core {

std::string base64_encode(std::string_view bytes);

}  // namespace antiphon::core
