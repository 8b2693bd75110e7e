// SPDX-License-Identifier: MIT
// From what was given to settings that a plane can run with: `serve` and `serve --check` both go
// through here, so that what is checked is what runs.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "connectors/bus/broker_address.hpp"
#include "connectors/cli/files.hpp"
#include "connectors/cli/serve/settings.hpp"
#include "connectors/secrets/secret_places.hpp"
#include "connectors/wire/topics.hpp"
#include "engine/campaign/nearest.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"
#include "engine/stages/registry.hpp"

namespace antiphon::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split_at(const std::string& words, char separator) {
  std::vector<std::string> list;
  for (std::size_t begin = 0; begin < words.size();) {
    const auto end = std::min(words.find(separator, begin), words.size());
    list.push_back(words.substr(begin, end - begin));
    begin = end + 1;
  }
  return list;
}

std::string with_separator(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

/// Reads values out of what was given and keeps everything that is wrong.
class Checker {
 public:
  explicit Checker(const Given& given) : given_(given) {}

  std::string text(std::string_view key) const {
    const auto found = given_.find(key);
    if (found != given_.end() && !found->second.empty()) return found->second.front();
    return std::string(setting(key).fallback);
  }

  std::vector<std::string> list(std::string_view key) const {
    const auto found = given_.find(key);
    if (found != given_.end()) return found->second;
    return split_at(std::string(setting(key).fallback), ' ');
  }

  bool is_given(std::string_view key) const { return given_.contains(key); }

  std::string one_of(std::string_view key, const std::vector<std::string>& words) {
    std::string value = text(key);
    if (std::find(words.begin(), words.end(), value) == words.end()) {
      wrong(key, "'" + value + "' is none of " + with_separator(words, ", "), {});
    }
    return value;
  }

  void wrong(std::string_view key, const std::string& what, const std::string& hint) {
    wrong({core::status::bad_config, std::string(key) + ": " + what, hint});
  }
  void wrong(std::string_view key, const core::Error& error) {
    wrong(key, error.message, error.hint);
  }
  /// The message begins with the setting.
  void wrong(const core::Error& error) {
    problems_.push_back(error.message + (error.hint.empty() ? "" : " (" + error.hint + ")"));
  }

  const std::vector<std::string>& problems() const { return problems_; }

 private:
  static const Setting& setting(std::string_view key) {
    return *std::find_if(settings().begin(), settings().end(),
                         [key](const Setting& s) { return s.key == key; });
  }

  const Given& given_;
  std::vector<std::string> problems_;
};

void read_name(Checker& check, ServeConfig& config) {
  if (auto name = core::PlaneName::parse(check.text("name"))) {
    config.name = *name;
  } else {
    check.wrong("name", name.error());
  }
  config.topic_root = check.text("topicRoot");
  const auto plane = config.name.empty() ? *core::PlaneName::parse("plane") : config.name;
  if (const auto topics = wire::Topics::make(config.topic_root, plane); !topics) {
    check.wrong("topicRoot", topics.error());
  }
}

void read_reach(Checker& check, ServeConfig& config) {
  config.broker = check.text("broker");
  if (const auto address = bus::parse_broker_uri(config.broker); !address) {
    check.wrong("broker", address.error());
  }
  config.mqtt_version = check.one_of("mqttVersion", {"5", "3.1.1"}) == "5" ? 5 : 4;
  config.user = check.text("user");
  config.password_file = check.text("passwordFile");
  if (!config.password_file.empty()) {
    if (const auto password = read_password(config.password_file); !password) {
      check.wrong("passwordFile", password.error());
    }
    if (config.user.empty()) check.wrong("passwordFile", "is given, but no user", "set user");
  }
  config.ca = check.text("ca");
  config.certificate = check.text("certificate");
  config.key = check.text("key");
  if (const auto tls =
          tls_files({config.ca, config.certificate, config.key}, {"ca", "certificate", "key"});
      !tls) {
    check.wrong(tls.error());
  }
}

bool is_file(const fs::path& path) {
  std::error_code unknown;
  return fs::is_regular_file(path, unknown);
}

bool is_folder(const fs::path& path) {
  std::error_code unknown;
  return fs::is_directory(path.empty() ? fs::path(".") : path, unknown);
}

/// A folder is made at most below one that is there: a misspelt path is no new, empty store.
void check_parent(Checker& check, std::string_view key, const std::string& path) {
  fs::path parent = fs::path(path).parent_path();
  if (path.ends_with('/')) parent = parent.parent_path();
  if (is_folder(parent)) return;
  check.wrong(key, "there is no folder " + parent.string(), "mkdir -p " + parent.string());
}

void read_places(Checker& check, ServeConfig& config) {
  config.store = check.is_given("store") ? check.text("store") : config.name.text() + ".db";
  config.files = check.is_given("files") ? check.text("files") : config.store + ".d";
  check_parent(check, "store", config.store);
  if (check.is_given("files")) check_parent(check, "files", config.files);
  if (is_folder(config.store)) {
    check.wrong("store", config.store + " is a folder", "name a file in it");
  }
  config.http_hosts = check.list("httpHosts");
  config.http_ca = check.text("httpCa");
  if (!config.http_ca.empty() && !is_file(config.http_ca)) {
    check.wrong("httpCa", "there is no file " + config.http_ca, "name a PEM file");
  }
  config.scripts = check.list("scripts");
  for (const std::string& folder : config.scripts) {
    if (is_folder(folder)) continue;
    check.wrong("scripts", "there is no folder " + folder, "name the folders that hold scripts");
  }
}

void read_secrets(Checker& check, ServeConfig& config) {
  config.secret_files = check.text("secretFiles");
  for (const core::Error& problem : secrets::problems_of({config.secret_files, {}})) {
    check.wrong("secretFiles", problem);
  }
  config.secret_prefix = check.text("secretPrefix");
  const std::string& prefix = config.secret_prefix;
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool plain = std::all_of(prefix.begin(), prefix.end(), fits);
  if (!plain || (!prefix.empty() && prefix.front() >= '0' && prefix.front() <= '9')) {
    check.wrong("secretPrefix", "'" + prefix + "' begins no name of a variable",
                "capital letters, digits and '_', for example ANTIPHON_SECRET_");
  }
}

std::vector<core::PlaneName> read_planes(Checker& check, std::string_view key,
                                         const core::PlaneName& self) {
  std::vector<core::PlaneName> names;
  for (const std::string& value : check.list(key)) {
    const auto name = core::PlaneName::parse(value);
    if (!name) {
      check.wrong(key, name.error());
    } else if (*name == self) {
      check.wrong(key, "'" + value + "' is this plane itself", "name other planes");
    } else {
      names.push_back(*name);
    }
  }
  return names;
}

void read_offers(Checker& check, ServeConfig& config) {
  const std::vector<std::string> known = [] {
    auto names = split_at(stages::standard_providers().names(), ',');
    for (std::string& name : names) name.erase(0, name.find_first_not_of(' '));
    return names;
  }();
  config.offers = check.list("offers");
  for (const std::string& offer : config.offers) {
    if (std::find(known.begin(), known.end(), offer) != known.end()) continue;
    check.wrong("offers", "there is no provider '" + offer + "'",
                campaign::nearest_hint(offer, known, "there are " + with_separator(known, ", ")));
  }
  const bool offers_script =
      std::find(config.offers.begin(), config.offers.end(), "script") != config.offers.end();
  if (offers_script && config.scripts.empty()) {
    check.wrong("offers", "'script' is offered, but no folder of scripts is named", "set scripts");
  }
}

void read_labels(Checker& check, ServeConfig& config) {
  for (const std::string& label : check.list("labels")) {
    const auto equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      check.wrong("labels", "'" + label + "' is no label", "write key=value");
    } else {
      config.labels[label.substr(0, equals)] = label.substr(equals + 1);
    }
  }
}

