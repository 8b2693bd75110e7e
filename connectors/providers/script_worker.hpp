// SPDX-License-Identifier: MIT
// The script provider: each piece of work is a script in a process tree of its own, started through
// a small detached runner (script_runner.hpp) and told about through its run folder
// (run_folder.hpp). One thread does all of it.
#pragma once

#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "connectors/providers/run_table.hpp"
#include "connectors/providers/script_options.hpp"
#include "engine/runtime/worker.hpp"

namespace antiphon::providers {

/// Reports come on the worker's thread, which must not be made to wait long and must not call
/// close(). At most `max_running` scripts run at once, more wait in order; a script beyond
/// limits::waiting_scripts (or past limits::waiting_script_bytes of requests) is finished with 503.
/// A request that cannot be carried out is finished: 400, 403 (script_request.hpp), 500 when the
/// system refused, 11004 when its deadline passed before its turn. A stopped script is finished
/// with 20001, also one that waited or was never begun.
class ScriptWorker final : public runtime::Worker {
 public:
  /// Throws std::system_error if this process cannot have a descriptor or a thread more.
  ScriptWorker(ScriptOptions options, Sink sink);
  ~ScriptWorker() override;
  ScriptWorker(const ScriptWorker&) = delete;
  ScriptWorker& operator=(const ScriptWorker&) = delete;

  void start(const runtime::Work& work) override;
  void stop(const core::TaskId& id, int attempt) override;
  void forget(const core::TaskId& id, int attempt) override;
  void close() override;

 private:
  struct Stop {
    core::TaskId id;
    int attempt;
  };
  struct Forget {
    core::TaskId id;
    int attempt;
  };
  using Request = std::variant<Waiting, Stop, Forget>;

  void post(Request request);
  void wake() const;
  void loop();
  bool closing();
  std::vector<Request> take_requests();
  void carry_out(Request request);

  Sink sink_;
  UniqueFd wake_;
  std::mutex mutex_;
  std::vector<Request> requests_;  ///< guarded by mutex_; emptied at each turn of the thread
  bool closing_ = false;           ///< guarded by mutex_
  RunTable table_;                 ///< the thread's
  std::thread thread_;
};

}  // namespace antiphon::providers
