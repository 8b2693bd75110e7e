// SPDX-License-Identifier: MIT
// Contexts: how planes are reached, kept under names in a file of the user's.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/core/error.hpp"

namespace antiphon::cli {

struct ClientOptions;

struct Contexts {
  std::string current;  ///< the one in use; empty: none
  /// By name: the settings that it has, by their keys.
  std::map<std::string, std::map<std::string, std::string>> named;
};

/// antiphon/contexts.json below $XDG_CONFIG_HOME, or else ~/.config; empty without a home.
std::filesystem::path contexts_file();

/// What the file has; no file: no contexts. 400: it is not one of ours.
core::Result<Contexts> read_contexts();

/// Readable by the owner only, and whole or not there.
core::Result<void> write_contexts(const Contexts& contexts);

/// The settings of context `name`; with an empty name of the one in use, if there is one.
core::Result<std::map<std::string, std::string>> settings_in_use(const std::string& name);

}  // namespace antiphon::cli
