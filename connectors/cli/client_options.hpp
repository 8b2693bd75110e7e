// SPDX-License-Identifier: MIT
// What every command that talks to a plane can be told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/core/time.hpp"

namespace CLI {
class App;
}

namespace antiphon::cli {

/// The help's heading above what every command takes that asks a plane.
inline constexpr const char* reaching_the_plane = "Reaching the plane";

struct ClientOptions {
  std::string broker = "mqtt://127.0.0.1:1883";
  std::string plane = "hq";
  std::string user;
  std::string topic_root = "antiphon";
  std::string password_file;
  std::string ca;
  std::string certificate;
  std::string key;
  std::string mqtt_version = "5";
  std::string timeout = "10s";
  bool json = false;
  bool no_color = false;
};

/// One way to say how a plane is reached: by flag, else by variable, else by the context in use.
struct ClientSetting {
  const char* key;  ///< in a context
  const char* flag;
  const char* environment;
  std::string ClientOptions::*value;
  const char* help;
};
const std::vector<ClientSetting>& client_settings();

/// Adds the flags and their environment variables to a command. Once it is parsed, the context in
/// use, or the one of --use, has said what they did not; one that cannot be read is a
/// CLI::ValidationError.
void add_client_options(CLI::App& command, ClientOptions& options);

/// The login name made a valid user name, else "operator".
std::string default_user();

/// How to reach the broker; the client id is left to the caller.
core::Result<bus::BusOptions> bus_options(const ClientOptions& options);

}  // namespace antiphon::cli
