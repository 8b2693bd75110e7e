// SPDX-License-Identifier: MIT
#include "engine/core/signals.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "engine/core/drive.hpp"
#include "engine/core/json.hpp"
#include "engine/core/polling.hpp"
#include "engine/core/run_scope.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::core {
namespace {

/// What the document says of the task's config; null for what a plane above commanded.
const TemplateMap* config_of(const Slice& slice, const Task& task) {
  if (slice.campaign == nullptr) return nullptr;
  const StageSpec& spec = spec_of(slice);
  if (!is_part(*slice.run, task)) return &spec.config;
  const auto place = static_cast<std::size_t>(task.key.ordinal % places(slice.run->parts)) - 1;
  return &spec.tasks[place].config;
}

/// Whether the task's `when` lets the signal through. One that cannot be evaluated does not.
bool is_wanted(Slice& slice, const Task& task, const Signal& signal) {
  const TemplateMap* config = config_of(slice, task);
  const auto when = config == nullptr ? TemplateMap::const_iterator() : config->find(condition_key);
  if (config == nullptr || when == config->end()) return true;
  const RunScope run(slice.rows, *slice.activation, slice.now(), slice.draws);
  const Value inputs = Value::parse(task.request).at("inputs");
  Scope scope = run.scope(&inputs, nullptr, nullptr);
  scope.payload = &signal.payload;
  const auto value = when->second->evaluate(scope);
  return value && plain_text(*value) == "true";
}

bool listens(const Slice& slice, const Task& task) {
  const ProviderInfo* info = slice.plane.providers->find(task.provider);
  return polling(task) && info != nullptr && info->signal != nullptr;
}

struct Heard {
  int count = 0;
  std::optional<Counted> refused{};  ///< the signal was for a task that had no room for it
};

bool hear(Slice& slice, Task& task, const Signal& signal, Heard& heard) {
  if (!is_wanted(slice, task, signal)) return false;
  Counted counted = hear_signal(slice, task, signal);
  if (counted.result) {
    ++heard.count;
    return true;
  }
  if (counted.status != status::not_found) heard.refused = std::move(counted);
  return false;
}

/// The last one that settles closes the stage, and others may open.
Heard hear_all(Slice& slice, const Signal& signal) {
  Heard heard;
  if (!slice.run || ended(slice.run->state)) return heard;
  std::vector<Task> waiting;
  slice.rows.each_task(slice.activation->id, slice.run->run, -1,
                       std::numeric_limits<std::int32_t>::max(), [&](const Task& task) {
                         if (listens(slice, task)) waiting.push_back(task);
                         return true;
                       });
  for (Task& task : waiting) {
    if (!hear(slice, task, signal, heard)) continue;
    slice.rows.update(task);
    slice.task = std::move(task);
    after_settling(slice);
  }
  return heard;
}

Value kept_signals(const Activation& activation) {
  return activation.signals.empty() ? Value::array() : Value::parse(activation.signals);
}

/// Without those whose time is over, or that an earlier stage run has heard.
void drop_old(Slice& slice, Value& kept) {
  Value left = Value::array();
  for (Value& one : kept) {
    const bool over = one.at("until").get<std::int64_t>() <= slice.now().ms;
    if (!over && one.value("run", slice.activation->run) == slice.activation->run) {
      left.push_back(std::move(one));
    }
  }
  kept = std::move(left);
}

void put_kept(Slice& slice, const Value& kept) {
  JsonText text = kept.empty() ? JsonText() : dump(kept);
  if (text == slice.activation->signals) return;
  slice.activation->signals = std::move(text);
  slice.touch_activation();
}

std::optional<Answer> keep(Slice& slice, const SignalGiven& event,
                           std::optional<std::int64_t> run) {
  Value kept = kept_signals(*slice.activation);
  drop_old(slice, kept);
  Value one{{"name", event.signal.name},
            {"by", event.signal.author},
            {"at", to_rfc3339(slice.now())},
            {"until", (slice.now() + event.lifetime).ms},
            {"payload", event.signal.payload}};
  if (run) one["run"] = *run;
  kept.push_back(std::move(one));
  const bool room =
      kept.size() <= limits::kept_signals && dump(kept).size() <= limits::kept_signal_bytes;
  if (!room) {
    return Answer{status::conflict,
                  "run " + slice.activation->id.text() + " keeps " +
                      std::to_string(kept.size() - 1) +
                      " signals that nobody has waited for, and has no room for another",
                  "send it when its stage waits; `antiphon describe` says when",
                  {}};
  }
  put_kept(slice, kept);
  return std::nullopt;
}

Answer too_late(const Activation& activation) {
  const bool over = ended(activation.state);
  return {status::conflict,
          "run " + activation.id.text() +
              (over ? " has ended (" + std::string(to_text(activation.state)) + ")"
                    : " is being cancelled"),
          "nothing waits for a signal there any more",
          {}};
}

}  // namespace

Answer give_signal(Slice& slice, const SignalGiven& event) {
  Activation& activation = *slice.activation;
  if (ended(activation.state) || activation.state == ActivationState::cancelling) {
    return too_late(activation);
  }
  const std::int64_t run = activation.run;
  const Heard heard = hear_all(slice, event.signal);
  if (heard.count == 0 && heard.refused) {
    return {heard.refused->status, heard.refused->error, heard.refused->hint, {}};
  }
  const bool goes_on = !ended(activation.state);
  const bool more_to_come = slice.run && slice.run->run == run && !ended(slice.run->state) &&
                            slice.run->state != StageRunState::open;
  const bool kept = goes_on && (heard.count == 0 || more_to_come);
  if (kept) {
    auto full = keep(slice, event, heard.count == 0 ? std::nullopt : std::optional(run));
    if (full && heard.count == 0) return *std::move(full);
  }
  return {status::ok,
          {},
          {},
          dump({{"activation", activation.id.text()},
                {"state", to_text(activation.state)},
                {"heard", heard.count},
                {"kept", kept && heard.count == 0}})};
}

void hear_kept(Slice& slice, Task& task) {
  if (slice.activation->signals.empty()) return;
  Value kept = kept_signals(*slice.activation);
  drop_old(slice, kept);
  Heard heard;
  for (Value& one : kept) {
    if (!polling(task)) break;
    const Signal signal{one.at("name"), one.at("by"), one.at("payload")};
    if (hear(slice, task, signal, heard)) one["run"] = slice.run->run;
  }
  put_kept(slice, kept);
}

}  // namespace antiphon::core
