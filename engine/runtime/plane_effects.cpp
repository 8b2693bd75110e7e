// SPDX-License-Identifier: MIT
// What a plane does after a commit: the batch's effects, repeats that are due, and the greeting
// when it comes to the bus.
#include <spdlog/spdlog.h>

#include "engine/core/planted.hpp"
#include "engine/core/report.hpp"
#include "engine/runtime/plane.hpp"

namespace antiphon::runtime {
namespace {

constexpr std::size_t counted_owed = 1'000;

}  // namespace

void Plane::release(Batch& batch) {
  if (batch.triggers) messenger_.listen(trigger_filters());
  release_effects(batch);
  for (AnswerOut& answer : batch.answers) messenger_.send(std::move(answer));
  for (ToSite& message : batch.to_sites) messenger_.send(std::move(message));
  for (const auto& [site, online] : batch.presences) outflow_.presence(site, online);
  for (const core::PlaneName& site : batch.restarts) outflow_.restart(site);
  if (batch.greet) greet();
}

void Plane::release_effects(Batch& batch) {
  auto effects = std::exchange(batch.effects, {});
  for (core::Effect& effect : effects) release(effect, batch.now);
}

void Plane::release(core::Effect& effect, core::Instant now) {
  const auto send_status = [this](StatusOut out) { messenger_.send(std::move(out)); };
  std::visit(
      [&](auto& wanted) {
        using Kind = std::decay_t<decltype(wanted)>;
        if constexpr (std::is_same_v<Kind, core::SendCommand>) {
          if (!wanted.repeat && !may_leave(wanted, now)) return;
          wanted.command.at = time_.now();
          send_command(wanted.site, std::move(wanted.command));
        } else if constexpr (std::is_same_v<Kind, core::SendCancel>) {
          messenger_.send(ToSite{wanted.site, std::move(wanted.cancel)});
        } else if constexpr (std::is_same_v<Kind, core::SendReply>) {
          wanted.reply.journal = store_.identity().journal;
          wanted.reply.boot = store_.identity().boot;
          wanted.reply.at = time_.now();
          messenger_.send(ToOrigin{wanted.origin, std::move(wanted.reply)});
        } else if constexpr (std::is_same_v<Kind, core::StartWork>) {
          begin_work({wanted.key, wanted.id, wanted.attempt, wanted.provider, wanted.request,
                      wanted.time_left, wanted.again, wanted.polls, wanted.poll_state,
                      wanted.most});
        } else if constexpr (std::is_same_v<Kind, core::StopWork>) {
          worker_.stop(wanted.id, wanted.attempt);
        } else if constexpr (std::is_same_v<Kind, core::ForgetWork>) {
          worker_.forget(wanted.id, wanted.attempt);
        } else if constexpr (std::is_same_v<Kind, core::Arrived>) {
          outflow_.arrived(wanted.site, wanted.id);
        } else if constexpr (std::is_same_v<Kind, core::PublishStatus>) {
          statuses_.offer(wanted.status, now, send_status);
        } else if constexpr (std::is_same_v<Kind, core::PublishObject>) {
          say(wanted.object);
        } else if constexpr (std::is_same_v<Kind, core::PublishRequest>) {
          messenger_.send(RequestOut{wanted.activation, wanted.task, std::move(wanted.request)});
        } else if constexpr (std::is_same_v<Kind, core::PublishOnce>) {
          messenger_.send(NoticeOut{std::move(wanted.topic), std::move(wanted.payload)});
        } else {
          static_assert(std::is_same_v<Kind, core::Publish>);
          messenger_.send(std::move(wanted.event));
        }
      },
      effect);
}

bool Plane::may_leave(const core::SendCommand& wanted, core::Instant now) {
  const core::TaskId& id = wanted.command.id;
  return wanted.command.attempt == 1 ? outflow_.take(wanted.site, id, now)
                                     : outflow_.take_again(wanted.site, id, now);
}

void Plane::pump_timers() {
  const core::Instant now = time_.now();
  statuses_.pump(now, [this](StatusOut out) { messenger_.send(std::move(out)); });
  pump_objects(now);
  const bool repeat_due = outflow_.next() && *outflow_.next() <= now;
  if (!repeat_due && !outflow_.has_backlog()) return;
  const auto rows = store_.begin();
  outflow_.pump(*rows, now, [&](const core::PlaneName& site, const core::Task& task) {
    const auto activation = rows->activation(task.key.activation);
    const auto run = rows->stage_run(task.key.activation, task.key.run);
    if (task.state == core::TaskState::cancelling) {
      messenger_.send(ToSite{site, core::CancelCommand{task.id, task.attempt, activation->error}});
      return;
    }
    send_command(site, core::command_for(*activation, *run, task, options_.plane.self, now));
  });
}

void Plane::greet() {
  const auto rows = store_.begin();
  clocks_ = {};
  messenger_.listen(trigger_filters());
  messenger_.send(presence(true));
  const core::Hello hello{store_.identity().journal, store_.identity().boot,
                          rows->unsettled_commands(), time_.now()};
  for (const auto& parent : options_.plane.parents) messenger_.send(ToOrigin{parent, hello});
  for (const core::PlaneName& site : rows->owing_sites()) {
    if (!core::planted(core::Planted::late_after_restart)) outflow_.restart(site);
  }
  std::vector<core::Status> open;
  for (const core::Activation& activation :
       rows->open_activations(core::limits::retained_statuses)) {
    std::optional<core::StageRun> run;
    if (activation.run > 0) run = rows->stage_run(activation.id, activation.run);
    open.push_back(core::status_of(activation, run));
  }
  statuses_.restart(open, [this](StatusOut out) { messenger_.send(std::move(out)); });
  say_requests(*rows);
  feed_.restart(time_.now());
}

void Plane::answer_hello(Batch& batch, const core::PlaneName& site) {
  const auto owed = batch.rows->owed(site, std::nullopt, counted_owed);
  core::HelloAnswer answer{time_.now(), static_cast<std::int64_t>(owed.size()),
                           store_.identity().journal};
  batch.to_sites.push_back({site, answer});
  batch.restarts.push_back(site);
  if (batch.rows->count_objects().gone > 0) feed_.tell_gone(batch.now);
}

}  // namespace antiphon::runtime
