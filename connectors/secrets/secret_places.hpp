// SPDX-License-Identifier: MIT
// Where a plane's secrets lie (docs/secrets.md): files below one folder, and environment variables
// of one prefix. Read at each use, so that a changed secret counts from then on.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/secrets/secret_file.hpp"
#include "engine/core/sources.hpp"

namespace antiphon::secrets {

struct Places {
  std::filesystem::path files;  ///< empty: no files
  std::string prefix;           ///< of environment variables; empty: none are read
};

/// What is wrong with the places and the files in them; each message names what it is about.
std::vector<core::Error> problems_of(const Places& places);

/// The variable that holds the secret: "PREFIX" + "REGISTRY_PASSWORD".
std::string variable_of(std::string_view prefix, std::string_view object, std::string_view field);

/// May be asked by several threads.
class SecretPlaces final : public core::SecretSource {
 public:
  using Environment = std::function<std::optional<std::string>(const std::string&)>;

  explicit SecretPlaces(Places places, Environment environment = process_environment);

  /// A text. The file counts before the variable.
  core::Result<core::Value> secret(std::string_view object, std::string_view field) const override;
  /// The last few texts that secret() gave for it.
  std::vector<std::string> given(std::string_view object, std::string_view field) const override;

  static std::optional<std::string> process_environment(const std::string& variable);

 private:
  struct Read {
    FileMark mark;
    std::string text;
  };
  using Name = std::pair<std::string, std::string>;

  core::Result<std::string> look_up(std::string_view object, std::string_view field) const;
  core::Result<std::string> from_files(std::string_view object, std::string_view field) const;
  core::Result<std::string> read(const std::filesystem::path& path) const;
  void remember(Name name, const std::string& text) const;

  const Places places_;
  const Environment environment_;
  mutable std::mutex mutex_;
  mutable std::map<std::filesystem::path, Read> read_;      ///< guarded by mutex_
  mutable std::map<Name, std::vector<std::string>> given_;  ///< guarded by mutex_; newest last
};

}  // namespace antiphon::secrets
