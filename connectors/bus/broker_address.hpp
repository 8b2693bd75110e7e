// SPDX-License-Identifier: MIT
// Where the broker is: mqtt://host:port and mqtts://host:port, taken apart.
#pragma once

#include <string>

#include "engine/core/error.hpp"

namespace antiphon::bus {

struct BrokerAddress {
  std::string host;  ///< a name or an address; an IPv6 one without its brackets
  int port = 1883;
  bool tls = false;

  bool operator==(const BrokerAddress&) const = default;
};

/// Ports default to 1883 and, for mqtts, 8883.
core::Result<BrokerAddress> parse_broker_uri(const std::string& uri);

}  // namespace antiphon::bus
