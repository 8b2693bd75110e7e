// SPDX-License-Identifier: MIT
#include "connectors/runner/stage_desk.hpp"

#include <algorithm>
#include <utility>

#include "connectors/runner/stage_end.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::runner {
namespace {

namespace status = core::status;
using core::Value;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

core::Finished end_of(const runtime::WorkReport& report) {
  if (report.kind == runtime::WorkReport::Kind::uncertain) {
    return failed(status::internal_error, "the work was interrupted, nobody can tell how it ended");
  }
  return {report.status, core::parse_object(report.outputs), report.error};
}

}  // namespace

const std::vector<std::string>& stages_of_a_runner() {
  static const std::vector<std::string> names{"counter", "delay", "flaky", "http",
                                              "list",    "mock",  "script"};
  return names;
}

StageDesk::StageDesk(DeskOptions options)
    : options_(std::move(options)), thread_([this] { loop(); }) {}

StageDesk::~StageDesk() {
  stop(core::Duration{});
}

void StageDesk::report(runtime::WorkReport report) {
  if (report.kind == runtime::WorkReport::Kind::started) return;
  const Lock lock(mutex_);
  reports_.push_back(std::move(report));
  changed_.notify_all();
}

void StageDesk::carry_out(symphony::ActivationData data, Done done) {
  if (auto end = end_at_once(data, options_.name.text(), *options_.providers)) {
    return done(std::move(*end));
  }
  std::string why;
  {
    const Lock lock(mutex_);
    if (refusing_) {
      why = "the runner is stopping";
    } else if (waiting_.size() >= options_.waiting_most) {
      why = std::to_string(waiting_.size()) + " stages wait for their turn already";
    } else {
      waiting_.push_back({std::move(data), std::move(done), {}, {}, {}});
      changed_.notify_all();
      return;
    }
  }
  done(stage_end(data, options_.name.text(), failed(status::unavailable, why)));
}

void StageDesk::loop() {
  Lock lock(mutex_);
  while (!ended_) {
    take_reports(lock);
    take_wakes(lock);
    while (!waiting_.empty() && running_.size() < options_.running_most) start_next(lock);
    const auto busy = [this] {
      return ended_ || !reports_.empty() ||
             (!waiting_.empty() && running_.size() < options_.running_most);
    };
    if (const auto wake = next_wake()) {
      changed_.wait_until(lock, *wake, [&] { return busy() || next_wake() != wake; });
    } else {
      changed_.wait(lock, [&] { return busy() || next_wake().has_value(); });
    }
  }
}

void StageDesk::start_next(Lock& lock) {
  Job job = std::move(waiting_.front());
  waiting_.pop_front();
  start(lock, std::move(job));
}

void StageDesk::start(Lock& lock, Job job) {
  const core::ProviderInfo& info = *options_.providers->find(job.data.provider);
  const auto id = core::TaskId::parse(options_.fresh_id());
  const auto place = running_.emplace(*id, std::move(job)).first;
  const symphony::ActivationData& data = place->second.data;
  if (info.executor == core::Executor::worker) {
    runtime::Work work;
    work.key = {*core::ActivationId::parse("runner"), 1, 0};
    work.id = *id;
    work.provider = info.name;
    work.request = core::dump(Value{{"config", data.config}, {"inputs", data.inputs}});
    place->second.work = std::move(work);
    place->second.ends = steady_clock::now() + milliseconds(options_.timeout.ms);
    return begin_work(lock, place->second);
  }
  const std::function<std::vector<core::SiteView>()> sites = [this] { return options_.sites; };
  const auto result = info.run({data.config, data.inputs, options_.name, sites});
  if (const auto* end = std::get_if<core::Finished>(&result)) return finish(lock, place, *end);
  const core::Duration wait = std::get<core::DueAfter>(result).wait;
  if (wait > options_.timeout) {
    return finish(lock, place,
                  failed(status::timed_out, "a delay of " + core::to_text(wait) +
                                                " is longer than this runner's timeout of " +
                                                core::to_text(options_.timeout)));
  }
  place->second.wakes = steady_clock::now() + milliseconds(wait.ms);
}

