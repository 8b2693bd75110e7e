// SPDX-License-Identifier: MIT
// What `antiphon serve` can be told, in one table: each setting's key in the YAML file, its flag,
// its environment variable, its default and its meaning. docs/configuration.md shows the same
// table, and a test compares the two.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/core/time.hpp"

namespace antiphon::cli {

struct Setting {
  std::string_view key;  ///< in the file; the flag is "--" and this in kebab-case
  enum class Kind { text, list, map } kind;
  std::string_view fallback;  ///< the default, as people write it; empty: none
  std::string_view meaning;
};

const std::vector<Setting>& settings();

/// "passwordFile" -> "--password-file" and "ANTIPHON_PASSWORD_FILE".
std::string flag_of(std::string_view key);
std::string environment_of(std::string_view key);

/// Values by key, as they were written; a map's as "k=v".
using Given = std::map<std::string, std::vector<std::string>, std::less<>>;

/// The keys of a YAML file. All that is wrong is in one error, a line each.
core::Result<Given> read_settings_file(const std::string& path);

/// The settings, checked.
struct ServeConfig {
  core::PlaneName name;
  std::string broker;
  int mqtt_version = 5;
  std::string user;
  std::string password_file;
  std::string ca;
  std::string certificate;
  std::string key;
  std::string store;
  std::string files;
  std::vector<core::PlaneName> parents;
  std::vector<std::string> offers;
  std::vector<std::string> scripts;
  std::string secret_files;
  std::string secret_prefix;
  std::vector<std::string> http_hosts;
  std::string http_ca;
  std::vector<core::PlaneName> sites;
  std::map<std::string, std::string> labels;
  std::string topic_root;
  std::vector<std::string> answer_topics;
  core::Duration timeout;
  std::string log_level;
  std::string log_format;
};

/// Everything that can be known before the broker is asked: names, numbers, topics, and whether the
/// files and folders are there. All that is wrong is in one error, a line each, naming the setting
/// and what would be right.
core::Result<ServeConfig> check_settings(const Given& given);

/// The table as Markdown rows.
std::string settings_table();

/// The settings that apply, one "key: value" line each; the password itself is never among them.
std::string to_text(const ServeConfig& config);

}  // namespace antiphon::cli