void read_answer_topics(Checker& check, ServeConfig& config) {
  config.answer_topics = check.list("answerTopics");
  for (const std::string& prefix : config.answer_topics) {
    std::string problem = bus::topic_problem(prefix);
    if (problem.empty() && prefix.starts_with('/')) problem = "begins with an empty level";
    if (problem.empty()) continue;
    check.wrong("answerTopics", "'" + prefix + "' " + problem,
                "the first levels of topics, for example pipeline/answers");
  }
}

void read_timeout(Checker& check, ServeConfig& config) {
  const auto timeout = core::parse_duration(check.text("timeout"));
  if (!timeout) {
    check.wrong("timeout", timeout.error());
  } else if (timeout->ms <= 0) {
    check.wrong("timeout", "must be more than zero", "for example 30s, 10m, 2h or 7d");
  } else {
    config.timeout = *timeout;
  }
}

}  // namespace

core::Result<ServeConfig> check_settings(const Given& given) {
  Checker check(given);
  ServeConfig config;
  read_name(check, config);
  read_reach(check, config);
  read_places(check, config);
  read_secrets(check, config);
  config.parents = read_planes(check, "parents", config.name);
  config.sites = read_planes(check, "sites", config.name);
  read_offers(check, config);
  read_labels(check, config);
  read_answer_topics(check, config);
  read_timeout(check, config);
  config.log_level = check.one_of("logLevel", {"debug", "info", "warn", "error"});
  config.log_format = check.one_of("logFormat", {"text", "json"});
  if (check.problems().empty()) return config;
  return core::failure(core::status::bad_request, with_separator(check.problems(), "\n"));
}

}  // namespace antiphon::cli
