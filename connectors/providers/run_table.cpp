// SPDX-License-Identifier: MIT
// The claim (`started`) decides everything: who makes that file has the run, a runner to execute it
// or we to say never.
#include "connectors/providers/run_table.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "connectors/providers/durable_file.hpp"
#include "connectors/providers/script_environment.hpp"
#include "connectors/providers/script_request.hpp"
#include "connectors/providers/spawn.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/failpoint.hpp"

namespace antiphon::providers {
namespace {

namespace fs = std::filesystem;
namespace status = core::status;
using runtime::WorkReport;
using std::chrono::steady_clock;

Piece piece_of(const runtime::Work& work) {
  return {work.key, work.id, work.attempt};
}

/// The end of a text file; empty if it cannot be read: the log of work is not the work.
std::string end_of_file(const fs::path& path, bool& cut) {
  auto text = read_file(path, 4 * core::limits::script_output_bytes);
  if (!text) return {};
  if (text->size() > core::limits::log_bytes) {
    cut = true;
    text->erase(0, text->size() - core::limits::log_bytes);
    // A line that is cut could begin with half a secret, which nobody would know for one.
    if (const auto line = text->find('\n'); line != std::string::npos) text->erase(0, line + 1);
  }
  return std::move(*text);
}

core::WorkLog log_of(const RunFolder& folder, int attempt) {
  bool cut = false;
  core::WorkLog log{
      attempt, end_of_file(folder.out_file(), cut), end_of_file(folder.err_file(), cut), {}};
  if (cut) log.note = "only the end was kept";
  return log;
}

WorkReport report_of(const Piece& piece) {
  WorkReport report;
  report.key = piece.key;
  report.id = piece.id;
  report.attempt = piece.attempt;
  return report;
}

std::string sentence(const core::Error& error) {
  return error.hint.empty() ? error.message : error.message + "; " + error.hint;
}

void send_signal(const UniqueFd& process, int number) {
  ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0);
}

/// A runner of a plane before this one is not our child, and then there is nothing to reap.
void reap(const UniqueFd& process) {
  siginfo_t ignored{};
  ::waitid(P_PIDFD, static_cast<id_t>(process.get()), &ignored, WEXITED | WNOHANG);
}

}  // namespace

RunTable::RunTable(ScriptOptions options, Report report)
    : options_(std::move(options)), report_(std::move(report)) {
  // Scripts begin in folders of their own, so nothing they are told may depend on ours.
  options_.data_dir = fs::absolute(options_.data_dir);
  for (fs::path& folder : options_.script_folders) folder = fs::absolute(folder);
  runs_ = fs::absolute(options_.state_dir / "runs");
  sweep_dropped(runs_);
}

void RunTable::start(Waiting waiting) {
  const Piece piece = piece_of(waiting.work);
  const std::string name = name_of(piece.id, piece.attempt);
  if (running_.contains(name) || line_.contains(name)) return;
  Sight sight = look_at(folder_of(name));
  if (waiting.work.again && sight.state != State::alive && sight.state != State::none) {
    if (sight.state == State::gone) kill_remains(sight.claim.runner, task_mark(piece));
    folder_of(name).drop();
  } else if (sight.state == State::alive) {
    adopt(name, piece, sight);
    return;
  } else if (conclude(piece, sight)) {
    return;
  }
  if (!line_.push(name, std::move(waiting))) {
    told(piece, status::unavailable, "too many scripts wait for their turn on this plane");
  }
}

void RunTable::stop(const core::TaskId& id, int attempt) {
  const std::string name = name_of(id, attempt);
  if (const auto waiting = line_.remove(name)) {
    told(piece_of(waiting->work), status::cancelled, "the script was cancelled before it began");
    return;
  }
  const auto running = running_.find(name);
  if (running == running_.end()) {
    stop_unknown(name);
    return;
  }
  // If the runner has not claimed the run yet, it never will; its end brings the report either way.
  const auto prevented = folder_of(name).claim({{}, true});
  if (!prevented || !*prevented) send_signal(running->second.process, SIGUSR1);
}

