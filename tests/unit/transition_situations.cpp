// SPDX-License-Identifier: MIT
#include "tests/unit/transition_situations.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/campaign/documents.hpp"
#include "engine/core/aggregate.hpp"
#include "engine/core/json.hpp"
#include "engine/core/status.hpp"
#include "engine/core/transitions.hpp"
#include "tests/support/polling_providers.hpp"

namespace antiphon::test {
namespace {

using core::ActivationState;
using core::StageRunState;
using core::TaskState;

const core::Providers& providers() {
  static const core::Providers standard = test::polling_providers();
  return standard;
}

/// The stage `next` for each Next.
std::string next_stage(Next next) {
  std::string many;
  for (int i = 0; i < 300; ++i) many += "s" + std::to_string(i) + ", ";
  switch (next) {
    case Next::nothing:
    case Next::done:
      return "{handleErrors: true, provider: mock}";
    case Next::failed:
      return "{handleErrors: true, provider: remote, contexts: tokyo, "
             "stageSelector: \"${{$output(none,none)}}\"}";
    case Next::broken:
      return "{handleErrors: true, provider: mock, contexts: \"${{$output(none,none)}}\"}";
    case Next::site:
      return "{handleErrors: true, provider: remote, contexts: tokyo, inputs: {operation: mock}, "
             "stageSelector: pure}";
    case Next::wait:
      return "{handleErrors: true, provider: delay, inputs: {delay: 30}}";
    case Next::retry:
      return "{handleErrors: true, provider: flaky, retry: {maxRetries: 1}}";
    case Next::scheduled:
      return "{handleErrors: true, provider: mock, schedule: '2030-01-31T09:00:00Z'}";
    case Next::wide:
      return "{handleErrors: true, provider: remote, contexts: [" + many +
             "], inputs: {operation: mock}}";
  }
  return {};
}

core::CampaignPtr load_campaign(Next next, bool retries) {
  const std::string then = (next == Next::nothing ? std::string() : ", stageSelector: next") +
                           (retries ? ", retry: {maxRetries: 9, interval: 1s}" : "");
  const auto loaded = campaign::load(
      "metadata: {name: c-v-1}\nspec:\n  firstStage: worker\n  stages:\n"
      "    worker: {provider: script" +
          then +
          "}\n"
          "    wait: {provider: delay, inputs: {delay: 30}" +
          then +
          "}\n"
          "    site: {provider: remote, inputs: {operation: script}" +
          then +
          "}\n"
          "    pure: {provider: mock" +
          then +
          "}\n"
          "    flaky: {provider: flaky" +
          then +
          "}\n"
          "    ask: {provider: ask" +
          then +
          "}\n"
          "    unknown: {provider: script" +
          then +
          "}\n"
          "    part: {tasks: [{name: part, provider: script}]" +
          then +
          "}\n"
          "    next: " +
          next_stage(next) + "\n",
      "spec.yaml", providers());
  if (!loaded) throw std::runtime_error(campaign::to_text(loaded.error().front()));
  return std::get<campaign::CampaignDocument>(loaded->front()).campaign;
}

const char* name_of(Place place) {
  constexpr std::array names{"worker", "wait", "site", "pure", "flaky", "ask", "unknown", "part"};
  return names[static_cast<std::size_t>(place)];
}

const char* provider_of(Place place) {
  constexpr std::array names{"script", "delay", "script", "mock", "flaky", "ask", "gone", "script"};
  return names[static_cast<std::size_t>(place)];
}

const char* stage_of(const Situation& it) {
  return it.stage == StageRunState::scheduled ? "next" : name_of(it.place);
}

core::Activation activation_of(const Situation& it) {
  core::Activation run;
  run.id = *core::ActivationId::parse("a1");
  run.name_space = *core::Namespace::parse("default");
  run.state = *it.run;
  run.inputs = "{}";
  run.created = run.updated = made_at;
  if (it.commanded) {
    run.origin = *core::PlaneName::parse("above");
    run.task_id = *core::TaskId::parse("t1");
  } else {
    run.campaign = *core::CampaignName::parse("c");
    run.version = *core::VersionName::parse("1");
    run.hash = "hash";
  }
  if (it.turn) run.due = turn_at;
  if (*it.run == ActivationState::cancelling) run.stop_by = it.terminated ? made_at : wake_at;
  run.stepped = it.stepped;
  run.awaits_step = it.awaits;
  if (it.stage) {
    run.stage = stage_of(it);
    run.run = 1;
  }
  if (core::ended(run.state)) {
    run.status = run.state == ActivationState::done ? core::status::done : core::status::cancelled;
    run.ended_at = made_at;
  } else if (!it.commanded && (!it.stage || core::ended(*it.stage))) {
    run.next_stage = "next";
  }
  return run;
}

core::Task plain_task(std::int64_t ordinal, TaskState state, const Situation& it) {
  core::Task task;
  task.key = {*core::ActivationId::parse("a1"), 1, ordinal};
  task.id = *core::TaskId::parse("id" + std::to_string(ordinal));
  task.context = "c" + std::to_string(ordinal);
  if (it.place == Place::site) task.site = *core::PlaneName::parse(task.context);
  task.provider = provider_of(it.place);
  task.state = state;
  task.attempt = known_attempt;
  task.request = R"({"config":{"failTimes":9},"inputs":{"delay":30,"times":)" +
                 std::to_string(it.more_polls ? known_polls + 1 : known_polls) + "}}";
  task.created = made_at;
  task.deadline = deadline_at;
  if (!core::settled(state)) return task;
  task.status = state == TaskState::done ? core::status::ok : core::status::internal_error;
  if (state != TaskState::done) task.error = "it failed";
  task.settled_at = made_at;
  return task;
}

std::vector<core::Task> tasks_of(const Situation& it) {
  std::vector<core::Task> tasks;
  for (int i = 0; i < it.first; ++i) tasks.push_back(plain_task(i, TaskState::done, it));
  if (it.place == Place::part) tasks.push_back(plain_task(0, TaskState::done, it));
  if (it.task) {
    core::Task task = plain_task(static_cast<std::int64_t>(it.task_index()), *it.task, it);
    if (it.place == Place::part) {
      task.context = "c0";
      task.name = "part";
    }
    task.idempotent = it.idempotent;
    if (it.sends) task.next_send = send_at;
    if (it.wakes) task.wake_at = wake_at;
    if (it.polls) {
      task.polls = known_polls;
      task.poll_state = R"({"n":3})";
      task.waits_for = "an answer";
    }
    tasks.push_back(std::move(task));
  }
  if (it.beside != Beside::nobody) {
    const auto state = it.beside == Beside::failed ? TaskState::failed : TaskState::owed;
    tasks.push_back(plain_task(it.first + 1, state, it));
  }
  return tasks;
}

core::StageRun stage_run_of(const Situation& it, const std::vector<core::Task>& tasks) {
  core::StageRun run;
  run.activation = *core::ActivationId::parse("a1");
  run.run = 1;
  run.stage = stage_of(it);
  run.provider = provider_of(it.place);
  run.state = *it.stage;
  run.total = run.opened = static_cast<std::int64_t>(tasks.size());
  for (const core::Task& task : tasks) {
    if (core::settled(task.state)) ++(task.state == TaskState::done ? run.succeeded : run.failed);
  }
  if (it.place == Place::part) {
    run.parts = {1, 1, core::Parts::all};
    run.total = run.opened = 1;
    run.succeeded = core::settled(tasks.back().state) ? 1 : 0;
    run.failed = 0;
  }
  run.inputs = R"({"__previousStage":"before"})";
  run.opened_at = made_at;
  if (run.state == StageRunState::opening) {
    run.total += it.left;
    core::Value contexts = core::Value::array();
    for (int i = 0; i < run.total; ++i) contexts.push_back("c" + std::to_string(i));
    run.contexts = core::dump(contexts);
  }
  if (run.state == StageRunState::scheduled) run.begins_at = it.turn ? turn_at : made_at;
  if (!core::ended(run.state)) return run;
  run.status = run.state == StageRunState::done ? core::status::done : core::status::internal_error;
  run.ended_at = made_at;
  const bool more = *it.run != ActivationState::done && *it.run != ActivationState::failed;
  if (run.state != StageRunState::cancelled && more && !it.commanded) {
    run.next_stage = "next";
    run.handled = run.failed > 0;
  }
  return run;
}

bool sound(const Situation& situation) {
  const auto record = record_of(situation);
  return !record || core::check_run(*record, plane(true).self).empty();
}

template <class State>
std::vector<std::optional<State>> none_and_all(core::Entity entity) {
  std::vector<std::optional<State>> all{std::nullopt};
  for (std::size_t i = 0; i + 1 < core::state_count(entity); ++i) all.push_back(State(i));
  return all;
}

/// Every run and stage run, with no task yet.
std::vector<Situation> all_runs() {
  std::vector<Situation> all;
  for (const auto run : none_and_all<ActivationState>(core::Entity::activation)) {
    for (const auto stage : none_and_all<StageRunState>(core::Entity::stage_run)) {
      for (const bool commanded : {false, true}) {
        for (const bool turn : {false, true}) {
          Situation it;
          it.run = run;
          it.commanded = commanded;
          it.turn = turn;
          it.stage = stage;
          all.push_back(it);
          it.terminated = run == ActivationState::cancelling && turn;
          if (it.terminated) all.push_back(it);
          const bool goes_on = run == ActivationState::running || run == ActivationState::paused;
          it.stepped = goes_on || (run && core::ended(*run) && !turn);
          if (it.stepped) all.push_back(it);
          it.awaits = goes_on;
          if (it.awaits) all.push_back(it);
        }
      }
    }
  }
  return all;
}

/// A pure function's task is settled at once, or waits to be tried again; of what an unknown
/// provider did nothing is asked.
bool can_be(const Situation& it) {
  const bool open = it.task && !core::settled(*it.task);
  const bool works = open && it.task != TaskState::waiting;
  if (it.retries && (!open || it.commanded || it.idempotent)) return false;
  if (it.place == Place::part && (!it.task || it.commanded || it.retries)) return false;
  if (it.stepped && it.idempotent) return false;
  const bool over = it.run && core::ended(*it.run);
  if (it.stepped && over && (it.place != Place::pure || it.sends || it.wakes)) return false;
  if (it.more_polls && (it.place != Place::ask || it.idempotent)) return false;
  const bool between = it.task == TaskState::waiting;
  if (it.polls && !between && it.task != TaskState::started) return false;
  if (it.place == Place::flaky) return between && !it.polls;
  if (it.place == Place::ask) return between && it.polls;
  return it.place == Place::pure ? !works : it.place != Place::unknown || open;
}

/// Every task.
std::vector<Situation> all_tasks(const Situation& run) {
  std::vector<Situation> all;
  for (const auto task : none_and_all<TaskState>(core::Entity::task)) {
    for (const Place place : {Place::worker, Place::wait, Place::site, Place::pure, Place::flaky,
                              Place::ask, Place::unknown, Place::part}) {
      for (unsigned bits = 0; bits < 64; ++bits) {
        Situation it = run;
        it.task = task;
        it.place = place;
        it.idempotent = (bits & 1U) != 0;
        it.sends = (bits & 2U) != 0;
        it.wakes = (bits & 4U) != 0;
        it.retries = (bits & 8U) != 0;
        it.polls = (bits & 16U) != 0;
        it.more_polls = (bits & 32U) != 0;
        if (can_be(it)) all.push_back(it);
      }
    }
  }
  return all;
}

}  // namespace

std::string to_text(const Situation& it) {
  const auto word = [](const auto& state) {
    return state ? std::string(core::to_text(*state)) : std::string("none");
  };
  return std::string(it.commanded ? "commanded " : "own ") + word(it.run) +
         (it.turn ? " with a turn" : "") + (it.stepped ? " stepped" : "") +
         (it.awaits ? " awaiting a step" : "") + (it.terminated ? " terminated" : "") + ", stage " +
         word(it.stage) + ", task " + word(it.task) + " (" + name_of(it.place) +
         (it.idempotent ? ", idempotent" : "") + (it.sends ? ", sends" : "") +
         (it.wakes ? ", wakes" : "") + (it.retries ? ", retries" : "") +
         (it.polls ? ", polls" : "") + (it.more_polls ? " more" : "") + "), beside " +
         std::to_string(static_cast<int>(it.beside)) + ", next " +
         std::to_string(static_cast<int>(it.next));
}

const core::Plane& plane(bool parent) {
  const auto make = [](bool obeys) {
    core::Plane made;
    made.self = *core::PlaneName::parse("hq");
    made.providers = &providers();
    if (obeys) made.parents = {*core::PlaneName::parse("above")};
    made.offers = {"script", "delay", "mock", "ask"};
    return made;
  };
  static const core::Plane obedient = make(true);
  static const core::Plane alone = make(false);
  return parent ? obedient : alone;
}

core::CampaignPtr campaign(const Situation& situation) {
  static std::map<std::pair<Next, bool>, core::CampaignPtr> loaded;
  auto& one = loaded[{situation.next, situation.retries}];
  if (!one) one = load_campaign(situation.next, situation.retries);
  return one;
}

std::optional<core::RunRecord> record_of(const Situation& it) {
  if (!it.run) return std::nullopt;
  core::RunRecord record;
  record.activation = activation_of(it);
  if (!it.stage) return record;
  record.tasks = tasks_of(it);
  record.runs = {stage_run_of(it, record.tasks)};
  const bool closed = *it.stage == StageRunState::done || *it.stage == StageRunState::failed;
  if (it.commanded || !closed) return record;
  core::Aggregate all;
  core::each_context(record.runs.front().parts, record.tasks, [&](core::ContextTasks context) {
    add(all, record.runs.front(), context, plane(true).self);
  });
  core::finish(all);
  record.outputs[record.runs.front().stage] = {1, core::stored(all)};
  return record;
}

std::vector<Situation> sound_situations() {
  std::vector<Situation> found;
  for (const Situation& run : all_runs()) {
    if (!run.run) {
      if (!run.stage && !run.turn) found.push_back(run);
      continue;
    }
    if (!run.stage) {
      if (sound(run)) found.push_back(run);
      continue;
    }
    for (Situation it : all_tasks(run)) {
      for (const Beside beside : {Beside::nobody, Beside::failed, Beside::open}) {
        it.beside = beside;
        const bool alone = !it.task || it.idempotent || it.place == Place::part;
        if ((beside == Beside::nobody || !alone) && sound(it)) found.push_back(it);
      }
    }
  }
  return found;
}

}  // namespace antiphon::test
