// SPDX-License-Identifier: MIT
#include "connectors/cli/client_options.hpp"

#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "connectors/cli/files.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {

void add_client_options(CLI::App& command, ClientOptions& options) {
  const auto add = [&](const char* flag, std::string& value, const char* help, const char* env) {
    command.add_option(flag, value, help)
        ->envname(env)
        ->group(reaching_the_plane)
        ->capture_default_str();
  };
  if (options.user.empty()) options.user = default_user();
  add("--broker", options.broker, "the MQTT broker, mqtt://host:port or mqtts://host:port",
      "ANTIPHON_BROKER");
  add("--plane", options.plane, "the control plane that is asked", "ANTIPHON_PLANE");
  add("--user", options.user, "who asks: the user name at the broker and in the topics",
      "ANTIPHON_USER");
  add("--topic-root", options.topic_root, "first level(s) of all topics", "ANTIPHON_TOPIC_ROOT");
  add("--password-file", options.password_file,
      "file with the password, readable by its owner only", "ANTIPHON_PASSWORD_FILE");
  add("--ca", options.ca, "certificates that sign the broker's (TLS)", "ANTIPHON_CA");
  add("--cert", options.certificate, "own certificate (TLS)", "ANTIPHON_CERTIFICATE");
  add("--key", options.key, "its private key (TLS)", "ANTIPHON_KEY");
  add("--mqtt-version", options.mqtt_version, "5 or 3.1.1", "ANTIPHON_MQTT_VERSION");
  add("--timeout", options.timeout, "how long to wait for the broker and for an answer",
      "ANTIPHON_ANSWER_TIMEOUT");
  command.add_flag("--json", options.json, "print JSON")->group("Output");
  command.add_flag("--no-color", options.no_color, "no colours on a terminal either (or NO_COLOR)")
      ->group("Output");
}

std::string default_user() {
  const passwd* entry = ::getpwuid(::geteuid());
  const std::string login = entry == nullptr ? "" : entry->pw_name;
  return core::UserName::parse(login) ? login : "operator";
}

core::Result<bus::BusOptions> bus_options(const ClientOptions& options) {
  bus::BusOptions out;
  out.uri = options.broker;
  out.persistent_session = false;
  if (options.mqtt_version != "5" && options.mqtt_version != "3.1.1") {
    return core::failure(core::status::bad_request, "--mqtt-version is " + options.mqtt_version,
                         "write 5 or 3.1.1");
  }
  out.mqtt_version = options.mqtt_version == "5" ? 5 : 4;
  if (!options.password_file.empty()) {
    auto password = read_password(options.password_file);
    if (!password) return tl::unexpected<core::Error>(password.error());
    out.credentials = bus::Credentials{options.user, std::move(*password)};
  }
  auto tls = tls_files({options.ca, options.certificate, options.key}, {"--ca", "--cert", "--key"});
  if (!tls) return tl::unexpected<core::Error>(tls.error());
  out.tls = *std::move(tls);
  return out;
}

}  // namespace antiphon::cli
