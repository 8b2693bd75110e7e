// SPDX-License-Identifier: MIT
// What has to be known of a question after the process that asked it has died: that it was begun,
// and how it ended. Never what was asked: configs hold passwords.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/provider.hpp"

namespace antiphon::proxy {

class Marks {
 public:
  /// The folder is made when the first question is asked.
  explicit Marks(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Removes what nobody asks for any more: marks of questions whose deadline passed a day ago, and
  /// what is left of forgotten ones. For when no question runs.
  void sweep() const;

  /// `time_left`: until the question's deadline. Survives a power cut when it returns well.
  core::Result<void> begin(const std::string& name, core::Duration time_left) const;
  bool has_begun(const std::string& name) const;

  /// Best effort: what is lost was begun, and its end is uncertain.
  void keep(const std::string& name, const core::Finished& end) const;
  std::optional<core::Finished> kept(const std::string& name) const;

  void forget(const std::string& name) const;

 private:
  std::filesystem::path begun(const std::string& name) const { return folder_ / (name + ".begun"); }
  std::filesystem::path ended(const std::string& name) const { return folder_ / (name + ".ended"); }

  std::filesystem::path folder_;
};

}  // namespace antiphon::proxy
