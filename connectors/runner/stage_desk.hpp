// SPDX-License-Identifier: MIT
// Carries out stages that somebody else's control plane asks for, one call each. Nothing is stored:
// what a process of this was doing when it died is known to nobody.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "connectors/symphony/stage_call.hpp"
#include "engine/core/names.hpp"
#include "engine/core/provider.hpp"
#include "engine/core/time.hpp"
#include "engine/runtime/worker.hpp"

namespace antiphon::runner {

struct DeskOptions {
  core::PlaneName name;  ///< `__site` of the stages
  const core::Providers* providers = nullptr;
  std::vector<core::SiteView> sites;  ///< what `list` gives
  std::size_t running_most = 16;      ///< stages at once
  std::size_t waiting_most = 1'000;   ///< beyond it a stage is answered with 503
  core::Duration timeout = core::hours(1);
  std::function<std::string()> fresh_id;
};

/// Providers that need no control plane: what a runner can carry out.
const std::vector<std::string>& stages_of_a_runner();

class StageDesk {
 public:
  using Done = std::function<void(symphony::StageStatus)>;

  explicit StageDesk(DeskOptions options);
  ~StageDesk();
  StageDesk(const StageDesk&) = delete;
  StageDesk& operator=(const StageDesk&) = delete;

  /// Before the first stage; lives until stop() has returned. Its reports go to report().
  void employ(runtime::Worker& worker) { worker_ = &worker; }
  void report(runtime::WorkReport report);

  /// Any thread. `done` is called once, from here or on the desk's thread, and must not wait.
  void carry_out(symphony::ActivationData data, Done done);

  /// Takes nothing more, waits at most `patience` for what runs, and ends the rest: 503 for what
  /// had not begun, 20001 for what had. Every `done` has been called when it returns.
  void stop(core::Duration patience);

 private:
  using Lock = std::unique_lock<std::mutex>;
  using SteadyTime = std::chrono::steady_clock::time_point;

  struct Job {
    symphony::ActivationData data;
    Done done;
    std::optional<SteadyTime> wakes;    ///< the end of a delay, or of a pause between two polls
    std::optional<runtime::Work> work;  ///< what the worker has been asked for
    SteadyTime ends{};                  ///< of its work: the runner's timeout
  };
  using Jobs = std::map<core::TaskId, Job>;

  void loop();
  void start_next(Lock& lock);
  void start(Lock& lock, Job job);
  void begin_work(Lock& lock, Job& job);
  static void wait_for_poll(Job& job, const runtime::WorkReport& report);
  void take_reports(Lock& lock);
  void take_wakes(Lock& lock);
  void finish(Lock& lock, Jobs::iterator job, const core::Finished& end);
  std::optional<SteadyTime> next_wake() const;
  bool await_idle(Lock& lock, core::Duration patience);
  void end_all(Lock& lock);

  const DeskOptions options_;
  runtime::Worker* worker_ = nullptr;

  std::mutex mutex_;  ///< guards what follows; never held while a `done` or the worker is called
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  Jobs running_;
  std::size_t ending_ = 0;  ///< whose `done` is being called
  std::deque<runtime::WorkReport> reports_;
  bool refusing_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace antiphon::runner
