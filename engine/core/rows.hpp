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
#include "engine/core/object.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::core {

/// The latest outputs of a stage, and the stage run that gave them.
struct StageOutput {
  std::int64_t run = 0;
  JsonText outputs;  ///< an object: the aggregate over all contexts
};

/// How many objects there are, and of how many it is known that they are gone.
struct ObjectCounts {
  std::size_t kept = 0;
  std::size_t gone = 0;
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

  /// The run is over: the lane whose next one waited for it is due at `now`.
  virtual void free_lane(const ActivationId& activation, Instant now) = 0;

  /// Replaces what was kept of the task.
  virtual void put_log(const TaskKey& key, const WorkLog& log) = 0;
  virtual std::optional<WorkLog> log(const TaskKey& key) = 0;

  /// The known sites that are ours, sorted by name.
  virtual std::vector<SiteView> sites() = 0;

  /// Of what is gone, the row is found too while it is kept.
  virtual std::optional<Object> object(const ObjectKey& key) = 0;
  virtual void put(const Object& object) = 0;
  /// At most `limit` behind `after` in order of their keys; those that are gone, too. No such key
  /// need be there.
  virtual std::vector<Object> objects(const ObjectKey& after, std::size_t limit) = 0;
  /// Of those only the ones that are gone.
  virtual std::vector<Object> gone_objects(const ObjectKey& after, std::size_t limit) = 0;
  virtual ObjectCounts count_objects() = 0;
  /// Deletes the rows of at most `limit` objects that went at `before` or earlier, the first to go
  /// first; how many it deleted.
  virtual std::size_t forget_objects(Instant before, std::size_t limit) = 0;
};

}  // namespace antiphon::core