/// Also once more, when it has said 'not yet' and its pause is over.
void StageDesk::begin_work(Lock& lock, Job& job) {
  job.wakes.reset();
  runtime::Work work = *job.work;
  const auto left = duration_cast<milliseconds>(job.ends - steady_clock::now());
  work.time_left = core::milliseconds(std::max<std::int64_t>(left.count(), 0));
  lock.unlock();
  worker_->start(work);
  lock.lock();
}

/// Past its end it is begun all the same: the worker says that its time is over.
void StageDesk::wait_for_poll(Job& job, const runtime::WorkReport& report) {
  const core::Duration pause = std::max(report.wait, core::limits::poll_least);
  job.work->polls += 1;
  job.work->poll_state = report.outputs;
  job.wakes = std::min(steady_clock::now() + milliseconds(pause.ms), job.ends);
}

void StageDesk::take_reports(Lock& lock) {
  while (!reports_.empty()) {
    const runtime::WorkReport report = std::move(reports_.front());
    reports_.pop_front();
    const auto job = running_.find(report.id);
    if (report.kind == runtime::WorkReport::Kind::not_yet) {
      if (job != running_.end()) wait_for_poll(job->second, report);
      continue;
    }
    if (job != running_.end()) finish(lock, job, end_of(report));
    lock.unlock();
    worker_->forget(report.id, report.attempt);
    lock.lock();
  }
}

void StageDesk::take_wakes(Lock& lock) {
  while (true) {
    const auto due = std::find_if(running_.begin(), running_.end(), [](const auto& job) {
      return job.second.wakes && *job.second.wakes <= steady_clock::now();
    });
    if (due == running_.end()) return;
    if (*due->second.wakes == SteadyTime::min()) {
      finish(lock, due, failed(status::cancelled, "the runner is stopping"));
    } else if (due->second.work) {
      begin_work(lock, due->second);
    } else {
      finish(lock, due, {status::ok, Value::object(), {}});
    }
  }
}

std::optional<StageDesk::SteadyTime> StageDesk::next_wake() const {
  std::optional<SteadyTime> next;
  for (const auto& [id, job] : running_) {
    if (job.wakes && (!next || *job.wakes < *next)) next = job.wakes;
  }
  return next;
}

/// It counts as running until its answer is given.
void StageDesk::finish(Lock& lock, Jobs::iterator job, const core::Finished& end) {
  const Job ended = std::move(job->second);
  running_.erase(job);
  ++ending_;
  lock.unlock();
  ended.done(stage_end(ended.data, options_.name.text(), end));
  lock.lock();
  --ending_;
  changed_.notify_all();
}

bool StageDesk::await_idle(Lock& lock, core::Duration patience) {
  return changed_.wait_for(lock, milliseconds(patience.ms),
                           [this] { return waiting_.empty() && running_.empty() && ending_ == 0; });
}

void StageDesk::stop(core::Duration patience) {
  Lock lock(mutex_);
  refusing_ = true;
  if (!thread_.joinable()) return;
  if (!await_idle(lock, patience)) end_all(lock);
  ended_ = true;
  changed_.notify_all();
  lock.unlock();
  thread_.join();
}

/// Scripts are asked to end and get the time that they have for it.
void StageDesk::end_all(Lock& lock) {
  while (!waiting_.empty()) {
    const Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job.done(stage_end(job.data, options_.name.text(),
                       failed(status::unavailable, "the runner is stopping")));
    lock.lock();
  }
  std::vector<core::TaskId> ids;
  for (auto& [id, job] : running_) {
    ids.push_back(id);
    if (job.wakes) job.wakes = SteadyTime::min();
  }
  lock.unlock();
  if (worker_ != nullptr) {
    for (const core::TaskId& id : ids) worker_->stop(id, 1);
  }
  lock.lock();
  changed_.notify_all();
  await_idle(lock, core::milliseconds(core::limits::script_kill_grace.ms + 2'000));
  while (!running_.empty()) {
    finish(lock, running_.begin(), failed(status::cancelled, "the runner is stopping"));
  }
}

}  // namespace antiphon::runner
