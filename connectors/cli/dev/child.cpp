// SPDX-License-Identifier: MIT
#include "connectors/cli/dev/child.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string_view>
#include <thread>
#include <utility>

#include "connectors/providers/durable_file.hpp"
#include "connectors/providers/unique_fd.hpp"

namespace antiphon::cli::dev {
namespace {

namespace fs = std::filesystem;
using providers::UniqueFd;

constexpr std::chrono::milliseconds look_again{20};

std::vector<std::string> environment() {
  std::vector<std::string> lines;
  for (char** line = environ; *line != nullptr; ++line) {
    if (!std::string_view(*line).starts_with("ANTIPHON_")) lines.emplace_back(*line);
  }
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// In the new process: only what is allowed between fork and exec.
[[noreturn]] void become(const std::vector<char*>& words, const std::vector<char*>& variables,
                         int log, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(1);
  if (log >= 0) {
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
  }
  ::execve(words.front(), words.data(), variables.data());
  ::_exit(127);
}

}  // namespace

Child::Child(std::string name, fs::path log, pid_t pid)
    : name_(std::move(name)), log_(std::move(log)), pid_(pid) {}

Child::Child(Child&& other) noexcept
    : name_(std::move(other.name_)),
      log_(std::move(other.log_)),
      pid_(std::exchange(other.pid_, -1)),
      exit_code_(other.exit_code_) {}

Child::~Child() {
  stop(core::seconds(10));
}

core::Result<Child> Child::start(const std::string& name, const std::vector<std::string>& words,
                                 const fs::path& log) {
  UniqueFd file;
  if (!log.empty()) {
    file.reset(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!file) return providers::io_failure("cannot write " + log.string(), errno);
  }
  std::vector<std::string> copies = words;
  std::vector<std::string> lines = environment();
  const auto arguments = pointers(copies);
  const auto variables = pointers(lines);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return providers::io_failure("cannot start " + name, errno);
  if (pid == 0) become(arguments, variables, file.get(), parent);
  return Child(name, log, pid);
}

std::optional<int> Child::ended() {
  if (pid_ < 0 || exit_code_) return exit_code_;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) {
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return exit_code_;
}

int Child::wait() {
  while (!ended()) std::this_thread::sleep_for(look_again);
  return *exit_code_;
}

void Child::stop(core::Duration patience) {
  if (pid_ < 0 || ended()) return;
  ::kill(pid_, SIGTERM);
  const auto last = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience.ms);
  while (!ended() && std::chrono::steady_clock::now() < last) {
    std::this_thread::sleep_for(look_again);
  }
  if (!ended()) ::kill(pid_, SIGKILL);
  wait();
}

core::Result<int> free_port() {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* place = reinterpret_cast<sockaddr*>(&address);
  if (!socket || ::bind(socket.get(), place, size) != 0 ||
      ::getsockname(socket.get(), place, &size) != 0) {
    return providers::io_failure("there is no free port", errno);
  }
  return ntohs(address.sin_port);
}

}  // namespace antiphon::cli::dev
