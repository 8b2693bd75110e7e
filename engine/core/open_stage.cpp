// SPDX-License-Identifier: MIT
// A stage opens: its contexts and inputs are evaluated (symphony.md section 4), its tasks are
// created in chunks.
#include <algorithm>
#include <utility>

#include "engine/core/aggregate.hpp"
#include "engine/core/check.hpp"
#include "engine/core/drive.hpp"
#include "engine/core/json.hpp"
#include "engine/core/parts.hpp"
#include "engine/core/proxy.hpp"
#include "engine/core/report.hpp"
#include "engine/core/run_scope.hpp"
#include "engine/core/sealed.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/core/stage_contexts.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

/// Of the built-ins the one that a scheduled stage run cannot find out again.
constexpr const char* previous_key = "__previousStage";

/// In the stage-level view: the parts' own inputs by their names.
constexpr const char* parts_key = "__tasks";

/// The stage's inputs for one context, with the built-ins.
Result<Value> evaluate_inputs(const Slice& slice, const StageSpec& spec, const RunScope& scope,
                              const std::string& previous, const std::string& context) {
  Value all = built_ins(*slice.activation, previous, context);
  if (spec.schedule) all["__schedule"] = spec.schedule->text;
  const Value value = context_value(spec, scope);
  if (spec.target != nullptr) {
    auto target = spec.target->evaluate(scope.scope(&all, &spec.inputs, &value));
    if (!target) return target;
    if (holds_secret(*target)) return secret_target();
    all["__target"] = plain_text(*target);
  }
  auto own = evaluate(spec.inputs, scope.scope(&all, &spec.inputs, &value));
  if (!own) return own;
  drop_built_ins(*own);
  own->update(all);
  return own;
}

void fail_before_tasks(Slice& slice, const Error& error) {
  StageRun& run = *slice.run;
  run.state = StageRunState::failed;
  run.status = error.status;
  run.error = error.message + (error.hint.empty() ? "" : " (" + error.hint + ")");
  run.ended_at = slice.now();
  run.total = run.opened = 0;
  run.contexts.clear();
  slice.touch_run();
  tell_stage(slice, "stage.ended");
  end(slice, ActivationState::failed, error.status, "stage " + run.stage + ": " + run.error);
}

Settlement refused(int status, std::string error) {
  return {TaskState::failed, status, {}, std::move(error)};
}

/// Takes what the site shall run, by its short name, out of a remote stage's inputs.
Result<std::string> take_operation(Value& inputs) {
  const auto input = inputs.find("operation");
  std::string operation = input == inputs.end() ? std::string() : plain_text(*input);
  if (operation.empty()) {
    return failure(status::bad_request,
                   "a remote stage needs the input 'operation': what the site shall run");
  }
  if (operation.size() > limits::list_item_bytes) {
    return failure(status::bad_request,
                   "the input 'operation' has " + std::to_string(operation.size()) +
                       " bytes, more than " + std::to_string(limits::list_item_bytes));
  }
  inputs.erase(input);
  if (constexpr std::string_view prefix = "providers.stage."; operation.starts_with(prefix)) {
    operation.erase(0, prefix.size());
  }
  return operation;
}

void send_task(Slice& slice, Task& task) {
  auto site = PlaneName::parse(task.context);
  if (!site) {
    settle(slice, task,
           refused(status::bad_request, "context is no site: " + site.error().message));
    return;
  }
  const auto secrets = weigh_secrets(task.request, slice.plane.secrets);
  if (!secrets) {
    settle(slice, task, unopened(secrets.error()));
    return;
  }
  const std::size_t bytes = task.request.size() + *secrets;
  if (bytes > limits::request_bytes) {
    settle(slice, task,
           refused(status::too_large, "the command's config and inputs have " +
                                          std::to_string(bytes) + " bytes, more than " +
                                          std::to_string(limits::request_bytes)));
    return;
  }
  task.site = std::move(*site);
  slice.emit(SendCommand{
      task.site, command_for(*slice.activation, *slice.run, task, slice.plane.self, slice.now())});
}

/// Sends or starts the task; what cannot even begin settles as failed.
void start_task(Slice& slice, const StageSpec& spec, Task& task, const Value& config,
                Value& inputs) {
  task.provider = spec.provider;
  const bool remote = spec.provider == "remote";
  if (remote) {
    if (holds_secret(inputs)) {
      settle(slice, task,
             refused(status::bad_config,
                     "a remote stage's inputs hold a secret; it may stand in its config only"));
      return;
    }
    auto operation = take_operation(inputs);
    if (!operation) {
      settle(slice, task, refused(operation.error().status, operation.error().message));
      return;
    }
    const ProviderInfo* wanted = slice.plane.providers->find(*operation);
    if (wanted != nullptr && wanted->proxy) {
      settle(slice, task,
             refused(status::bad_request, "'" + *operation +
                                              "' is a proxy and carries out nothing "
                                              "itself; a stage names it in its 'proxy'"));
      return;
    }
    task.provider = std::move(*operation);
  }
  Value request{{"config", config}, {"inputs", inputs}};
  task.request = pack_request(request);
  if (spec.provider.empty()) {
    settle(slice, task, Settlement{});
  } else if (remote && task.context != slice.plane.self.text()) {
    send_task(slice, task);
  } else {
    start_local(slice, task, request.at("config"), request.at("inputs"));
  }
}

