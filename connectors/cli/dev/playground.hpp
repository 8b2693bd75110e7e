// SPDX-License-Identifier: MIT
// A broker, hq and its sites, private to whoever tries things out, with a folder of documents that
// are applied whenever they change.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connectors/cli/client_options.hpp"
#include "connectors/cli/dev/child.hpp"

namespace antiphon::cli::dev {

struct DevOptions {
  std::string folder;  ///< of documents; empty: none
  std::string data;    ///< kept for the next time; empty: a new one that goes at the end
  int sites = 2;
  int port = 0;  ///< 0: a free one
};

class Playground {
 public:
  explicit Playground(DevOptions options) : options_(std::move(options)) {}
  /// Ends the sites, then hq, then the broker; takes the data away unless they are to be kept.
  ~Playground();
  Playground(const Playground&) = delete;
  Playground& operator=(const Playground&) = delete;

  core::Result<void> start();
  /// Whether hq answers and knows all of its sites to be there.
  bool ready() const;
  /// The first of the processes that has ended, with where it says why.
  std::optional<core::Error> broken();
  /// Applies the documents that are new or have changed since the last call.
  void apply_changes();
  /// What to type in another terminal.
  std::string what_to_type() const;

 private:
  core::Result<void> start_broker();
  core::Result<void> start_plane(const std::string& name, const std::vector<std::string>& more);
  /// The folder of scripts; empty: there is none.
  std::filesystem::path scripts() const;
  std::string uri() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }

  DevOptions options_;
  std::filesystem::path data_;
  bool temporary_ = false;
  int port_ = 0;
  std::vector<Child> children_;
  /// What each document was like when it was applied.
  std::map<std::filesystem::path, std::filesystem::file_time_type> applied_;
};

}  // namespace antiphon::cli::dev
