// SPDX-License-Identifier: MIT
#include "connectors/providers/script_environment.hpp"

#include <cstdlib>

namespace antiphon::providers {
namespace {

void pass_on(const char* name, std::vector<std::string>& environment) {
  if (const char* value = std::getenv(name)) {
    environment.push_back(std::string(name) + "=" + value);
  }
}

std::vector<std::string> common() {
  std::vector<std::string> environment;
  for (const char* name : {"PATH", "HOME", "LANG", "TZ", "TMPDIR"}) pass_on(name, environment);
  if (std::getenv("PATH") == nullptr) environment.emplace_back("PATH=/usr/local/bin:/usr/bin:/bin");
  return environment;
}

}  // namespace

std::vector<std::string> script_environment(const Piece& piece, const ScriptOptions& options) {
  auto environment = common();
  environment.push_back(task_mark(piece));
  environment.push_back("ANTIPHON_ATTEMPT=" + std::to_string(piece.attempt));
  environment.push_back("ANTIPHON_ACTIVATION=" + piece.key.activation.text());
  environment.push_back("ANTIPHON_RUN=" + std::to_string(piece.key.run));
  environment.push_back("ANTIPHON_SITE=" + options.site.text());
  environment.push_back("ANTIPHON_DATA=" + options.data_dir.string());
  return environment;
}

std::vector<std::string> runner_environment() {
  auto environment = common();
  pass_on("ANTIPHON_FAILPOINT", environment);
  return environment;
}

std::string task_mark(const Piece& piece) {
  return "ANTIPHON_TASK=" + piece.id.text();
}

}  // namespace antiphon::providers