/// What the context kept from the stage's last visit.
void add_state(Value& inputs, const Value* last_outputs, const std::string& prefix) {
  if (last_outputs == nullptr) return;
  const auto state = last_outputs->find(prefix + "__state");
  if (state != last_outputs->end()) inputs["__state"] = *state;
}

/// The own plane's are the stage-level view.
Result<Value> inputs_for(const Slice& slice, const StageSpec& spec, const RunScope& scope,
                         const Value& view, const std::string& context) {
  if (context == slice.plane.self.text()) {
    Value inputs = view;
    inputs.erase(parts_key);
    return inputs;
  }
  const auto previous = view.at(previous_key).get<std::string>();
  auto inputs = evaluate_inputs(slice, spec, scope, previous, context);
  if (inputs) add_state(*inputs, scope.outputs().stage(slice.run->stage), context + ".");
  return inputs;
}

/// How the next context ended when the stage ran before stays as it was, if it ended well.
bool take_over(Slice& slice) {
  StageRun& run = *slice.run;
  if (run.again_of == 0) return false;
  std::vector<Task> tasks = tasks_of_context(slice, run.again_of, run.opened * places(run.parts));
  if (!verdict_of(run.parts, tasks).done) return false;
  for (Task& task : tasks) {
    task.key.run = run.run;
    task.id = slice.draws.task_id();
    task.note = "done in stage run " + std::to_string(run.again_of);
    slice.rows.insert(task);
  }
  run.opened += 1;
  count_context(slice, true);
  return true;
}

void open_task(Slice& slice, const StageSpec& spec, const RunScope& scope, const Value& view,
               const std::string& context) {
  if (take_over(slice)) return;
  StageRun& run = *slice.run;
  Task task;
  task.key = {slice.activation->id, run.run, run.opened * places(run.parts)};
  task.id = slice.draws.task_id();
  task.context = context;
  task.idempotent = spec.idempotent;
  task.work_timeout = spec.work_timeout;
  task.created = slice.now();
  task.deadline =
      run.begins_at.value_or(run.opened_at) + spec.timeout.value_or(slice.plane.default_timeout);
  run.opened += 1;

  auto inputs = inputs_for(slice, spec, scope, view, context);
  auto config = inputs ? evaluate_config(spec.config, slice.plane.providers->find(spec.provider),
                                         scope.scope(&*inputs, nullptr, nullptr))
                       : inputs;
  if (!config) {
    task.provider = spec.provider;
    settle(slice, task, {TaskState::failed, config.error().status, {}, config.error().message});
  } else if (spec.proxy && !spec.provider.empty()) {
    start_by_proxy(slice, spec, scope, task, *config, *inputs);
  } else {
    start_task(slice, spec, task, *config, *inputs);
  }
  slice.rows.insert(task);
  if (settled(task.state)) go_on_in_context(slice, task.key);
}

/// Opens what is left of `contexts`, at most one chunk; the rest waits for the run's next turn.
void open_chunk(Slice& slice, const StageSpec& spec, const RunScope& scope,
                const std::vector<std::string>& contexts) {
  StageRun& run = *slice.run;
  const Value view = unpack_view(run.inputs);
  const auto first = static_cast<std::size_t>(run.opened);
  const auto chunk = limits::fan_out_chunk / static_cast<std::size_t>(places(run.parts));
  const auto last = std::min(contexts.size(), first + chunk);
  for (std::size_t i = first; i < last; ++i) open_task(slice, spec, scope, view, contexts[i]);
  slice.touch_run();
  if (last < contexts.size()) {
    if (run.contexts.empty()) run.contexts = dump(Value(contexts));
    slice.activation->due = slice.now();
    slice.touch_activation();
    return;
  }
  run.contexts.clear();
  run.state = StageRunState::open;
}

std::optional<Error> too_many(const Contexts& contexts, const StageSpec& spec) {
  const auto tasks = contexts.texts.size() * static_cast<std::size_t>(places(spec.parts));
  if (tasks <= limits::contexts) return std::nullopt;
  return Error{status::bad_config, std::to_string(contexts.texts.size()) + " contexts with " +
                                       std::to_string(places(spec.parts)) +
                                       " tasks each are more than " +
                                       std::to_string(limits::contexts)};
}

/// What the history shows of the parts' own inputs; what cannot be evaluated fails its part.
void add_parts(Value& view, const StageSpec& spec, const RunScope& scope) {
  if (spec.parts.count == 0) return;
  Value all = Value::object();
  for (const PartSpec& part : spec.tasks) {
    if (part.inputs.empty()) continue;
    const auto inputs = evaluate(part.inputs, scope.scope(&view, &part.inputs, nullptr));
    if (inputs) all[part.name] = *inputs;
  }
  if (!all.empty()) view[parts_key] = std::move(all);
}

