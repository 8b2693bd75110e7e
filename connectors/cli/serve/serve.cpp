// SPDX-License-Identifier: MIT
// The composition root: it makes the parts of a plane, joins them, and takes them apart in order.
#include "connectors/cli/serve.hpp"

#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "connectors/bus/mqtt_bus.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/files.hpp"
#include "connectors/cli/serve/bus_link.hpp"
#include "connectors/cli/serve/logging.hpp"
#include "connectors/cli/serve/settings.hpp"
#include "connectors/cli/version.hpp"
#include "connectors/providers/http_worker.hpp"
#include "connectors/providers/script_worker.hpp"
#include "connectors/providers/worker_switch.hpp"
#include "connectors/proxy/proxy_worker.hpp"
#include "connectors/secrets/secret_places.hpp"
#include "connectors/wire/encode.hpp"
#include "engine/runtime/entropy.hpp"
#include "engine/runtime/loop.hpp"
#include "engine/stages/registry.hpp"
#include "engine/store/sqlite_store.hpp"

namespace antiphon::cli {
namespace {

constexpr core::Duration stop_patience = core::seconds(1);

int fail(int code, const std::string& message) {
  std::fprintf(stderr, "antiphon serve: %s\n", message.c_str());
  return code;
}

core::Result<bus::BusOptions> bus_options(const ServeConfig& config,
                                          const store::Identity& identity,
                                          const wire::Topics& topics) {
  bus::BusOptions options;
  options.uri = config.broker;
  options.client_id = config.name.text() + "-" + identity.client_secret;
  options.mqtt_version = config.mqtt_version;
  options.heartbeat_topic = topics.heartbeat();
  if (!config.user.empty()) options.credentials = bus::Credentials{config.user, {}};
  if (!config.password_file.empty()) {
    auto password = read_password(config.password_file);
    if (!password) return tl::unexpected<core::Error>(password.error());
    options.credentials = bus::Credentials{config.user, std::move(*password)};
  }
  if (!config.ca.empty() || !config.certificate.empty()) {
    options.tls = bus::TlsFiles{config.ca, config.certificate, config.key};
  }
  return options;
}

core::Plane plane_of(const ServeConfig& config, const core::Providers& providers) {
  core::Plane plane;
  plane.self = config.name;
  plane.providers = &providers;
  plane.parents.insert(config.parents.begin(), config.parents.end());
  plane.offers.insert(config.offers.begin(), config.offers.end());
  plane.default_timeout = config.timeout;
  return plane;
}

/// Waits for SIGTERM or SIGINT and then ends the plane in order: it says goodbye and leaves the bus
/// while the loop still commits what has arrived, so that nothing is acknowledged and lost. A
/// second signal ends the process at once.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }

  void watch(std::function<void()> stop) {
    thread_ = std::thread([this, stop = std::move(stop)] {
      int signal = 0;
      sigwait(&set_, &signal);
      pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
      std::signal(SIGTERM, SIG_DFL);
      std::signal(SIGINT, SIG_DFL);
      spdlog::info("stopping");
      stop();
    });
  }

  void join() { thread_.join(); }

