// SPDX-License-Identifier: MIT
#include "connectors/cli/runner_settings.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "connectors/bus/broker_address.hpp"
#include "connectors/cli/files.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

constexpr std::size_t running_most = 1'000;

/// Reads the flags and keeps everything that is wrong.
class RunnerChecker {
 public:
  explicit RunnerChecker(const RunnerFlags& flags) : flags_(flags) {}

  std::vector<std::string> list(std::string_view name) const {
    const auto found = flags_.find(name);
    return found == flags_.end() ? std::vector<std::string>() : found->second;
  }

  std::string text(std::string_view name) const {
    const auto values = list(name);
    if (!values.empty()) return values.front();
    const auto& all = runner_flags();
    const auto flag = std::find_if(all.begin(), all.end(),
                                   [name](const RunnerFlag& one) { return one.name == name; });
    return std::string(flag->fallback);
  }

  std::string one_of(std::string_view name, const std::vector<std::string>& words) {
    std::string value = text(name);
    if (std::find(words.begin(), words.end(), value) != words.end()) return value;
    std::string known;
    for (const std::string& word : words) known += (known.empty() ? "" : ", ") + word;
    wrong(name, "'" + value + "' is none of " + known);
    return value;
  }

  core::Duration duration(std::string_view name) {
    const auto value = core::parse_duration(text(name));
    if (value && value->ms > 0) return *value;
    wrong(name, "'" + text(name) + "' is no time", "for example 30s, 10m or 2h");
    return {};
  }

  int number(std::string_view name, const std::string& value, int least, int most) {
    int number = 0;
    const char* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, number);
    if (read.ec == std::errc{} && read.ptr == end && number >= least && number <= most) {
      return number;
    }
    wrong(name, "'" + value + "' is no number",
          "from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }

  std::string password(std::string_view name, std::string_view user) {
    const std::string file = text(name);
    if (file.empty()) return {};
    if (text(user).empty()) wrong(name, "is given, but no " + std::string(user));
    auto read = read_password(file);
    if (read) return std::move(*read);
    wrong(name, read.error().message, read.error().hint);
    return {};
  }

  void wrong(std::string_view name, const std::string& what, const std::string& hint = {}) {
    problems_ += (problems_.empty() ? "--" : "\n--") + std::string(name) + ": " + what +
                 (hint.empty() ? "" : " (" + hint + ")");
  }

  const std::string& problems() const { return problems_; }

 private:
  const RunnerFlags& flags_;
  std::string problems_;
};

void check_topic(RunnerChecker& check, std::string_view name, const std::string& topic) {
  const std::string problem = bus::topic_problem(topic);
  if (!problem.empty()) check.wrong(name, "'" + topic + "' " + problem);
}

void read_broker(RunnerChecker& check, RunnerConfig& config) {
  config.request_topic = check.text("request-topic");
  config.response_topic = check.text("response-topic");
  if (config.request_topic.empty() != config.response_topic.empty()) {
    check.wrong(config.request_topic.empty() ? "request-topic" : "response-topic",
                "is missing: MQTT needs both topics");
  }
  if (config.request_topic.empty()) return;
  check_topic(check, "request-topic", config.request_topic);
  if (!config.response_topic.empty()) {
    check_topic(check, "response-topic", config.response_topic);
    if (config.response_topic == config.request_topic) {
      check.wrong("response-topic", "is the request topic: a runner would hear its own answers");
    }
  }
  config.bus.uri = check.text("broker");
  if (const auto address = bus::parse_broker_uri(config.bus.uri); !address) {
    check.wrong("broker", address.error().message, address.error().hint);
  }
  config.bus.mqtt_version = check.one_of("mqtt-version", {"5", "3.1.1"}) == "5" ? 5 : 4;
  const std::string password = check.password("password-file", "user");
  if (!check.text("user").empty()) {
    config.bus.credentials = bus::Credentials{check.text("user"), password};
  }
  auto tls = tls_files({check.text("ca"), check.text("cert"), check.text("key")},
                       {"--ca", "--cert", "--key"});
  if (tls) {
    config.bus.tls = std::move(*tls);
  } else {
    check.wrong("ca", tls.error().message, tls.error().hint);
  }
}

void read_http(RunnerChecker& check, RunnerConfig& config) {
  const std::string address = check.text("http");
  if (address.empty()) return;
  const auto colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return check.wrong("http", "'" + address + "' is no address", "127.0.0.1:8082");
  }
  runner::HttpOptions http;
  http.host = address.substr(0, colon);
  http.port = check.number("http", address.substr(colon + 1), 0, 65'535);
  http.user = check.text("http-user");
  http.password = check.password("http-password-file", "http-user");
  if (!http.user.empty() && http.password.empty()) {
    check.wrong("http-password-file", "is missing: --http-user needs a password");
  }
  config.http = std::move(http);
}

void read_work(RunnerChecker& check, RunnerConfig& config) {
  config.scripts = check.list("scripts");
  for (const std::string& folder : config.scripts) {
    std::error_code unknown;
    if (std::filesystem::is_directory(folder, unknown)) continue;
    check.wrong("scripts", "there is no folder " + folder, "name the folders that hold scripts");
  }
  config.http_hosts = check.list("http-hosts");
  config.files = check.text("files");
  for (const std::string& site : check.list("sites")) {
    if (const auto name = core::PlaneName::parse(site)) {
      config.sites.push_back(*name);
    } else {
      check.wrong("sites", name.error().message, name.error().hint);
    }
  }
  config.running = static_cast<std::size_t>(
      check.number("running", check.text("running"), 1, static_cast<int>(running_most)));
  config.timeout = check.duration("timeout");
  config.stop_timeout = check.duration("stop-timeout");
}

}  // namespace

