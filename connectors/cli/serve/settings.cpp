// SPDX-License-Identifier: MIT
#include "connectors/cli/serve/settings.hpp"

#include <cctype>

#include "connectors/cli/files.hpp"
#include "engine/campaign/fields.hpp"
#include "engine/campaign/yaml_reader.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

using Kind = Setting::Kind;

std::string separated(std::string_view key, char separator, int (*change)(int)) {
  std::string text;
  for (const char c : key) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0) text += separator;
    text += static_cast<char>(change(static_cast<unsigned char>(c)));
  }
  return text;
}

std::vector<std::string> values_of(campaign::Fields& fields, const Setting& setting) {
  std::vector<std::string> values;
  if (setting.kind == Kind::map) {
    for (const auto& [name, value] : fields.texts(setting.key))
      values.push_back(name + "=" + value);
    return values;
  }
  const campaign::Node* node = fields.node(setting.key);
  if (node == nullptr) return values;
  const bool list = node->kind == campaign::Node::Kind::list;
  if (setting.kind == Kind::list && list) {
    for (const auto& item : node->items) {
      if (const auto text = campaign::as_text(*item)) {
        values.push_back(*text);
      } else {
        fields.problem(setting.key, "an item is " + campaign::describe(*item) + ", not a text");
      }
    }
    return values;
  }
  if (const auto text = campaign::as_text(*node)) {
    values.push_back(*text);
  } else {
    fields.problem(setting.key, "is " + campaign::describe(*node) + ", not a text");
  }
  return values;
}

std::string as_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all{
      {"name", Kind::text, "",
       "the plane's name: its site id and its topics `antiphon/<name>/...`; must be given"},
      {"broker", Kind::text, "mqtt://127.0.0.1:1883",
       "the MQTT broker, `mqtt://host:port` or `mqtts://host:port`"},
      {"mqttVersion", Kind::text, "5", "`5` or `3.1.1`"},
      {"user", Kind::text, "", "user name at the broker"},
      {"passwordFile", Kind::text, "", "file that holds the password, readable by its owner only"},
      {"ca", Kind::text, "", "file with the certificates that sign the broker's (TLS)"},
      {"certificate", Kind::text, "", "our own certificate file (TLS)"},
      {"key", Kind::text, "", "its private key file (TLS)"},
      {"store", Kind::text, "<name>.db",
       "the SQLite file that holds everything; its folder must exist"},
      {"files", Kind::text, "<store>.d",
       "folder for scripts, made if it is missing: their run folders, and `data/` for what they "
       "leave "
       "on this site"},
      {"parents", Kind::list, "", "planes whose commands this one obeys"},
      {"offers", Kind::list, "counter delay list materialize mock wait",
       "providers that parents may have this plane run; `script` only if named here"},
      {"scripts", Kind::list, "", "folders whose executable files the provider `script` may run"},
      {"secretFiles", Kind::text, "",
       "folder of files for `$secret`, readable by their owner only: docs/secrets.md"},
      {"secretPrefix", Kind::text, "",
       "of environment variables for `$secret`, for example `ANTIPHON_SECRET_`"},
      {"httpHosts", Kind::list, "",
       "servers that the provider `http` and the proxy over HTTP may ask: `host`, `host:port` or "
       "`*.domain`; none: any"},
      {"httpCa", Kind::text, "", "file with certificates that both trust besides the system's"},
      {"sites", Kind::list, "", "sites that count as known before they have said hello"},
      {"labels", Kind::map, "",
       "labels of this plane, shown to its parents; as a flag `region=asia`"},
      {"topicRoot", Kind::text, "antiphon", "first level(s) of all topics"},
      {"answerTopics", Kind::list, "",
       "topic prefixes besides `antiphon/<name>/answer/` where answers may go"},
      {"timeout", Kind::text, "7d", "deadline of a task whose stage has no `timeout`"},
      {"logLevel", Kind::text, "info", "`debug`, `info`, `warn` or `error`"},
      {"logFormat", Kind::text, "text", "`text`, or `json`: one object a line"},
  };
  return all;
}

std::string flag_of(std::string_view key) {
  return "--" + separated(key, '-', std::tolower);
}

std::string environment_of(std::string_view key) {
  return "ANTIPHON_" + separated(key, '_', std::toupper);
}

core::Result<Given> read_settings_file(const std::string& path) {
  const auto text = read_text(path, core::limits::document_bytes);
  if (!text) return tl::unexpected<core::Error>(text.error());
  const campaign::Source source(*text);
  campaign::Problems problems(path, source);
  const auto documents = campaign::read_yaml(source, problems);
  if (documents.size() > 1) problems.add("more than one document", "a configuration is one");
  Given given;
  if (!documents.empty()) {
    campaign::Fields fields(documents.front().get(), 0, {}, problems);
    for (const Setting& setting : settings()) {
      auto values = values_of(fields, setting);
      if (!values.empty()) given.emplace(setting.key, std::move(values));
    }
    fields.finish();
  }
  std::vector<std::string> lines;
  for (const auto& problem : problems.take()) lines.push_back(campaign::to_text(problem));
  if (!lines.empty()) return core::failure(core::status::bad_request, as_lines(lines));
  return given;
}

std::string settings_table() {
  std::string table =
      "| setting | flag | environment | default | meaning |\n|---|---|---|---|---|\n";
  for (const Setting& setting : settings()) {
    const std::string fallback =
        setting.fallback.empty() ? "" : "`" + std::string(setting.fallback) + "`";
    table += "| `" + std::string(setting.key) + "` | `" + flag_of(setting.key) + "` | `" +
             environment_of(setting.key) + "` | " + fallback + " | " +
             std::string(setting.meaning) + " |\n";
  }
  return table;
}

std::string to_text(const ServeConfig& config) {
  const auto list = [](const auto& items, auto text) {
    std::string all;
    for (const auto& item : items) all += (all.empty() ? "" : " ") + text(item);
    return all;
  };
  const auto plane_text = [](const core::PlaneName& name) { return name.text(); };
  const auto same = [](const std::string& text) { return text; };
  const auto label = [](const auto& pair) { return pair.first + "=" + pair.second; };
  return "name: " + config.name.text() + "\nbroker: " + config.broker +
         "\nmqttVersion: " + (config.mqtt_version == 5 ? "5" : "3.1.1") + "\nuser: " + config.user +
         "\npasswordFile: " + config.password_file + "\nca: " + config.ca +
         "\ncertificate: " + config.certificate + "\nkey: " + config.key +
         "\nstore: " + config.store + "\nfiles: " + config.files +
         "\nparents: " + list(config.parents, plane_text) +
         "\noffers: " + list(config.offers, same) + "\nscripts: " + list(config.scripts, same) +
         "\nsecretFiles: " + config.secret_files + "\nsecretPrefix: " + config.secret_prefix +
         "\nhttpHosts: " + list(config.http_hosts, same) + "\nhttpCa: " + config.http_ca +
         "\nsites: " + list(config.sites, plane_text) + "\nlabels: " + list(config.labels, label) +
         "\ntopicRoot: " + config.topic_root +
         "\nanswerTopics: " + list(config.answer_topics, same) +
         "\ntimeout: " + core::to_text(config.timeout) + "\nlogLevel: " + config.log_level +
         "\nlogFormat: " + config.log_format + "\n";
}

}  // namespace antiphon::cli