void RunTable::stop_unknown(const std::string& name) {
  const RunFolder folder = folder_of(name);
  Sight sight = look_at(folder);
  const auto order = folder.order();
  if (sight.state == State::none || !order) return;
  if (sight.state == State::unclaimed) {
    static_cast<void>(folder.claim({{}, true}));
    sight = look_at(folder);
  }
  if (conclude(order->piece, sight)) return;
  if (sight.state != State::alive) return;
  send_signal(sight.process, SIGUSR1);
  adopt(name, order->piece, sight);
}

void RunTable::forget(const core::TaskId& id, int attempt) {
  const std::string name = name_of(id, attempt);
  static_cast<void>(line_.remove(name));
  const auto running = running_.find(name);
  if (running == running_.end()) {
    folder_of(name).drop();
    return;
  }
  running->second.forgotten = true;
  const auto prevented = folder_of(name).claim({{}, true});
  if (!prevented || !*prevented) send_signal(running->second.process, SIGUSR1);
}

void RunTable::watch(std::vector<pollfd>& fds) const {
  for (const auto& [name, running] : running_) {
    fds.push_back({running.process.get(), POLLIN, 0});
    if (running.begun) fds.push_back({running.begun.get(), POLLIN, 0});
  }
}

void RunTable::awake(const std::vector<pollfd>& fds) {
  std::set<int> stirred;
  for (const pollfd& fd : fds) {
    if (fd.revents != 0) stirred.insert(fd.fd);
  }
  std::vector<std::string> begun;
  std::vector<std::string> ended;
  for (const auto& [name, running] : running_) {
    if (stirred.contains(running.process.get())) {
      ended.push_back(name);
    } else if (running.begun && stirred.contains(running.begun.get())) {
      begun.push_back(name);
    }
  }
  for (const std::string& name : begun) note_begun(name);
  for (const std::string& name : ended) note_end(name);
}

RunTable::Sight RunTable::look_at(const RunFolder& folder) {
  Sight sight;
  if (!folder.exists()) return sight;
  const auto claim = folder.claimed();
  sight.state = State::unclaimed;
  if (!claim) return sight;
  sight.claim = *claim;
  sight.process = open_if_alive(claim->runner);
  sight.state = claim->never ? State::never : State::alive;
  if (claim->never || sight.process) return sight;
  // Read after the runner is known to be dead: no result that is missing now can appear later.
  auto result = folder.result();
  sight.state = result ? State::ended : State::gone;
  if (result) sight.result = std::move(*result);
  return sight;
}

bool RunTable::conclude(const Piece& piece, Sight& sight) {
  switch (sight.state) {
    case State::none:
    case State::unclaimed:
    case State::alive:
      return false;
    case State::never:
      told(piece, status::cancelled, "the script was cancelled before it began");
      return true;
    case State::gone:
      kill_remains(sight.claim.runner, task_mark(piece));
      told(piece, WorkReport::Kind::uncertain);
      return true;
    case State::ended:
      break;
  }
  WorkReport report = report_of(piece);
  report.status = sight.result.status;
  report.outputs = std::move(sight.result.outputs);
  report.error = std::move(sight.result.error);
  report.log = log_of(folder_of(name_of(piece.id, piece.attempt)), piece.attempt);
  failpoint("script-before-report");
  report_(std::move(report));
  return true;
}

void RunTable::adopt(const std::string& name, const Piece& piece, Sight& sight) {
  running_.insert_or_assign(name, Running{piece, std::move(sight.process), {}, false});
  told(piece, WorkReport::Kind::started);
}

