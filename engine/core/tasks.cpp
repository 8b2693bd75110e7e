// SPDX-License-Identifier: MIT
#include "engine/core/tasks.hpp"

#include <charconv>
#include <cmath>

#include "engine/core/attempts.hpp"
#include "engine/core/check.hpp"
#include "engine/core/compat.hpp"
#include "engine/core/json.hpp"
#include "engine/core/object_registry.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/polling.hpp"
#include "engine/core/report.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/core/signals.hpp"
#include "engine/core/status.hpp"
#include "engine/core/voting.hpp"

namespace antiphon::core {
namespace {

constexpr int most_status = 1'000'000;

/// A status as outputs give it: any whole number from 0 to a million, or its decimal text.
std::optional<int> read_status(const Value& value) {
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    return number >= 0 && number <= most_status ? std::optional(static_cast<int>(number))
                                                : std::nullopt;
  }
  if (value.is_number_float()) {
    const double number = value.get<double>();
    return number >= 0 && number <= most_status && std::floor(number) == number
               ? std::optional(static_cast<int>(number))
               : std::nullopt;
  }
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  int number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = problem == std::errc{} && end == text.data() + text.size();
  return whole && number >= 0 && number <= most_status ? std::optional(number) : std::nullopt;
}

Settlement failed(int status, const Value& outputs, std::string error) {
  Settlement settlement{TaskState::failed, status, {}, std::move(error)};
  if (outputs.is_object() && !outputs.empty()) settlement.outputs = dump(outputs);
  return settlement;
}

/// On whose behalf a stage changes objects.
std::string author_of(const Slice& slice) {
  return "stage " + slice.run->stage + " of " + slice.activation->id.text();
}

/// The history says who decided, as long as there is room.
void note_decision(Slice& slice, const Task& task) {
  const ProviderInfo* info = slice.plane.providers->find(task.provider);
  const std::string text = decision_text(task);
  if (info == nullptr || info->vote == nullptr || text.empty()) return;
  std::string& note = slice.run->note;
  if (note.size() + text.size() > limits::reason_bytes) return;
  note += (note.empty() ? "" : "; ") + task.context + ": " + text;
  slice.touch_run();
}

void take(Slice& slice, Task& task, const InlineResult& result) {
  if (const auto* finished = std::get_if<Finished>(&result)) {
    conclude(slice, task, judge(*finished, *slice.run, task));
    note_decision(slice, task);
    return;
  }
  if (const auto* not_yet = std::get_if<NotYet>(&result)) {
    wait_for_poll(slice, task, not_yet->wait, dump(not_yet->state), not_yet->why);
    if (not_yet->tell) {
      slice.emit(PublishOnce{not_yet->tell->first, dump(not_yet->tell->second)});
    }
    return;
  }
  const Duration wait = std::get<DueAfter>(result).wait;
  if (wait.ms <= 0) {
    settle(slice, task, Settlement{});
    return;
  }
  task.state = TaskState::started;
  task.wake_at = slice.now() + wait;
  begin_work_time(slice, task);
  tell_task(slice, "task.started", task);
}

/// `ask` gets the call that the task's provider is to be called with.
template <class Ask>
auto with_call(Slice& slice, const Task& task, const Value& config, const Value& inputs, Ask ask) {
  const std::function<std::vector<SiteView>()> sites = [&slice] { return slice.rows.sites(); };
  const Value state = task.poll_state.empty() ? Value() : Value::parse(task.poll_state);
  ObjectRegistry objects(slice.rows, slice.now(), author_of(slice), slice.outcome.effects);
  return ask(Call{config, inputs, slice.plane.self, sites, task.attempt, task.polls,
                  task.polls > 0 ? &state : nullptr, &objects, slice.now()});
}

}  // namespace

Settlement unopened(const Error& error) {
  return {TaskState::failed,
          error.status,
          {},
          error.message + (error.hint.empty() ? "" : "; " + error.hint)};
}

Settlement judge(const Finished& finished, const StageRun& run, const Task& task) {
  if (!status::is_success(finished.status) || !finished.error.empty()) {
    const int status =
        status::is_success(finished.status) ? status::internal_error : finished.status;
    Settlement settlement = failed(status, finished.outputs, finished.error);
    settlement.may_retry = true;
    return settlement;
  }
  int status = finished.status;
  const auto given = finished.outputs.find("status");
  if (!is_part(run, task) && given != finished.outputs.end()) {
    const auto number = read_status(*given);
    if (!number) {
      return failed(status::internal_error, finished.outputs,
                    "invalid state " + dump(*given) + " in the output 'status'");
    }
    if (!compat::succeeds(run, *number)) {
      const auto error = finished.outputs.find("error");
      if (error == finished.outputs.end()) {
        return failed(
            status::internal_error, finished.outputs,
            "stage returned unsuccessful status " + std::to_string(*number) + " without an error");
      }
      return failed(*number, finished.outputs, plain_text(*error));
    }
    status = *number;
  }
  Settlement settlement{TaskState::done, status, {}, {}};
  if (!finished.outputs.empty()) settlement.outputs = dump(finished.outputs);
  return settlement;
}