 private:
  sigset_t set_{};
  std::thread thread_;
};

providers::ScriptOptions script_options(const ServeConfig& config) {
  const std::filesystem::path files(config.files);
  providers::ScriptOptions options;
  options.state_dir = files;
  options.data_dir = files / "data";
  options.site = config.name;
  for (const std::string& folder : config.scripts) options.script_folders.emplace_back(folder);
  return options;
}

providers::HttpOptions http_options(const ServeConfig& config) {
  providers::HttpOptions options;
  options.state_dir = config.files;
  options.ca = config.http_ca;
  options.hosts = config.http_hosts;
  return options;
}

int serve(const ServeConfig& config, store::Store& store, Signals& signals) {
  const core::Providers providers = stages::standard_providers();
  auto topics = wire::Topics::make(config.topic_root, config.name, config.parents);
  if (!topics) return fail(exit_code::usage, "topicRoot: " + topics.error().message);

  const secrets::SecretPlaces secrets({config.secret_files, config.secret_prefix});
  runtime::PlaneOptions options{plane_of(config, providers), config.labels, config.sites, version,
                                config.topic_root};
  if (!config.secret_files.empty() || !config.secret_prefix.empty()) {
    options.plane.secrets = &secrets;
  }
  auto connection = bus_options(config, store.identity(), *topics);
  if (!connection) {
    return fail(exit_code::usage,
                connection.error().message + " (" + connection.error().hint + ")");
  }
  core::Presence gone;
  gone.online = false;
  gone.journal = store.identity().journal;
  gone.boot = store.identity().boot;
  gone.version = version;
  for (const auto& parent : config.parents) gone.parents.push_back(parent.text());
  connection->will = wire::encode(*topics, gone);
  auto bus = bus::make_mqtt_bus(std::move(*connection));
  if (!bus) return fail(exit_code::usage, bus.error().message);

  BusLink link(**bus, wire::Mailbox(*topics, config.answer_topics), config.mqtt_version);
  runtime::Loop* running = nullptr;
  const auto report = [&running](runtime::WorkReport done) { running->post(std::move(done)); };
  providers::ScriptWorker scripts(script_options(config), report);
  providers::HttpWorker requests(http_options(config), report);
  proxy::ProxyWorker proxies({config.files, core::limits::running_proxies, http_options(config)},
                             report);
  providers::WorkerSwitch worker({{"script", &scripts},
                                  {"http", &requests},
                                  {"proxy.mqtt", &proxies},
                                  {"proxy.http", &proxies}});
  runtime::SystemClock clock;
  runtime::Plane plane(std::move(options), store, link, worker, clock, runtime::fresh_seed);
  runtime::Loop loop(plane, store, link, clock);
  running = &loop;
  signals.watch([&] {
    link.send(plane.presence(false));
    (*bus)->stop(stop_patience);
    loop.stop();
  });
  spdlog::info("plane {} {} (boot {}), store {}, broker {}", config.name.text(), version,
               store.identity().boot, config.store, config.broker);
  link.start(loop, plane.trigger_filters());
  loop.run();
  signals.join();
  worker.close();
  store.close();
  spdlog::info("stopped");
  return exit_code::ok;
}

/// What was given by flag or environment, over what the file says.
core::Result<ServeConfig> resolve(const std::string& file, const Given& by_flag) {
  Given given;
  if (!file.empty()) {
    auto from_file = read_settings_file(file);
    if (!from_file) return tl::unexpected<core::Error>(from_file.error());
    given = std::move(*from_file);
  }
  for (const auto& [key, values] : by_flag) {
    if (!values.empty()) given[key] = values;
  }
  return check_settings(given);
}

int serve_command(const std::string& file, const Given& by_flag, bool check_only) {
  const auto config = resolve(file, by_flag);
  if (!config)
    return fail(exit_code::usage, "the configuration is not right:\n" + config.error().message);
  if (check_only) {
    std::fputs(to_text(*config).c_str(), stdout);
    return exit_code::ok;
  }
  Signals signals;
  set_up_logging(config->log_level, config->log_format);
  std::unique_ptr<store::Store> store;
  try {
    std::filesystem::create_directory(config->files);
    std::filesystem::create_directory(std::filesystem::path(config->files) / "data");
    store = store::open_sqlite(config->store, config->name,
                               {runtime::fresh_hex(), runtime::fresh_hex()});
  } catch (const store::StoreError& error) {
    return fail(exit_code::refused, error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(exit_code::usage, error.what());
  }
  try {
    return serve(*config, *store, signals);
  } catch (const store::StoreError& error) {
    spdlog::critical("the store failed: {}; what was committed is safe, start again", error.what());
    std::_Exit(exit_code::failed);
  }
}

}  // namespace

void add_serve(CLI::App& app, std::function<int()>& run) {
  auto* command = app.add_subcommand("serve", "run a control plane");
  command->footer(
      "Settings come from flags, then the environment, then the file; docs/configuration.md has "
      "them all.");
  const auto file = std::make_shared<std::string>();
  const auto check = std::make_shared<bool>(false);
  const auto given = std::make_shared<Given>();
  command->add_option("-c,--config", *file, "YAML file with settings")->envname("ANTIPHON_CONFIG");
  command->add_flag("--check", *check, "check the configuration, print it, and do nothing else");
  for (const Setting& setting : settings()) {
    auto& values = (*given)[std::string(setting.key)];
    auto* option = command->add_option(flag_of(setting.key), values, std::string(setting.meaning))
                       ->envname(environment_of(setting.key));
    if (setting.kind == Setting::Kind::text) {
      option->expected(1);
    } else {
      option->delimiter(',');
    }
    if (!setting.fallback.empty()) option->default_str(std::string(setting.fallback));
  }
  command->callback([&run, file, check, given] {
    run = [file, check, given] { return serve_command(*file, *given, *check); };
  });
}

}  // namespace antiphon::cli
