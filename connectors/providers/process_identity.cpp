// SPDX-License-Identifier: MIT
#include "connectors/providers/process_identity.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <vector>

#include "engine/core/status.hpp"

namespace antiphon::providers {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string this_boot() {
  std::string id = text_of("/proc/sys/kernel/random/boot_id");
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

struct Stat {
  pid_t session = 0;
  std::uint64_t start_ticks = 0;
};

/// proc(5): the second field is the program's name in parentheses and may hold anything, so what
/// follows its last one counts.
std::optional<Stat> stat_of(pid_t pid) {
  const std::string line = text_of("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  const std::vector<std::string> fields{std::istream_iterator<std::string>(rest), {}};
  constexpr std::size_t session_field = 3;
  constexpr std::size_t start_field = 19;
  if (fields.size() <= start_field) return std::nullopt;
  Stat stat;
  const std::string& session = fields[session_field];
  const std::string& start = fields[start_field];
  std::from_chars(session.data(), session.data() + session.size(), stat.session);
  std::from_chars(start.data(), start.data() + start.size(), stat.start_ticks);
  return stat;
}

bool has_ended(const UniqueFd& process) {
  pollfd look{process.get(), POLLIN, 0};
  return ::poll(&look, 1, 0) == 1;
}

bool carries(pid_t pid, const std::string& mark) {
  const std::string environment = '\0' + text_of("/proc/" + std::to_string(pid) + "/environ");
  return environment.find('\0' + mark + '\0') != std::string::npos;
}

std::optional<pid_t> pid_of(const std::filesystem::path& entry) {
  const std::string name = entry.filename().string();
  pid_t pid = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (problem != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return pid;
}

}  // namespace

core::Result<ProcessIdentity> own_identity() {
  const auto stat = stat_of(::getpid());
  std::string boot = this_boot();
  if (!stat || boot.empty()) {
    return core::failure(core::status::internal_error,
                         "cannot read this process's start from /proc");
  }
  return ProcessIdentity{::getpid(), stat->start_ticks, std::move(boot)};
}

UniqueFd open_if_alive(const ProcessIdentity& process) {
  if (process.pid <= 0 || process.boot_id != this_boot()) return {};
  // Opened first and compared then: what the descriptor stands for cannot change in between.
  UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (!handle) return {};
  const auto stat = stat_of(process.pid);
  if (!stat || stat->start_ticks != process.start_ticks || has_ended(handle)) return {};
  return handle;
}

void kill_remains(const ProcessIdentity& leader, const std::string& mark) {
  if (leader.pid <= 0 || leader.boot_id != this_boot()) return;
  std::error_code problem;
  std::filesystem::directory_iterator entries("/proc", problem);
  for (; !problem && entries != std::filesystem::directory_iterator(); entries.increment(problem)) {
    const auto pid = pid_of(entries->path());
    if (!pid || *pid == leader.pid) continue;
    const auto stat = stat_of(*pid);
    if (stat && stat->session == leader.pid && carries(*pid, mark)) ::kill(*pid, SIGKILL);
  }
}

}  // namespace antiphon::providers
