// SPDX-License-Identifier: MIT
// TCP_NODELAY for a library that neither sets it nor gives its socket away.
#pragma once

#include <string>

namespace antiphon::bus {

/// Sets TCP_NODELAY on every socket of this process that is connected to `host`:`port`, IPv4 or
/// IPv6. Returns on how many; 0 means that none was found, which costs speed and nothing else.
int set_tcp_nodelay(const std::string& host, int port);

}  // namespace antiphon::bus
