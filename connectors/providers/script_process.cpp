// SPDX-License-Identifier: MIT
#include "connectors/providers/script_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "connectors/providers/durable_file.hpp"
#include "connectors/providers/spawn.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::providers {
namespace {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

core::Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return io_failure("cannot make a pipe", errno);
  Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  // Only our end: a script must not find its own stdout saying "try again".
  ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

/// One bite of what is there, so that a script which writes without end does not keep us from
/// deadline and cancel.
void pump(UniqueFd& pipe, CappedOutput& output) {
  if (!pipe) return;
  std::array<char, 64 * 1024> bite;
  const ssize_t got = ::read(pipe.get(), bite.data(), bite.size());
  if (got > 0) {
    output.append({bite.data(), static_cast<std::size_t>(got)});
  } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
    pipe.reset();
  }
}

}  // namespace

core::Result<UniqueFd> take_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t heard;
  sigemptyset(&heard);
  for (const int number : {SIGUSR1, SIGTERM, SIGINT, SIGHUP}) sigaddset(&heard, number);
  if (::sigprocmask(SIG_BLOCK, &heard, nullptr) != 0)
    return io_failure("cannot block signals", errno);
  UniqueFd signals(::signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals) return io_failure("cannot listen to signals", errno);
  return signals;
}

ScriptProcess::ScriptProcess(const RunFolder& folder, const RunOrder& order, UniqueFd signals)
    : folder_(folder),
      order_(order),
      signals_(std::move(signals)),
      out_(folder.out_file(), core::limits::script_output_bytes),
      err_(folder.err_file(), core::limits::script_output_bytes),
      deadline_(Clock::now() + std::chrono::milliseconds(order.time_left.ms)) {}

core::Result<Ending> ScriptProcess::run() {
  if (auto begun = begin(); !begun) return tl::unexpected(begun.error());
  wait_for_end();
  return collect();
}

core::Result<void> ScriptProcess::begin() {
  auto out = make_pipe();
  if (!out) return tl::unexpected(out.error());
  auto err = make_pipe();
  if (!err) return tl::unexpected(err.error());
  const UniqueFd in(::open(folder_.inputs_file().c_str(), O_RDONLY | O_CLOEXEC));
  if (!in) return io_failure("cannot open " + folder_.inputs_file().string(), errno);
  const auto pid = spawn({order_.argv.at(0), order_.argv, order_.env, folder_.script_folder(),
                          in.get(), out->write.get(), err->write.get()});
  if (!pid) return tl::unexpected(pid.error());
  pid_ = *pid;
  child_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  out_pipe_ = std::move(out->read);
  err_pipe_ = std::move(err->read);
  if (child_) return {};
  const int problem = errno;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  return io_failure("cannot watch the script", problem);
}

void ScriptProcess::wait_for_end() {
  while (true) {
    std::array<pollfd, 4> fds{{{child_.get(), POLLIN, 0},
                               {signals_.get(), POLLIN, 0},
                               {out_pipe_.get(), POLLIN, 0},
                               {err_pipe_.get(), POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), ms_to_next_limit());
    pump(out_pipe_, out_);
    pump(err_pipe_, err_);
    // Before the signals: what had ended when the cancel came was not cancelled.
    if (fds[0].revents != 0) return;
    read_signals();
    keep_limits();
  }
}

int ScriptProcess::ms_to_next_limit() const {
  const auto limit = kill_at_ ? *kill_at_ : deadline_;
  if (!kill_at_ && by_ != EndedBy::itself) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(limit - Clock::now());
  constexpr std::chrono::milliseconds at_most = std::chrono::hours(1);
  return static_cast<int>(std::clamp(wait, std::chrono::milliseconds(0), at_most).count());
}

void ScriptProcess::keep_limits() {
  const auto now = Clock::now();
  if (by_ == EndedBy::itself && now >= deadline_) end_by(EndedBy::deadline);
  if (kill_at_ && now >= *kill_at_) {
    ::kill(-pid_, SIGKILL);
    kill_at_.reset();
  }
}

void ScriptProcess::end_by(EndedBy cause) {
  if (by_ != EndedBy::itself) return;
  by_ = cause;
  ::kill(-pid_, SIGTERM);
  ::kill(-pid_, SIGCONT);
  kill_at_ = Clock::now() + std::chrono::milliseconds(core::limits::script_kill_grace.ms);
}

void ScriptProcess::read_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGUSR1) {
      end_by(EndedBy::cancel);
    } else {
      host_goes_down_ = true;
    }
  }
}

Ending ScriptProcess::collect() {
  // While the leader is a zombie its group's number cannot be anybody else's.
  ::kill(-pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  // As much as a pipe can hold, and no more: somebody in another session may have them open and go
  // on writing.
  constexpr int bites = 16;
  for (int i = 0; i < bites; ++i) {
    pump(out_pipe_, out_);
    pump(err_pipe_, err_);
  }
  out_.finish();
  err_.finish();
  Ending ending{by_, std::nullopt, std::nullopt};
  if (WIFEXITED(status)) ending.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
  const EndedBy before = by_;
  read_signals();
  if (before == EndedBy::itself && ending.signal && host_goes_down_) ending.by = EndedBy::host;
  return ending;
}

}  // namespace antiphon::providers
