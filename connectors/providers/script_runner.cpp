// SPDX-License-Identifier: MIT
#include "connectors/providers/script_runner.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <system_error>
#include <thread>

#include "connectors/providers/run_folder.hpp"
#include "connectors/providers/script_judgement.hpp"
#include "connectors/providers/script_process.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/failpoint.hpp"

namespace antiphon::providers {
namespace {

enum ExitCode { told = 0, not_begun = 3, cannot_tell = 4 };

/// The plane waits for the end of our stdout: from here on we have the run.
void close_stdout() {
  const UniqueFd nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (nothing) ::dup2(nothing.get(), STDOUT_FILENO);
}

/// The work is done: a full disk is waited for rather than let it be forgotten. A folder that was
/// dropped wants no result.
bool finish(const RunFolder& folder, const RunResult& result) {
  constexpr int tries = 600;
  for (int i = 0; i < tries; ++i) {
    if (folder.finish(result) || !folder.order()) return true;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  return false;
}

RunResult not_executed(const core::Error& error) {
  return {core::status::script_failed, "{}", error.message, std::nullopt, std::nullopt};
}

ExitCode carry_out(const RunFolder& folder, const RunOrder& order, UniqueFd signals) {
  ScriptProcess script(folder, order, std::move(signals));
  const auto ending = script.run();
  if (ending && ending->by == EndedBy::host) return cannot_tell;
  const RunResult result = ending ? judge(*ending, folder, order, script.out(), script.err())
                                  : not_executed(ending.error());
  failpoint("script-before-result");
  const bool kept = finish(folder, result);
  failpoint("script-after-result");
  return kept ? told : cannot_tell;
}

ExitCode run(const std::filesystem::path& path) {
  auto signals = take_signals();
  if (!signals) return not_begun;
  // By a relative name from inside: should the folder be dropped and made anew, this run stays with
  // the one it was for.
  std::error_code problem;
  std::filesystem::current_path(path, problem);
  if (problem) return not_begun;
  const RunFolder folder(".");
  const auto order = folder.order();
  const auto self = own_identity();
  if (!order || !self) return not_begun;
  failpoint("script-before-started");
  const auto claimed = folder.claim({*self, false});
  if (!claimed) return folder.claimed() ? cannot_tell : not_begun;
  if (!*claimed) return told;
  close_stdout();
  failpoint("script-after-started");
  return carry_out(folder, *order, std::move(*signals));
}

}  // namespace

int run_script(const std::filesystem::path& folder) {
  try {
    return run(folder);
  } catch (const std::exception&) {
    return cannot_tell;
  }
}

}  // namespace antiphon::providers
