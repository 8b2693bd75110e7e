// SPDX-License-Identifier: MIT
#include "connectors/providers/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>

#include "connectors/providers/durable_file.hpp"

namespace antiphon::providers {
namespace {

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

class FileActions {
 public:
  explicit FileActions(const Program& program) {
    problem_ = posix_spawn_file_actions_init(&actions_);
    stream(program.in, STDIN_FILENO, O_RDONLY);
    stream(program.out, STDOUT_FILENO, O_WRONLY);
    stream(program.err, STDERR_FILENO, O_WRONLY);
    note(posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1));
    if (!program.folder.empty()) {
      note(posix_spawn_file_actions_addchdir_np(&actions_, program.folder.c_str()));
    }
  }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }

  int problem() const { return problem_; }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  void stream(int fd, int as, int mode) {
    note(fd >= 0 ? posix_spawn_file_actions_adddup2(&actions_, fd, as)
                 : posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", mode, 0));
  }
  void note(int problem) {
    if (problem_ == 0) problem_ = problem;
  }

  posix_spawn_file_actions_t actions_{};
  int problem_ = 0;
};

class Attributes {
 public:
  explicit Attributes(bool own_session) {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    const int place = own_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(
        &attributes_, static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | place));
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

core::Result<pid_t> spawn(const Program& program) {
  auto arguments = program.argv;
  auto environment = program.env;
  const auto argument_pointers = pointers_to(arguments);
  const auto environment_pointers = pointers_to(environment);
  const FileActions actions(program);
  const Attributes attributes(program.own_session);
  pid_t pid = 0;
  int problem = actions.problem();
  if (problem == 0) {
    problem = posix_spawn(&pid, program.path.c_str(), actions.get(), attributes.get(),
                          argument_pointers.data(), environment_pointers.data());
  }
  if (problem != 0) return io_failure("cannot execute " + program.path, problem);
  return pid;
}

}  // namespace antiphon::providers
