// SPDX-License-Identifier: MIT
#include "connectors/cli/dry/outside.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"
#include "engine/core/tasks.hpp"

namespace antiphon::cli::dry {
namespace {

using core::Value;

/// Names what a site here remembers; there is only one life of it.
constexpr const char* journal = "dry";

/// Does the provider do its work from its inputs, and from which sites there are, alone?
bool needs_nobody(const core::ProviderInfo& info, const Value& inputs) {
  constexpr std::array<std::string_view, 4> pure{"counter", "delay", "flaky", "mock"};
  if (std::find(pure.begin(), pure.end(), info.name) != pure.end()) return true;
  return info.name == "list" && inputs.value("objectType", Value()) == "sites";
}

}  // namespace

core::Providers worked_outside(const core::Providers& real, const core::Campaign& campaign,
                               const campaign::Answers& answers) {
  std::set<std::string, std::less<>> answered;
  for (const auto& [name, stage] : campaign.stages) {
    if (answers.answers_for(name)) answered.insert(stage.provider);
    for (std::size_t i = 0; i < stage.tasks.size(); ++i) {
      if (answers.answers_for(name, campaign::task_key(stage, i))) {
        answered.insert(stage.tasks[i].provider);
      }
    }
  }
  std::vector<core::ProviderInfo> infos = real.all();
  for (core::ProviderInfo& info : infos) {
    if (info.executor == core::Executor::inline_stage && answered.contains(info.name)) {
      info.executor = core::Executor::worker;
    }
  }
  return core::Providers(std::move(infos));
}

/// One context's work of one stage run.
struct Outside::Piece {
  Visit visit;
  std::string task;  ///< its key; empty: the stage's own
  std::string context;
  std::string provider;
  const core::PlaneName& doer;
  int attempt;
  Value config;
  Value inputs;
};

std::optional<core::Instant> Outside::next() const {
  if (agenda_.empty()) return std::nullopt;
  return agenda_.begin()->first;
}

std::vector<runtime::Envelope> Outside::arrived() {
  std::vector<runtime::Envelope> envelopes;
  while (!agenda_.empty() && agenda_.begin()->first <= now_ &&
         envelopes.size() < core::limits::batch_events) {
    auto first = agenda_.extract(agenda_.begin());
    envelopes.push_back({std::move(first.mapped()), {}, {}});
  }
  return envelopes;
}

void Outside::send(runtime::Outbound message) {
  if (auto* event = std::get_if<core::LifeCycle>(&message)) {
    note(*event);
  } else if (auto* answer = std::get_if<runtime::AnswerOut>(&message)) {
    answer_ = std::move(answer->answer);
  } else if (auto* to_site = std::get_if<runtime::ToSite>(&message)) {
    if (const auto* given = std::get_if<core::Command>(&to_site->message)) {
      command(to_site->site, *given);
    } else if (const auto* cancel = std::get_if<core::CancelCommand>(&to_site->message)) {
      core::Reply gone;
      gone.state = core::ReplyState::cancelled;
      gone.status = core::status::cancelled;
      core::Command of_task;
      of_task.id = cancel->id;
      of_task.attempt = cancel->attempt;
      reply(to_site->site, of_task, {}, std::move(gone));
    }
  }
}

void Outside::note(const core::LifeCycle& event) {
  if (event.type == "stage.started") {
    const Value data = core::parse_object(event.data);
    const std::string stage = data.at("stage").get<std::string>();
    visits_[data.at("run").get<std::int64_t>()] = {stage, ++visited_[stage]};
  }
  tell_(event);
}

void Outside::later(core::Duration delay, runtime::Inbound inbound) {
  agenda_.emplace(now_ + delay, std::move(inbound));
}

void Outside::reply(const core::PlaneName& site, const core::Command& command, core::Duration delay,
                    core::Reply reply) {
  reply.id = command.id;
  reply.attempt = command.attempt;
  reply.journal = journal;
  reply.boot = 1;
  reply.at = now_ + delay;
  later(delay, runtime::FromSite{site, std::move(reply), {}});
}

/// A site answers a command once; that it is sent again means nothing new.
void Outside::command(const core::PlaneName& site, const core::Command& command) {
  if (!commanded_.emplace(command.id, command.attempt).second) return;
  const auto ending = end_of({visits_[command.run],
                              {},
                              command.context,
                              command.provider,
                              site,
                              command.attempt,
                              core::parse_object(command.config),
                              core::parse_object(command.inputs)});
  if (!ending || ending->never) return;
  if (ending->delay.ms > 0) {
    core::Reply started;
    started.state = core::ReplyState::started;
    reply(site, command, {}, std::move(started));
  }
  const core::Settlement settled = core::judge(ending->finished, core::StageRun{}, core::Task{});
  core::Reply done;
  done.state =
      settled.state == core::TaskState::done ? core::ReplyState::done : core::ReplyState::failed;
  done.status = settled.status;
  done.outputs = settled.outputs;
  done.error = settled.error;
  reply(site, command, ending->delay, std::move(done));
}

void Outside::start(const runtime::Work& work) {
  const Value request = core::parse_object(work.request);
  Value inputs = request.value("inputs", Value::object());
  Value config = request.value("config", Value::object());
  std::string provider = work.provider;
  if (provider.starts_with("proxy.")) {  // what the runner is asked for
    provider = inputs.at("provider").get<std::string>();
    config = Value(inputs.at("config"));
    inputs = Value(inputs.at("inputs"));
  }
  working_[{work.id, work.attempt}] = work.key;
  const Visit& visit = visits_[work.key.run];
  const auto ending =
      end_of({visit, task_of(work.key, visit), core::plain_text(inputs.value("__site", Value(""))),
              provider, self_, work.attempt, config, inputs});
  if (!ending || ending->never) return;
  runtime::WorkReport report;
  report.key = work.key;
  report.id = work.id;
  report.attempt = work.attempt;
  if (ending->delay.ms > 0) {
    report.kind = runtime::WorkReport::Kind::started;
    later({}, report);
  }
  report.kind = runtime::WorkReport::Kind::finished;
  report.status = ending->finished.status;
  report.outputs = core::dump(ending->finished.outputs);
  report.error = ending->finished.error;
  later(ending->delay, std::move(report));
}

void Outside::stop(const core::TaskId& id, int attempt) {
  const auto work = working_.find({id, attempt});
  if (work == working_.end()) return;
  runtime::WorkReport report;
  report.key = work->second;
  report.id = id;
  report.attempt = attempt;
  report.status = core::status::cancelled;
  later({}, std::move(report));
}

/// The places of a context's work: the stage's own, then its tasks in their order.
std::string Outside::task_of(const core::TaskKey& key, const Visit& visit) const {
  const core::StageSpec& stage = campaign_.stages.find(visit.stage)->second;
  const std::int64_t place = key.ordinal % core::places(stage.parts);
  return place == 0 ? "" : campaign::task_key(stage, static_cast<std::size_t>(place - 1));
}

/// None: there is no answer, and missing() says so.
std::optional<Outside::Ending> Outside::end_of(const Piece& piece) {
  if (missing_) return std::nullopt;
  const std::string& stage = piece.visit.stage;
  const auto* answer = answers_.find(stage, piece.context, piece.visit.number, piece.task);
  if (answer != nullptr) {
    answered_.emplace(stage, piece.task);
    return Ending{{answer->status, answer->outputs, answer->error}, answer->delay, answer->never};
  }
  if (!answers_.answers_for(stage, piece.task)) {
    if (auto done = really_done(piece)) return done;
  }
  missing_ = no_answer(piece);
  return std::nullopt;
}

core::Error Outside::no_answer(const Piece& piece) const {
  const std::string& stage = piece.visit.stage;
  const std::string task = piece.task.empty() ? "" : ", task '" + piece.task + "'";
  const std::string provider = piece.provider.empty() ? "" : " (" + piece.provider + ")";
  const std::string of_task = piece.task.empty() ? "" : ".tasks." + piece.task;
  std::string example = "add it, for example\n    stages:\n      " + stage + ":\n        ";
  if (!piece.task.empty()) example += "tasks:\n          " + piece.task + ":\n            ";
  return {core::status::not_found,
          "stage '" + stage + "'" + task + provider + ", visit " +
              std::to_string(piece.visit.number) + ", context '" + piece.context +
              "': the answers have nothing for it",
          answers_.answers_for(stage, piece.task)
              ? "add '" + piece.context + "' or '*' to the contexts of stages." + stage + of_task
              : example + "outputs: {}"};
}

/// What a pure provider does by itself; none if the work is somebody's.
std::optional<Outside::Ending> Outside::really_done(const Piece& piece) {
  const core::ProviderInfo* info = real_.find(piece.provider);
  if (info == nullptr || !needs_nobody(*info, piece.inputs)) return std::nullopt;
  const bool here = piece.doer == self_;
  const std::function<std::vector<core::SiteView>()> sites = [&] {
    return here ? answers_.sites : std::vector<core::SiteView>{};
  };
  core::Call call{piece.config, piece.inputs, piece.doer, sites};
  call.attempt = piece.attempt;
  core::InlineResult result = info->run(call);
  if (const auto* due = std::get_if<core::DueAfter>(&result)) {
    return Ending{{core::status::ok, Value::object(), {}}, due->wait, false};
  }
  auto* done = std::get_if<core::Finished>(&result);
  return done == nullptr ? std::nullopt : std::optional(Ending{std::move(*done), {}, false});
}

}  // namespace antiphon::cli::dry