const std::vector<RunnerFlag>& runner_flags() {
  static const std::vector<RunnerFlag> all{
      {"name", "runner", "its name: `__site` of the stages that it carries out"},
      {"broker", "mqtt://127.0.0.1:1883",
       "the MQTT broker, `mqtt://host:port` or `mqtts://host:port`"},
      {"request-topic", "", "where it hears; with it and the next one it is asked over MQTT"},
      {"response-topic", "", "where it answers"},
      {"mqtt-version", "5", "`5` or `3.1.1`"},
      {"user", "", "user name at the broker"},
      {"password-file", "", "file with its password, readable by its owner only"},
      {"ca", "", "certificates that sign the broker's (TLS)"},
      {"cert", "", "own certificate (TLS)"},
      {"key", "", "its private key (TLS)"},
      {"http", "", "`address:port` to be asked over HTTP; port 0 is any free one"},
      {"http-user", "", "who may ask over HTTP; none: everybody"},
      {"http-password-file", "", "file with that user's password, readable by its owner only"},
      {"scripts", "", "folders whose executable files the provider `script` may run", true},
      {"http-hosts", "",
       "servers that the provider `http` may ask: `host`, `host:port` or `*.domain`; none: any",
       true},
      {"files", "antiphon-runner.d", "folder for scripts, made if it is missing"},
      {"sites", "", "sites that the provider `list` gives", true},
      {"running", "16", "stages at once; more wait in order"},
      {"timeout", "1h", "how long one stage may take"},
      {"stop-timeout", "10s", "how long running stages may take to end when it is stopped"},
      {"log-level", "info", "`debug`, `info`, `warn` or `error`"},
      {"log-format", "text", "`text` or `json`, one object a line"},
  };
  return all;
}

std::string environment_of(const RunnerFlag& flag) {
  std::string name = "ANTIPHON_RUNNER_";
  for (const char c : flag.name) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string runner_flags_table() {
  std::string table = "| flag | environment | default | meaning |\n|---|---|---|---|\n";
  for (const RunnerFlag& flag : runner_flags()) {
    const std::string fallback =
        flag.fallback.empty() ? "" : "`" + std::string(flag.fallback) + "`";
    table += "| `--" + std::string(flag.name) + "` | `" + environment_of(flag) + "` | " + fallback +
             " | " + std::string(flag.meaning) + " |\n";
  }
  return table;
}

core::Result<RunnerConfig> check_runner(const RunnerFlags& flags) {
  RunnerChecker check(flags);
  RunnerConfig config;
  if (auto name = core::PlaneName::parse(check.text("name"))) {
    config.name = *name;
  } else {
    check.wrong("name", name.error().message, name.error().hint);
  }
  read_broker(check, config);
  read_http(check, config);
  if (check.problems().empty() && config.request_topic.empty() && !config.http) {
    check.wrong("http", "nobody could ask this runner",
                "--request-topic and --response-topic for MQTT, --http for HTTP, or all of them");
  }
  read_work(check, config);
  config.log_level = check.one_of("log-level", {"debug", "info", "warn", "error"});
  config.log_format = check.one_of("log-format", {"text", "json"});
  if (check.problems().empty()) return config;
  return core::failure(core::status::bad_request, check.problems());
}

std::string to_text(const RunnerConfig& config) {
  const auto list = [](const auto& items, auto text) {
    std::string all;
    for (const auto& item : items) all += (all.empty() ? "" : " ") + text(item);
    return all;
  };
  const auto same = [](const std::string& text) { return text; };
  const auto site = [](const core::PlaneName& name) { return name.text(); };
  const bool mqtt = !config.request_topic.empty();
  return "name: " + config.name.text() + "\nbroker: " + (mqtt ? config.bus.uri : "") +
         "\nrequest-topic: " + config.request_topic + "\nresponse-topic: " + config.response_topic +
         "\nhttp: " +
         (config.http ? config.http->host + ":" + std::to_string(config.http->port) : "") +
         "\nscripts: " + list(config.scripts, same) +
         "\nhttp-hosts: " + list(config.http_hosts, same) + "\nfiles: " + config.files +
         "\nsites: " + list(config.sites, site) + "\nrunning: " + std::to_string(config.running) +
         "\ntimeout: " + core::to_text(config.timeout) +
         "\nstop-timeout: " + core::to_text(config.stop_timeout) +
         "\nlog-level: " + config.log_level + "\nlog-format: " + config.log_format + "\n";
}

}  // namespace antiphon::cli