/// Evaluates contexts and inputs, and opens the first chunk of tasks.
void begin_stage(Slice& slice, const StageSpec& spec, const std::string& previous) {
  const Activation& activation = *slice.activation;
  StageRun& run = *slice.run;
  if (run.begins_at) run.begins_at = slice.now();
  slice.touch_run();
  const RunScope scope(slice.rows, activation, slice.now(), slice.draws);
  run.parts = spec.parts;
  auto contexts = run.again_of > 0 ? same_contexts(slice) : resolve_contexts(slice, spec, scope);
  if (!contexts) return fail_before_tasks(slice, contexts.error());
  auto view = evaluate_inputs(slice, spec, scope, previous, slice.plane.self.text());
  if (!view) return fail_before_tasks(slice, view.error());
  if (auto error = too_many(*contexts, spec)) return fail_before_tasks(slice, *error);
  add_state(*view, scope.outputs().stage(activation.stage), {});
  add_parts(*view, spec, scope);

  run.total = static_cast<std::int64_t>(contexts->texts.size());
  run.note = std::move(contexts->note);
  run.inputs = pack_view(*view);
  tell_stage(slice, "stage.started");
  open_chunk(slice, spec, scope, contexts->texts);
  if (run.state == StageRunState::open && run.succeeded + run.failed == run.total) {
    close_stage(slice);
  }
}

}  // namespace

tl::unexpected<Error> secret_target() {
  return failure(status::bad_config, "the target holds a secret",
                 "a target is shown to everybody; $secret belongs into config");
}

const StageSpec& spec_of(const Slice& slice) {
  const auto found = slice.campaign->stages.find(slice.activation->stage);
  ANTIPHON_CHECK(found != slice.campaign->stages.end());
  return found->second;
}

std::string stage_before(const StageRun& run) {
  if (run.inputs.empty()) return run.stage;
  return unpack_view(run.inputs).at(previous_key).get<std::string>();
}

namespace {

/// The stage that was chosen becomes the current one.
void begin_stage_run(Slice& slice) {
  Activation& activation = *slice.activation;
  slice.flush_run();
  activation.stage = std::exchange(activation.next_stage, {});
  activation.run += 1;
  slice.touch_activation();
  StageRun fresh;
  fresh.activation = activation.id;
  fresh.run = activation.run;
  fresh.stage = activation.stage;
  fresh.provider = spec_of(slice).provider;
  fresh.compat = slice.campaign->compat;
  fresh.act = std::exchange(activation.act, {});
  fresh.opened_at = slice.now();
  slice.begin(std::move(fresh));
}

}  // namespace

void skip_stage(Slice& slice, const std::string& previous, JsonText outputs) {
  begin_stage_run(slice);
  StageRun& run = *slice.run;
  const RunScope scope(slice.rows, *slice.activation, slice.now(), slice.draws);
  // What cannot be evaluated fails nobody here; a selector that reads it says so.
  Value view = evaluate_inputs(slice, spec_of(slice), scope, previous, slice.plane.self.text())
                   .value_or(Value{{previous_key, previous}});
  run.inputs = pack_view(view);
  run.given_outputs = std::move(outputs);
  run.state = StageRunState::open;
  close_stage(slice);
}

void open_stage(Slice& slice, const Again* again) {
  Activation& activation = *slice.activation;
  const std::string previous = again != nullptr           ? again->previous
                               : activation.stage.empty() ? activation.next_stage
                                                          : activation.stage;
  begin_stage_run(slice);
  const StageSpec& spec = spec_of(slice);
  if (again != nullptr) slice.run->again_of = again->of;
  if (!spec.schedule) return begin_stage(slice, spec, previous);
  StageRun& run = *slice.run;
  run.begins_at = spec.schedule->at;
  if (slice.now() >= spec.schedule->at) return begin_stage(slice, spec, previous);
  run.state = StageRunState::scheduled;
  run.inputs = dump(Value{{previous_key, previous}});
  activation.due = run.begins_at;
  tell_stage(slice, "stage.scheduled");
}

void begin_if_due(Slice& slice) {
  StageRun& run = *slice.run;
  ANTIPHON_CHECK(run.state == StageRunState::scheduled);
  if (slice.now() < *run.begins_at) {
    slice.activation->due = run.begins_at;
    slice.touch_activation();
    return;
  }
  run.state = StageRunState::opening;
  slice.activation->due.reset();
  slice.touch_activation();
  const Value kept = parse_object(run.inputs);
  begin_stage(slice, spec_of(slice), kept.at(previous_key).get<std::string>());
}

void open_tasks(Slice& slice) {
  const RunScope scope(slice.rows, *slice.activation, slice.now(), slice.draws);
  const auto contexts = Value::parse(slice.run->contexts).get<std::vector<std::string>>();
  open_chunk(slice, spec_of(slice), scope, contexts);
  after_settling(slice);
}

}  // namespace antiphon::core
