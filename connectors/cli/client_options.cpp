// SPDX-License-Identifier: MIT
#include "connectors/cli/client_options.hpp"

#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "connectors/cli/contexts.hpp"
#include "connectors/cli/files.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {

namespace {

/// What nobody has said by flag or variable the context says.
void take_from_context(const CLI::App& command, ClientOptions& options, const std::string& name) {
  const auto context = settings_in_use(name);
  if (!context) {
    throw CLI::ValidationError(context.error().message + "\n  hint: " + context.error().hint);
  }
  for (const ClientSetting& setting : client_settings()) {
    const auto found = context->find(setting.key);
    if (found == context->end() || command.get_option(setting.flag)->count() > 0) continue;
    options.*setting.value = found->second;
  }
}

}  // namespace

const std::vector<ClientSetting>& client_settings() {
  using Options = ClientOptions;
  static const std::vector<ClientSetting> all{
      {"broker", "--broker", "ANTIPHON_BROKER", &Options::broker,
       "the MQTT broker, mqtt://host:port or mqtts://host:port"},
      {"plane", "--plane", "ANTIPHON_PLANE", &Options::plane, "the control plane that is asked"},
      {"user", "--user", "ANTIPHON_USER", &Options::user,
       "who asks: the user name at the broker and in the topics"},
      {"topicRoot", "--topic-root", "ANTIPHON_TOPIC_ROOT", &Options::topic_root,
       "first level(s) of all topics"},
      {"passwordFile", "--password-file", "ANTIPHON_PASSWORD_FILE", &Options::password_file,
       "file with the password, readable by its owner only"},
      {"ca", "--ca", "ANTIPHON_CA", &Options::ca, "certificates that sign the broker's (TLS)"},
      {"certificate", "--cert", "ANTIPHON_CERTIFICATE", &Options::certificate,
       "own certificate (TLS)"},
      {"key", "--key", "ANTIPHON_KEY", &Options::key, "its private key (TLS)"},
      {"mqttVersion", "--mqtt-version", "ANTIPHON_MQTT_VERSION", &Options::mqtt_version,
       "5 or 3.1.1"},
      {"timeout", "--timeout", "ANTIPHON_ANSWER_TIMEOUT", &Options::timeout,
       "how long to wait for the broker and for an answer"},
  };
  return all;
}

void add_client_options(CLI::App& command, ClientOptions& options) {
  if (options.user.empty()) options.user = default_user();
  for (const ClientSetting& setting : client_settings()) {
    command.add_option(setting.flag, options.*setting.value, setting.help)
        ->envname(setting.environment)
        ->group(reaching_the_plane)
        ->capture_default_str();
  }
  const auto context = std::make_shared<std::string>();
  command
      .add_option("--use", *context,
                  "take what is not said from this context, not from the one in use")
      ->envname("ANTIPHON_CONTEXT")
      ->group(reaching_the_plane);
  command.parse_complete_callback(
      [&command, &options, context] { take_from_context(command, options, *context); });
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
