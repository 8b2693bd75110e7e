// SPDX-License-Identifier: MIT
// What apply may read and write: the rows of one activation, inside the transaction of its event.
// engine/store implements it; a transaction that is not committed leaves no trace.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::core {

/// The latest outputs of a stage, and the stage run that gave them.
struct StageOutput {
  std::int64_t run = 0;
  JsonText outputs;  ///< an object: the aggregate over all contexts
};

class Rows {
 public:
  virtual ~Rows() = default;

  virtual void insert(const Activation& activation) = 0;
  virtual void update(const Activation& activation) = 0;

  virtual void insert(const StageRun& run) = 0;
  virtual void update(const StageRun& run) = 0;
  virtual std::optional<StageRun> stage_run(const ActivationId& id, std::int64_t run) = 0;

  virtual void insert(const Task& task) = 0;
  virtual void update(const Task& task) = 0;
  virtual std::optional<Task> task(const TaskKey& key) = 0;

  /// Calls `visit` for the run's tasks with ordinal > `after` in order of ordinal, at most `limit`
  /// of them, until it returns false. `visit` must not write; collect and write afterwards.
  virtual void each_task(const ActivationId& activation, std::int64_t run, std::int64_t after,
                         std::size_t limit, const std::function<bool(const Task&)>& visit) = 0;

  virtual std::optional<StageOutput> output(const ActivationId& activation,
                                            std::string_view stage) = 0;
  virtual bool any_output(const ActivationId& activation) = 0;
  virtual void put_output(const ActivationId& activation, std::string_view stage,
                          const StageOutput& output) = 0;

  /// Replaces what was kept of the task.
  virtual void put_log(const TaskKey& key, const WorkLog& log) = 0;
  virtual std::optional<WorkLog> log(const TaskKey& key) = 0;

  /// The known sites that are ours, sorted by name.
  virtual std::vector<SiteView> sites() = 0;
};

}  // namespace antiphon::core
