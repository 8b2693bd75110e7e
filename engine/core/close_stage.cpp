// SPDX-License-Identifier: MIT
// A stage run's last task has settled: one pass over its tasks makes the outputs, and the selector
// says what is next.
#include <limits>

#include "engine/core/aggregate.hpp"
#include "engine/core/check.hpp"
#include "engine/core/compat.hpp"
#include "engine/core/drive.hpp"
#include "engine/core/given.hpp"
#include "engine/core/json.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/report.hpp"
#include "engine/core/run_scope.hpp"
#include "engine/core/sealed.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

constexpr auto every_task = std::numeric_limits<std::size_t>::max();

/// One pass over the tasks; the counters that settling kept must be what the rows say.
Aggregate aggregate(Slice& slice) {
  const StageRun& run = *slice.run;
  Aggregate all;
  std::vector<Task> context;
  const auto add_context = [&] {
    if (context.empty()) return;
    const bool lost = planted(Planted::aggregate_loses_context) && context.front().key.ordinal > 0;
    if (!lost) add(all, run, context, slice.plane.self);
    context.clear();
  };
  slice.rows.each_task(run.activation, run.run, -1, every_task, [&](const Task& task) {
    if (task.key.ordinal % places(run.parts) == 0) add_context();
    context.push_back(task);
    return true;
  });
  add_context();
  const bool wrong =
      planted(Planted::aggregate_loses_context) || planted(Planted::reply_counted_twice);
  ANTIPHON_CHECK(wrong || (all.succeeded == run.succeeded && all.failed == run.failed));
  finish(all);
  return all;
}

struct Decision {
  std::string next{};  ///< empty: the run ends
  int status = status::done;
  std::string error{};  ///< not empty: the run fails with `status`
  bool handled = false;
};

std::string stage_failed(const StageRun& run, const std::string& cause) {
  return "stage " + run.stage + " failed: " + cause;
}

/// The table of symphony.md section 4k.
Decision decide(Slice& slice, const StageSpec& spec, const Aggregate& all) {
  const StageRun& run = *slice.run;
  const bool error = run.failed > 0;
  std::string chosen;
  if (spec.selector != nullptr) {
    const RunScope scope(slice.rows, *slice.activation, slice.now(), slice.draws);
    const Value inputs = unpack_view(run.inputs);
    const auto context = inputs.find("context");
    const auto value = spec.selector->evaluate(
        scope.scope(&inputs, nullptr, context == inputs.end() ? nullptr : &*context));
    if (!value) {
      const std::string both =
          error ? stage_failed(run, all.first_error) + "; its selector too: " : "";
      return {{}, status::internal_error, both + value.error().message};
    }
    if (holds_secret(*value)) {
      return {{},
              status::internal_error,
              "stage " + run.stage + ": its selector gives a secret, which names no stage"};
    }
    chosen = plain_text(*value);
  }
  const auto target = slice.campaign->stages.find(chosen);
  const bool known = target != slice.campaign->stages.end();
  if (!error) {
    if (known || chosen.empty()) return {chosen};
    return {{}, status::bad_request, "stage " + chosen + " is not found"};
  }
  if (known && target->second.handle_errors) {
    return {chosen, status::internal_error, {}, true};
  }
  return {{},
          all.all_timed_out ? status::timed_out : status::internal_error,
          stage_failed(run, all.first_error)};
}

}  // namespace

void close_stage(Slice& slice) {
  Activation& activation = *slice.activation;
  StageRun& run = *slice.run;
  const StageSpec& spec = slice.campaign->stages.find(run.stage)->second;
  const Aggregate all = aggregate(slice);
  slice.rows.put_output(activation.id, run.stage,
                        {run.run, with_given(stored(all), run.given_outputs)});
  const Decision decision = decide(slice, spec, all);

  const bool failed = run.failed > 0 || !decision.error.empty();
  run.state = failed ? StageRunState::failed : StageRunState::done;
  run.status = decision.status;
  run.error = decision.error.empty() ? all.first_error : decision.error;
  run.handled = decision.handled;
  run.next_stage = decision.next;
  compat::forget_handled(run);
  run.ended_at = slice.now();
  slice.touch_run();
  tell_stage(slice, "stage.ended");

  if (!decision.error.empty()) {
    end(slice, ActivationState::failed, decision.status, decision.error);
  } else if (decision.next.empty()) {
    end(slice, ActivationState::done, status::done, {});
  } else {
    activation.next_stage = planted(Planted::other_stage_opened) && run.run == 1
                                ? slice.campaign->first_stage
                                : decision.next;
    slice.touch_activation();
  }
}

}  // namespace antiphon::core
