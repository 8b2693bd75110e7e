// SPDX-License-Identifier: MIT
#include "connectors/cli/follow_logs.hpp"

#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/follow.hpp"
#include "connectors/cli/interrupt.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/pages.hpp"
#include "engine/core/json.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

/// When nothing is heard for this long the plane is asked, in case an event was lost.
/// The first time sooner: the plane may not have the request yet that starts the run.
constexpr core::Duration longest_silence = core::seconds(2);
constexpr core::Duration first_silence = core::milliseconds(400);
/// So long a wait may keep Ctrl-C from being seen.
constexpr core::Duration glance = core::milliseconds(200);
/// Events of many tasks that end together are answered for together.
constexpr std::size_t most_together = 1'000;

class LogFollower {
 public:
  LogFollower(Client& client, const core::ActivationId& run,
              const std::function<void(const Value&)>& tell)
      : client_(client), run_(run), tell_(tell) {}

  int follow(const ClientOptions& options);

 private:
  std::optional<Failure> show_all();
  std::optional<Failure> show(std::int64_t stage_run);
  std::optional<Failure> show_moved(const Value& known);
  void tell_new(const Value& items);
  void wait_for_news(core::Duration most);
  bool note_event(const bus::Received& message);
  core::QueryRequest question(const char* what) const;

  Client& client_;
  const core::ActivationId& run_;
  const std::function<void(const Value&)>& tell_;
  std::map<std::int64_t, std::string> stages_;
  std::set<std::int64_t> moved_;  ///< stage runs whose work was heard of
  /// What was told, by stage run and place in it, as a digest.
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> told_;
};

core::QueryRequest LogFollower::question(const char* what) const {
  core::QueryRequest query;
  query.activation = run_.text();
  query.what = what;
  return query;
}

void LogFollower::tell_new(const Value& items) {
  for (Value log : items) {
    if (!log.contains("attempt")) continue;
    const std::pair place{log.value("run", std::int64_t{0}), log.value("ordinal", std::int64_t{0})};
    const std::string written =
        cell(log, "attempt") + "\n" + cell(log, "out") + "\n" + cell(log, "err");
    const std::size_t digest = std::hash<std::string>()(written);
    const auto [known, first] = told_.emplace(place, digest);
    if (!first && std::exchange(known->second, digest) == digest) continue;
    log["stage"] = stages_[place.first];
    tell_(log);
  }
}

std::optional<Failure> LogFollower::show_all() {
  const auto history = every_page(client_, question("history"));
  if (!history) return history.error();
  stages_ = stages_of((*history)["items"]);
  const auto logs = every_page(client_, question("logs"));
  if (!logs) return logs.error();
  tell_new((*logs)["items"]);
  return std::nullopt;
}

std::optional<Failure> LogFollower::show(std::int64_t stage_run) {
  if (!stages_.contains(stage_run)) {
    core::QueryRequest query = question("history");
    query.after = std::to_string(stage_run - 1);
    query.limit = 1;
    const auto history = one_page(client_, query);
    if (!history) return history.error();
    stages_.merge(stages_of((*history)["items"]));
  }
  core::QueryRequest query = question("logs");
  query.run = stage_run;
  const auto logs = every_page(client_, query);
  if (!logs) return logs.error();
  tell_new((*logs)["items"]);
  return std::nullopt;
}

/// Of the stage runs that were heard of; without news, of the one that is open.
std::optional<Failure> LogFollower::show_moved(const Value& known) {
  if (moved_.empty()) moved_.insert(known.value("run", std::int64_t{0}));
  while (!moved_.empty()) {
    const std::int64_t stage_run = *moved_.begin();
    if (stage_run > 0) {
      if (auto no = show(stage_run)) return no;
    }
    moved_.erase(stage_run);
  }
  return std::nullopt;
}

/// Does it say that there may be something to show?
bool LogFollower::note_event(const bus::Received& message) {
  const auto event = wire::decode_event(message);
  if (!event || event->activation != run_) return false;
  if (event->type == "activation.ended") return true;
  if (event->type != "task.settled" && event->type != "task.waiting") return false;
  moved_.insert(core::parse_object(event->data).value("run", std::int64_t{0}));
  return true;
}

void LogFollower::wait_for_news(core::Duration most) {
  bool heard = false;
  std::size_t together = 0;
  core::Duration quiet{};
  while (quiet < most && together < most_together && !interrupted()) {
    const auto message = client_.next(heard ? core::Duration{} : glance);
    if (!message && heard) return;
    if (!message) {
      quiet.ms += glance.ms;
    } else if (note_event(*message)) {
      heard = true;
      ++together;
    }
  }
}

int LogFollower::follow(const ClientOptions& options) {
  bool known_once = false;
  for (int questions = 0; !interrupted(); ++questions) {
    const auto known = look_up(client_, run_);
    std::optional<Failure> no;
    if (!known) {
      no = known.error();
    } else {
      no = !known_once || has_ended(*known) ? show_all() : show_moved(*known);
      known_once = true;
    }
    // Later the plane may be away for a while.
    const bool for_good = no && (no->exit_code == exit_code::refused) == (questions > 0);
    if (for_good) return report(*no, options);
    if (!no && has_ended(*known)) return exit_code_of(cell(*known, "state"));
    wait_for_news(questions == 0 ? first_silence : longest_silence);
  }
  return exit_code::interrupted;
}

}  // namespace

std::map<std::int64_t, std::string> stages_of(const Value& history) {
  std::map<std::int64_t, std::string> stages;
  for (const Value& run : history) stages[run.value("run", std::int64_t{0})] = cell(run, "stage");
  return stages;
}

int follow_logs(Client& client, const ClientOptions& options, const core::ActivationId& run,
                const std::function<void(const Value&)>& tell) {
  note_interrupts();
  return LogFollower(client, run, tell).follow(options);
}

}  // namespace antiphon::cli
