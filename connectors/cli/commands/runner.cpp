// SPDX-License-Identifier: MIT
// `antiphon runner`: carries out single stages for whoever asks in Symphony's request format, over
// MQTT, HTTP or both. It has no store; what it is made of is joined here.
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "connectors/bus/broker_address.hpp"
#include "connectors/bus/mqtt_bus.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/runner_settings.hpp"
#include "connectors/cli/serve/logging.hpp"
#include "connectors/cli/version.hpp"
#include "connectors/providers/http_worker.hpp"
#include "connectors/providers/script_worker.hpp"
#include "connectors/providers/worker_switch.hpp"
#include "connectors/runner/http_door.hpp"
#include "connectors/runner/mqtt_door.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/entropy.hpp"
#include "engine/stages/registry.hpp"

namespace antiphon::cli {
namespace {

constexpr core::Duration goodbye = core::seconds(1);

int complain(const std::string& message) {
  std::fprintf(stderr, "antiphon runner: %s\n", message.c_str());
  return exit_code::usage;
}

core::Providers providers_of(const RunnerConfig& config) {
  std::vector<core::ProviderInfo> infos;
  const core::Providers all = stages::standard_providers();
  for (const std::string& name : runner::stages_of_a_runner()) {
    const bool can = name != "script" || !config.scripts.empty();
    if (can) infos.push_back(*all.find(name));
  }
  return core::Providers(std::move(infos));
}

providers::ScriptOptions runner_scripts(const RunnerConfig& config) {
  const std::filesystem::path files(config.files);
  providers::ScriptOptions options;
  options.state_dir = files;
  options.data_dir = files / "data";
  options.site = config.name;
  for (const std::string& folder : config.scripts) options.script_folders.emplace_back(folder);
  options.max_running = config.running;
  return options;
}

providers::HttpOptions runner_requests(const RunnerConfig& config) {
  providers::HttpOptions options;
  options.state_dir = config.files;
  options.hosts = config.http_hosts;
  return options;
}

runner::DeskOptions desk_options(const RunnerConfig& config, const core::Providers& providers) {
  runner::DeskOptions options;
  options.name = config.name;
  options.providers = &providers;
  for (const core::PlaneName& site : config.sites) options.sites.push_back({site, true, {}, {}});
  options.running_most = config.running;
  options.timeout = config.timeout;
  options.fresh_id = runtime::fresh_hex;
  return options;
}

/// Blocks both signals in this thread and all that it will start.
sigset_t stop_signals() {
  sigset_t set{};
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

/// A second signal ends the process at once.
void await_signal(const sigset_t& set) {
  int signal = 0;
  sigwait(&set, &signal);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  spdlog::info("stopping");
}

/// The doors that the configuration asks for. The bus is the first to go: it calls into its door.
struct Doors {
  std::unique_ptr<runner::HttpDoor> http;
  std::unique_ptr<runner::MqttDoor> mqtt;
  std::unique_ptr<bus::Bus> bus;
};

core::Result<Doors> open_doors(const RunnerConfig& config, runner::Service& service) {
  Doors doors;
  if (config.http) {
    runner::HttpOptions options = *config.http;
    options.fresh_token = runtime::fresh_hex;
    doors.http = std::make_unique<runner::HttpDoor>(std::move(options), service);
    const auto port = doors.http->open();
    if (!port) return tl::unexpected(port.error());
    spdlog::info("listening on http://{}:{}/v1alpha2", config.http->host, *port);
  }
  if (!config.request_topic.empty()) {
    bus::BusOptions options = config.bus;
    options.client_id = "runner-" + config.name.text() + "-" + runtime::fresh_hex();
    options.persistent_session = false;
    auto bus = bus::make_mqtt_bus(std::move(options));
    if (!bus) return tl::unexpected(bus.error());
    doors.bus = std::move(*bus);
    doors.mqtt = std::make_unique<runner::MqttDoor>(
        *doors.bus, runner::MqttTopics{config.request_topic, config.response_topic}, service);
    doors.mqtt->open();
  }
  return doors;
}

int run_runner(const RunnerConfig& config) {
  const sigset_t signals = stop_signals();
  set_up_logging(config.log_level, config.log_format);
  std::error_code problem;
  std::filesystem::create_directories(std::filesystem::path(config.files) / "data", problem);
  if (problem) return complain("cannot make " + config.files + ": " + problem.message());
  const core::Providers providers = providers_of(config);
  runner::StageDesk desk(desk_options(config, providers));
  const auto report = [&desk](runtime::WorkReport said) { desk.report(std::move(said)); };
  providers::ScriptWorker scripts(runner_scripts(config), report);
  providers::HttpWorker requests(runner_requests(config), report);
  providers::WorkerSwitch workers({{"script", &scripts}, {"http", &requests}});
  desk.employ(workers);
  runner::Service service(desk);
  const auto doors = open_doors(config, service);
  if (!doors) {
    desk.stop(core::Duration{});
    return complain(doors.error().message);
  }
  spdlog::info("runner {} {}, carries out {}", config.name.text(), version, providers.names());
  await_signal(signals);
  if (doors->mqtt) doors->mqtt->close();
  desk.stop(config.stop_timeout);
  if (doors->http) doors->http->close();
  if (doors->bus) doors->bus->stop(goodbye);
  workers.close();
  spdlog::info("stopped");
  return exit_code::ok;
}

int runner_command(const RunnerFlags& flags, bool check_only) {
  const auto config = check_runner(flags);
  if (!config) return complain("the configuration is not right:\n" + config.error().message);
  if (!check_only) return run_runner(*config);
  std::fputs(to_text(*config).c_str(), stdout);
  return exit_code::ok;
}

}  // namespace

void add_runner(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand(
      "runner", "carry out single stages for others, in Symphony's request format");
  command->footer(
      "Ask it over MQTT (--request-topic, --response-topic), HTTP (--http), or both; "
      "docs/stage-runner.md.");
  const auto flags = std::make_shared<RunnerFlags>();
  const auto check = std::make_shared<bool>(false);
  command->add_flag("--check", *check, "check the flags, print them, and do nothing else");
  for (const RunnerFlag& flag : runner_flags()) {
    auto& values = (*flags)[std::string(flag.name)];
    auto* option =
        command->add_option("--" + std::string(flag.name), values, std::string(flag.meaning));
    if (flag.list) {
      option->delimiter(',');
    } else {
      option->expected(1);
    }
    option->envname(environment_of(flag));
    if (!flag.fallback.empty()) option->default_str(std::string(flag.fallback));
  }
  command->callback(
      [&run, flags, check] { run = [flags, check] { return runner_command(*flags, *check); }; });
}

}  // namespace antiphon::cli