bool RunTable::launch_next() {
  if (running_.size() >= options_.max_running) return false;
  const auto waiting = line_.pop();
  if (!waiting) return false;
  const Piece piece = piece_of(waiting->work);
  const auto launched = launch(name_of(piece.id, piece.attempt), *waiting);
  if (!launched) told(piece, launched.error().status, sentence(launched.error()));
  return true;
}

RunOrder RunTable::order_for(const Waiting& waiting, const ScriptCall& call) const {
  const Piece piece = piece_of(waiting.work);
  std::vector<std::string> argv = call.argv;
  argv.push_back(folder_of(name_of(piece.id, piece.attempt)).inputs_file().string());
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(waiting.due - steady_clock::now());
  auto environment = script_environment(piece, options_);
  environment.insert(environment.end(), call.environment.begin(), call.environment.end());
  core::Duration time{left.count()};
  if (waiting.work.most.ms > 0) time = std::min(time, waiting.work.most);
  return {piece, std::move(argv), std::move(environment), time};
}

core::Result<void> RunTable::launch(const std::string& name, const Waiting& waiting) {
  if (waiting.work.provider != "script") {
    return core::failure(status::bad_request,
                         "provider '" + waiting.work.provider + "' is not found",
                         "this plane's workers know script");
  }
  if (waiting.work.unfit) return tl::unexpected(*waiting.work.unfit);
  auto call = read_script_request(waiting.work.request, options_.script_folders);
  if (!call) return tl::unexpected(call.error());
  const RunOrder order = order_for(waiting, *call);
  if (order.time_left.ms <= 0) {
    return core::failure(status::timed_out, "the deadline passed before the script's turn came");
  }
  std::error_code problem;
  fs::create_directories(options_.data_dir, problem);
  if (problem) return io_failure("cannot make " + options_.data_dir.string(), problem.value());
  if (auto ready = folder_of(name).prepare(order, call->inputs); !ready) return ready;
  failpoint("script-before-spawn");
  return spawn_runner(name, order.piece);
}

core::Result<void> RunTable::spawn_runner(const std::string& name, const Piece& piece) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return io_failure("cannot make a pipe", errno);
  UniqueFd begun(ends[0]);
  const UniqueFd begun_end(ends[1]);
  Program program;
  program.path = options_.runner.string();
  program.argv = {"antiphon", "script-runner", folder_of(name).path().string()};
  program.env = runner_environment();
  program.out = begun_end.get();
  program.own_session = true;
  const auto pid = spawn(program);
  if (!pid) return tl::unexpected(pid.error());
  UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
  if (!process) {
    const int problem = errno;
    ::kill(*pid, SIGKILL);
    ::waitpid(*pid, nullptr, 0);
    return io_failure("cannot watch the script's runner", problem);
  }
  running_.insert_or_assign(name, Running{piece, std::move(process), std::move(begun), false});
  return {};
}

void RunTable::note_begun(const std::string& name) {
  Running& running = running_.at(name);
  running.begun.reset();
  const auto claim = folder_of(name).claimed();
  if (claim && !claim->never && !running.forgotten) told(running.piece, WorkReport::Kind::started);
}

void RunTable::note_end(const std::string& name) {
  const Running running = std::move(running_.extract(name).mapped());
  reap(running.process);
  if (running.forgotten) {
    folder_of(name).drop();
    return;
  }
  Sight sight = look_at(folder_of(name));
  if (conclude(running.piece, sight)) return;
  if (sight.state == State::alive) {
    // Ours found the run claimed by one that a plane before us had started.
    adopt(name, running.piece, sight);
    return;
  }
  told(running.piece, status::internal_error, "the script's runner ended before the script began");
}

void RunTable::told(const Piece& piece, int status, std::string error) {
  WorkReport report = report_of(piece);
  report.status = status;
  report.error = std::move(error);
  report_(std::move(report));
}

void RunTable::told(const Piece& piece, WorkReport::Kind kind) {
  WorkReport report = report_of(piece);
  report.kind = kind;
  report_(std::move(report));
}

}  // namespace antiphon::providers
