// SPDX-License-Identifier: MIT
// One scheme, one host, one port: paths, users and queries in a broker's URI are refused, not
// ignored.
#include "connectors/bus/broker_address.hpp"

#include <charconv>
#include <string_view>

#include "engine/core/status.hpp"

namespace antiphon::bus {
namespace {

tl::unexpected<core::Error> wrong(const std::string& uri, const std::string& what) {
  return core::failure(core::status::bad_config, "broker '" + uri + "': " + what,
                       "mqtt://host:port, or mqtts://host:port for TLS");
}

}  // namespace

core::Result<BrokerAddress> parse_broker_uri(const std::string& uri) {
  BrokerAddress address;
  std::string_view rest = uri;
  if (rest.starts_with("mqtts://")) {
    address.tls = true;
    address.port = 8883;
    rest.remove_prefix(8);
  } else if (rest.starts_with("mqtt://")) {
    rest.remove_prefix(7);
  } else {
    return wrong(uri, "unknown scheme");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@ ") != std::string_view::npos) {
    return wrong(uri, "only a host and a port may follow the scheme");
  }

  const bool bracketed = rest.starts_with('[');
  const auto host_end = bracketed ? rest.find(']') : rest.find(':');
  if (bracketed && host_end == std::string_view::npos) return wrong(uri, "']' is missing");
  address.host = rest.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0));
  if (address.host.empty()) return wrong(uri, "the host is missing");
  if (host_end == std::string_view::npos) return address;

  rest.remove_prefix(host_end + (bracketed ? 1 : 0));
  if (rest.empty()) return address;
  const auto [end, problem] =
      std::from_chars(rest.data() + 1, rest.data() + rest.size(), address.port);
  if (rest[0] != ':' || problem != std::errc() || end != rest.data() + rest.size() ||
      address.port < 1 || address.port > 65'535) {
    return wrong(uri, "the port is not a number from 1 to 65535");
  }
  return address;
}

}  // namespace antiphon::bus
