// SPDX-License-Identifier: MIT
#include "tests/sim/work.hpp"

#include "engine/core/status.hpp"
#include "tests/sim/confidential.hpp"

namespace antiphon::sim {
namespace {

using runtime::Work;
using runtime::WorkReport;

constexpr core::Duration longest = core::seconds(20);
constexpr int most_polls = 4;

WorkReport report_of(const Work& work, WorkReport::Kind kind) {
  return {work.key, work.id, work.attempt, kind, 0, {}, {}, work.polls};
}

/// What work that is polled keeps for its next call.
std::string said_by(int polls) {
  return R"({"said":)" + std::to_string(polls) + "}";
}

}  // namespace

Machine::Machine(const core::Instant& now, Agenda& agenda, Dice dice, Marks& marks, Events events)
    : now_(now), agenda_(agenda), dice_(dice), marks_(marks), events_(std::move(events)) {}

/// Reports take a moment, and are for the process that asked.
void Machine::tell(WorkReport report) {
  const auto watcher = watchers_;
  agenda_.put(now_ + core::milliseconds(1 + dice_.below(50)),
              [this, watcher, report = std::move(report)] {
                if (watcher == watchers_) events_.report(report);
              });
}

void Machine::start(const Work& work) {
  const Key key{work.id, work.attempt};
  if (work.again) {
    folders_.erase(key);
    marks_.hit(Mark::work_again);
  }
  const auto found = folders_.find(key);
  const bool polled = work.polls > 0;
  if (found == folders_.end() || found->second.work.polls != work.polls ||
      (polled && found->second.run == 0 && !found->second.result)) {
    if (polled) marks_.hit(Mark::work_polled);
    begin(work);
    return;
  }
  Folder& folder = found->second;
  folder.watched = true;
  if (folder.result) {
    marks_.hit(Mark::restart_found_finished_work);
    tell(*folder.result);
  } else if (folder.run == 0) {
    marks_.hit(Mark::restart_found_lost_work);
    tell(report_of(folder.work, WorkReport::Kind::uncertain));
  } else {
    marks_.hit(Mark::restart_found_running_work);
    tell(report_of(folder.work, WorkReport::Kind::started));
  }
}

void Machine::begin(const Work& work) {
  const Key key{work.id, work.attempt};
  const std::uint64_t run = ++runs_;
  folders_[key] = {work, run, std::nullopt, true};
  events_.begun(work);
  if (!dice_.one_in(4)) tell(report_of(work, WorkReport::Kind::started));
  if (misbehaves_ && work.polls == 0 && dice_.one_in(6)) {  // dies without a trace
    agenda_.put(now_ + dice_.span(core::milliseconds(1), longest), [this, key, run] {
      const auto found = folders_.find(key);
      if (found == folders_.end() || found->second.run != run) return;
      found->second.run = 0;
      if (found->second.watched) tell(report_of(found->second.work, WorkReport::Kind::uncertain));
    });
    return;
  }
  const bool hangs = misbehaves_ && dice_.one_in(8);
  const bool fails = misbehaves_ && dice_.one_in(4);
  const core::Duration wanted = hangs ? dice_.span(core::minutes(10), core::minutes(60))
                                      : dice_.span(core::milliseconds(1), longest);
  const bool late = wanted > work.time_left;
  const int status = late    ? core::status::timed_out
                     : fails ? core::status::script_failed
                             : core::status::ok;
  agenda_.put(now_ + std::max(std::min(wanted, work.time_left), core::milliseconds(1)),
              [this, key, run, status] { end(key, run, status); });
}

void Machine::end(const Key& key, std::uint64_t run, int status) {
  const auto found = folders_.find(key);
  if (found == folders_.end() || found->second.run != run) return;
  Folder& folder = found->second;
  folder.run = 0;
  WorkReport result = report_of(folder.work, WorkReport::Kind::finished);
  result.status = status;
  // A script that prints all it is told.
  const bool told = folder.work.request.find(secret_text) != std::string::npos;
  const std::string printed = told ? secret_text : "nothing";
  if (told) marks_.hit(Mark::secret_printed);
  const int polls = folder.work.polls;
  if (folder.work.provider == "http" && status == core::status::ok && polls < most_polls &&
      !dice_.one_in(3)) {
    result.kind = WorkReport::Kind::not_yet;
    result.status = 0;
    result.outputs = said_by(polls + 1);
    result.error = "it was not there";
    result.wait = dice_.span(core::Duration{0}, longest);
  } else if (status == core::status::ok) {
    result.outputs = R"({"ran":)" + std::to_string(run) + R"(,"printed":")" + printed + "\"}";
  } else {
    result.error = "the script ended with " + std::to_string(status) + " and printed " + printed;
  }
  folder.result = result;
  if (folder.watched) tell(std::move(result));
}

void Machine::stop(const core::TaskId& id, int attempt) {
  const Key key{id, attempt};
  const auto found = folders_.find(key);
  if (found == folders_.end()) return;
  Folder& folder = found->second;
  if (folder.run == 0) {
    tell(folder.result ? *folder.result : report_of(folder.work, WorkReport::Kind::uncertain));
    return;
  }
  agenda_.put(now_ + core::milliseconds(1 + dice_.below(6000)),
              [this, key, run = folder.run] { end(key, run, core::status::cancelled); });
}

void Machine::forget(const core::TaskId& id, int attempt) {
  folders_.erase({id, attempt});
}

void Machine::reboot() {
  for (auto& [key, folder] : folders_) folder.run = 0;
}

void Machine::orphan() {
  ++watchers_;
  for (auto& [key, folder] : folders_) {
    folder.watched = false;
    if (folder.work.provider.starts_with("proxy.")) folder.run = 0;  // its answer reaches nobody
  }
}

}  // namespace antiphon::sim