std::optional<int> status_among(const Value& outputs) {
  const auto given = outputs.find("status");
  return given == outputs.end() ? std::nullopt : read_status(*given);
}

void settle(Slice& slice, Task& task, Settlement settlement) {
  ANTIPHON_CHECK(!settled(task.state) && settled(settlement.state));
  task.state = settlement.state;
  task.status = settlement.status;
  task.outputs = std::move(settlement.outputs);
  task.error = std::move(settlement.error);
  task.next_send.reset();
  task.wake_at.reset();
  task.work_until.reset();
  take_back_request(slice, task);
  task.poll_state.clear();
  task.waits_for.clear();
  task.settled_at = slice.now();
  if (!slice.activation->origin.empty()) task.request = drop_held(task.request);
  if (slice.run->parts.count == 0) count_context(slice, task.state == TaskState::done);
  tell_task(slice, "task.settled", task);
  if (!task.site.empty()) slice.emit(Arrived{task.site, task.id});
}

void count_context(Slice& slice, bool well) {
  StageRun& run = *slice.run;
  (well ? run.succeeded : run.failed) += 1;
  ANTIPHON_CHECK(run.succeeded + run.failed <= run.total);
  slice.touch_run();
}

void start_local(Slice& slice, Task& task, const Value& config, const Value& inputs) {
  const ProviderInfo* info = slice.plane.providers->find(task.provider);
  if (info == nullptr || info->executor == Executor::remote) {
    settle(slice, task,
           failed(status::bad_request, Value::object(),
                  "provider '" + task.provider + "' is not found; known are " +
                      slice.plane.providers->names()));
    return;
  }
  if (info->executor == Executor::inline_stage) {
    const bool first = task.polls == 0;
    take(slice, task, with_call(slice, task, config, inputs, info->run));
    if (first && info->signal != nullptr && polling(task)) hear_kept(slice, task);
    return;
  }
  if (const auto there = weigh_secrets(task.request, slice.plane.secrets); !there) {
    settle(slice, task, unopened(there.error()));
    return;
  }
  start_work(slice, task);
}

Counted count_vote(Slice& slice, Task& task, const Vote& vote) {
  const ProviderInfo* info = slice.plane.providers->find(task.provider);
  ANTIPHON_CHECK(polling(task) && info != nullptr && info->vote != nullptr);
  const Value request = Value::parse(task.request);
  Counted counted = with_call(slice, task, request.at("config"), request.at("inputs"),
                              [&](const Call& call) { return info->vote(call, vote); });
  if (counted.result) take(slice, task, *counted.result);
  return counted;
}

Counted hear_signal(Slice& slice, Task& task, const Signal& signal) {
  const ProviderInfo* info = slice.plane.providers->find(task.provider);
  ANTIPHON_CHECK(polling(task) && info != nullptr && info->signal != nullptr);
  const Value request = Value::parse(task.request);
  Counted counted = with_call(slice, task, request.at("config"), request.at("inputs"),
                              [&](const Call& call) { return info->signal(call, signal); });
  if (counted.result) take(slice, task, *counted.result);
  return counted;
}

void start_work(Slice& slice, const Task& task, bool again) {
  const JsonText said = planted(Planted::poll_state_lost) ? JsonText() : task.poll_state;
  slice.emit(StartWork{task.key, task.id, work_attempt(*slice.activation, task), task.provider,
                       task.request, task.deadline - slice.now(), again, task.polls, said,
                       task.work_timeout});
}

void begin_work_time(const Slice& slice, Task& task) {
  if (task.work_timeout.ms > 0 && !task.work_until) {
    task.work_until = slice.now() + task.work_timeout;
  }
}

int work_attempt(const Activation& activation, const Task& task) {
  return activation.origin.empty() ? task.attempt : static_cast<int>(task.key.run);
}

void stop_work(Slice& slice, const Task& task) {
  slice.emit(StopWork{task.key, task.id, work_attempt(*slice.activation, task)});
}

void answer_origin(Slice& slice, const Task& task) {
  Reply reply = reply_for(*slice.activation, task);
  if (is_final(reply.state)) {
    if (const auto log = slice.rows.log(task.key)) {
      reply.log = tail_of(*log, limits::reply_log_bytes);
    }
  }
  slice.emit(SendReply{slice.activation->origin, std::move(reply)});
}

}  // namespace antiphon::core
