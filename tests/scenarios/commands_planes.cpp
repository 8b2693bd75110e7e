// SPDX-License-Identifier: MIT
// What other planes and the worker pool say.
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/core/json.hpp"
#include "engine/core/tasks.hpp"
#include "tests/scenarios/commands.hpp"

namespace antiphon::scenarios {
namespace {

int number(const std::string& text) {
  return std::stoi(text);
}

/// "a1/1/0", or "a1/1/0..255" for many; anything else is the one task id that it is.
std::vector<std::string> expand(const std::string& task) {
  const auto dots = task.find("..");
  const auto slash = task.rfind('/');
  if (dots == std::string::npos || slash == std::string::npos) return {task};
  std::vector<std::string> all;
  const int last = number(task.substr(dots + 2));
  for (int i = number(task.substr(slash + 1)); i <= last; ++i) {
    all.push_back(task.substr(0, slash + 1) + std::to_string(i));
  }
  return all;
}

core::Instant deadline(World& world, Words& words) {
  const auto given = words.option("deadline");
  const auto time = core::parse_duration(given.value_or("1h"));
  if (!time) throw std::runtime_error(time.error().message);
  return world.now + *time;
}

int default_status(core::ReplyState state) {
  switch (state) {
    case core::ReplyState::done:
      return 200;
    case core::ReplyState::failed:
      return 500;
    case core::ReplyState::rejected:
      return 403;
    case core::ReplyState::cancelled:
      return 20001;
    default:
      return 0;
  }
}

/// `site` "each": whoever the task belongs to.
void receive(World& world, const std::string& site, core::Reply reply, const std::string& task) {
  const auto key = world.find_task(task);
  core::Slice slice = world.slice();
  if (!key || !world.load(slice, *key)) {
    world.say("no task " + task + (core::is_final(reply.state) ? ": answered as unknown" : ""));
    return;
  }
  reply.id = slice.task->id;
  const auto from = site == "each" ? slice.task->site : name<core::PlaneName>(site);
  reply.journal = "journal of " + from.text();
  world.apply(slice, core::ReplyReceived{from, std::move(reply)});
}

}  // namespace

void reply(World& world, Words& words) {
  const std::string site = words.next("site");
  const std::string tasks = words.next("task");
  const auto state = core::reply_state(words.next("state"));
  if (!state) throw std::runtime_error("no such state of a reply");
  core::Reply reply;
  reply.state = *state;
  const auto status = words.maybe();
  reply.status = status ? number(*status) : default_status(*state);
  reply.attempt = number(words.option("attempt").value_or("1"));
  reply.outputs = words.object();
  reply.error = words.quoted();
  reply.boot = 1;
  world.turn([&] {
    for (const std::string& task : expand(tasks)) receive(world, site, reply, task);
  });
}

void journal_lost(World& world, Words& words) {
  const auto site = name<core::PlaneName>(words.next("site"));
  world.turn([&] {
    constexpr std::size_t all = 1'000'000;
    for (const core::Task& task : world.rows().owed(site, std::nullopt, all)) {
      core::Slice slice = world.slice();
      if (world.load(slice, task.key)) world.apply(slice, core::JournalLost{});
    }
  });
}

void command(World& world, Words& words) {
  core::CommandReceived event;
  event.origin = name<core::PlaneName>(words.next("origin"));
  core::Command& command = event.command;
  command.id = name<core::TaskId>(words.next("task id"));
  command.provider = words.next("provider");
  command.attempt = number(words.option("attempt").value_or("1"));
  command.activation = "a1";
  command.campaign = "far";
  command.stage = words.option("stage").value_or("work");
  command.run = 1;
  command.context = world.plane.self.text();
  command.config = words.option("config").value_or("{}");
  command.inputs = words.option("inputs").value_or("{}");
  command.idempotent = words.flag("idempotent");
  if (const auto most = words.option("workTimeout")) {
    command.work_timeout = core::parse_duration(*most).value();
  }
  command.depth = number(words.option("depth").value_or("1"));
  command.path = {event.origin.text()};
  if (const auto path = words.option("path")) {
    command.path = core::Value::parse(*path).get<std::vector<std::string>>();
  }
  if (const auto secrets = words.option("secrets")) {
    for (const auto& span : core::Value::parse(*secrets)) {
      command.secrets.push_back({span.at("at"), span.at("from"), span.at("bytes")});
    }
  }
  command.at = world.now;
  event.deadline = command.deadline = words.flag("expired") ? world.now : deadline(world, words);
  world.turn([&] {
    core::Slice slice = world.slice();
    world.load_commanded(slice, event.origin, command.id);
    world.apply(slice, event);
  });
}

void cancel_command(World& world, Words& words) {
  core::CancelReceived event;
  event.origin = name<core::PlaneName>(words.next("origin"));
  event.cancel.id = name<core::TaskId>(words.next("task id"));
  event.cancel.attempt = number(words.option("attempt").value_or("1"));
  event.cancel.reason = words.quoted();
  world.turn([&] {
    core::Slice slice = world.slice();
    world.load_commanded(slice, event.origin, event.cancel.id);
    world.apply(slice, event);
  });
}

void work(World& world, Words& words) {
  const std::string task = words.next("task");
  const std::string kind = words.next("kind");
  core::WorkReported event;
  using Kind = core::WorkReported::Kind;
  event.kind = kind == "started"     ? Kind::started
               : kind == "uncertain" ? Kind::uncertain
               : kind == "not-yet"   ? Kind::not_yet
                                     : Kind::finished;
  if (event.kind == Kind::finished && kind != "finished")
    throw std::runtime_error("no such report");
  event.status = number(words.maybe().value_or("200"));
  event.outputs = words.object();
  event.error = words.quoted();
  const auto attempt = words.option("attempt");
  const auto polls = words.option("polls");
  const auto wait = core::parse_duration(words.option("wait").value_or("10s"));
  if (!wait) throw std::runtime_error(wait.error().message);
  event.wait = *wait;
  const auto key = world.find_task(task);
  if (!key) throw std::runtime_error("no task " + task);
  world.turn([&] {
    core::Slice slice = world.slice();
    if (!world.load(slice, *key)) throw std::runtime_error("no task " + task);
    event.attempt = attempt ? number(*attempt) : core::work_attempt(*slice.activation, *slice.task);
    event.polls = polls ? number(*polls) : slice.task->polls;
    world.apply(slice, event);
  });
}

}  // namespace antiphon::scenarios
