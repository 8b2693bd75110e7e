// SPDX-License-Identifier: MIT
#include "tests/scenarios/world.hpp"

#include <algorithm>
#include <stdexcept>

#include "engine/campaign/documents.hpp"
#include "engine/core/report.hpp"
#include "engine/store/records.hpp"
#include "tests/scenarios/print.hpp"

namespace antiphon::scenarios {
namespace {

constexpr int page_items = 500;
constexpr int most_turns = 20'000;  // a scenario that needs more never comes to rest

}  // namespace

World::World(Open open) : open_(std::move(open)) {}

store::Store& World::store() {
  if (!store_) store_ = open_(plane.self, nullptr);
  return *store_;
}

store::Reader& World::reader() {
  if (!reader_) reader_ = store().reader();
  return *reader_;
}

core::Seed World::fresh_seed() {
  ++seeds_;
  return {seeds_ * 0x9e3779b97f4a7c15ULL, seeds_};
}

void World::turn(const std::function<void()>& happen) {
  rows_ = store().begin();
  effects_.clear();
  before_.clear();
  applied_ = refused_ = false;
  only_.reset();
  try {
    happen();
  } catch (...) {
    rows_.reset();
    for (auto& [id, before] : before_) {
      if (before) last_[id] = *std::move(before);
    }
    throw;
  }
  rows_->put_last_instant(now);
  rows_->commit();
  rows_.reset();
  for (const auto& [id, before] : before_) {
    if (reader().activation(id)) check(last_[id] = record(id));
  }
  say_effects();
}

/// Of several statuses of one run in one turn the last one counts, as for the shell, which sends
/// one now and then.
void World::say_effects() {
  std::map<core::ActivationId, const core::Effect*> latest;
  for (const core::Effect& effect : effects_) {
    if (const auto* published = std::get_if<core::PublishStatus>(&effect)) {
      latest[published->status.activation] = &effect;
    }
  }
  for (const core::Effect& effect : effects_) {
    check_derived(effect);
    const auto* published = std::get_if<core::PublishStatus>(&effect);
    if (published != nullptr && latest[published->status.activation] != &effect) continue;
    say(effect);
  }
  for (const auto& [kind, count] : counted_) {
    say("(" + std::to_string(count) + " x " + kind + ")");
  }
  counted_.clear();
}

/// Every violation of a committed state, and of the step that led to it.
void World::check(const core::RunRecord& after) {
  auto found = core::check_run(after, plane.self);
  const auto& before = before_[after.activation.id];
  if (only_) {
    auto untold = core::check_transitions(*only_, before, after);
    std::move(untold.begin(), untold.end(), std::back_inserter(found));
  }
  if (before) {
    for (core::Violation& violation : core::check_step(*before, after)) found.push_back(violation);
    const bool changed = refused_ && dump_run(*before) != dump_run(after);
    if (changed)
      found.push_back({"I7", "what was refused changed run " + after.activation.id.text()});
  }
  note(found);
}

/// I1: what leaves is derived from a committed row.
void World::check_derived(const core::Effect& effect) {
  const auto id = task_of(effect);
  if (id && !task_keys_.contains(*id))
    broken_.push_back("I1: no row for " + to_line(*this, effect));
}

bool World::load(core::Slice& slice, const core::ActivationId& id) {
  slice.activation = rows_->activation(id);
  if (!slice.activation) return false;
  if (slice.activation->run > 0) slice.run = rows_->stage_run(id, slice.activation->run);
  if (!slice.activation->hash.empty()) slice.campaign = campaign(slice.activation->hash);
  touch(id);
  return true;
}

bool World::load(core::Slice& slice, const core::TaskKey& key) {
  if (!load(slice, key.activation)) return false;
  slice.task = rows_->task(key);
  if (key.run != slice.activation->run) slice.run = rows_->stage_run(key.activation, key.run);
  return slice.task.has_value();
}

void World::load_commanded(core::Slice& slice, const core::PlaneName& origin,
                           const core::TaskId& id) {
  slice.activation = rows_->commanded(origin, id);
  if (!slice.activation) return;
  touch(slice.activation->id);
  if (slice.activation->run == 0) return;
  slice.run = rows_->stage_run(slice.activation->id, slice.activation->run);
  slice.task = rows_->task({slice.activation->id, slice.activation->run, 0});
}

void World::touch(const core::ActivationId& id) {
  if (before_.contains(id)) return;
  const auto last = last_.find(id);
  before_[id] = last == last_.end() ? std::nullopt : std::optional(std::move(last->second));
}

void World::apply(core::Slice& slice, const core::Event& event) {
  transitions_.applying(slice, event);
  only_ = applied_ ? std::nullopt : std::optional(transitions_.meeting());
  core::Outcome outcome = core::apply(slice, event);
  if (const auto wrong = transitions_.applied(slice)) {
    broken_.push_back(wrong->rule + ": " + wrong->text);
  }
  if (slice.activation) touch(slice.activation->id);
  refused_ = outcome.refused && (refused_ || !applied_);
  applied_ = true;
  if (outcome.answer) say("answer " + to_text(*outcome.answer));
  if (outcome.refused) {
    say("refused " + std::to_string(outcome.refused->status) + " " + outcome.refused->message);
  }
  std::move(outcome.effects.begin(), outcome.effects.end(), std::back_inserter(effects_));
}

core::CampaignPtr World::campaign(const std::string& hash) {
  auto& cached = campaigns_[hash];
  if (cached) return cached;
  const auto row = rows_->by_hash(hash);
  if (!row) throw std::runtime_error("no campaign " + hash);
  auto loaded = campaign::load_canonical(row->document, *plane.providers);
  if (!loaded) throw std::runtime_error("campaign " + hash + ": " + loaded.error().message);
  return cached = *loaded;
}

bool World::fire_due() {
  bool any = false;
  turn([&] {
    for (const store::Due& due : rows_->due(now, core::limits::batch_events)) {
      any = true;
      core::Slice woken = slice();
      const bool loaded = due.task ? load(woken, *due.task) : load(woken, due.activation);
      if (!loaded) throw std::runtime_error("something is due that is not there");
      apply(woken, core::DueReached{});
    }
  });
  return any;
}

void World::advance(core::Duration time) {
  const core::Instant target = now + time;
  for (int turns = 0;; ++turns) {
    if (turns == most_turns) throw std::runtime_error("there is always something due");
    const auto due = store().begin()->next_due();
    if (!due || *due > target) break;
    now = std::max(now, *due);
    say("at " + since_start(now) + ":");
    fire_due();
  }
  now = target;
}

void World::restart() {
  campaigns_.clear();
  reader_.reset();
  auto old = std::move(store_);
  store_ = open_(plane.self, std::move(old));
}

void World::recover() {
  const auto rows = store().begin();
  for (const core::Task& task : rows->local_work(std::nullopt, page_items)) {
    const auto* info = plane.providers->find(task.provider);
    if (info == nullptr || info->executor != core::Executor::worker) continue;
    say("take up work " + name_of(task.key));
    if (task.state == core::TaskState::cancelling) say("stop work " + name_of(task.key));
  }
  for (const core::PlaneName& site : rows->owing_sites()) {
    std::string owed;
    for (const core::Task& task : rows->owed(site, std::nullopt, page_items)) {
      owed += " " + name_of(task.key);
      if (task.state == core::TaskState::cancelling) owed += " (cancel)";
    }
    say("owed to " + site.text() + ":" + owed);
  }
}

void World::settle() {
  constexpr core::Duration far = core::days(400);
  now = now + far;
  for (int turns = 0; fire_due(); ++turns) {
    if (turns < most_turns) continue;
    broken_.push_back("L1: time passes, and something is always due");
    return;
  }
  if (store().begin()->next_due()) return settle();
  const core::PlaneRecord besides = plane_record();
  note(core::check_plane(besides));
  std::vector<core::RunRecord> runs;
  for (const core::ActivationId& id : all_runs()) {
    runs.push_back(record(id));
    note(core::check_run_in(besides, runs.back()));
    note(core::check_texts(runs.back()));
    if (!rests(runs.back()))
      broken_.push_back("L1: " + name_of(id) + " waits for nothing that has a name");
  }
  note(core::check_across(runs));
}

/// It has ended, or waits for an operator.
bool World::rests(const core::RunRecord& run) const {
  if (core::ended(run.activation.state)) return true;
  const auto last = run.runs.empty() ? std::nullopt : std::optional(run.runs.back());
  return run.activation.state == core::ActivationState::paused &&
         !core::status_of(run.activation, last).waits_for.empty();
}

core::PlaneRecord World::plane_record() {
  core::PlaneRecord record;
  record.versions = store::load_versions(reader(), [&](const core::CampaignVersion& row) {
    return campaign::load_canonical(row.document, *plane.providers);
  });
  const auto rows = store().begin();
  record.triggers = rows->triggers();
  record.last_instant = rows->last_instant();
  return record;
}

void World::note(const std::vector<core::Violation>& found) {
  for (const core::Violation& violation : found) {
    broken_.push_back(violation.rule + ": " + violation.text);
  }
}

void World::say(const std::string& line) {
  said_ += line + "\n";
}

void World::say(const core::Effect& effect) {
  const std::string kind = kind_of(effect);
  if (unheard.contains(kind)) return;
  if (quiet.contains(kind)) {
    ++counted_[kind];
  } else {
    say(to_line(*this, effect));
  }
}

std::string World::take_said() {
  return std::exchange(said_, {});
}

std::string World::dump() {
  std::string text;
  for (const core::ActivationId& id : all_runs()) text += dump_run(record(id));
  return text;
}

std::vector<core::ActivationId> World::all_runs() {
  std::vector<core::ActivationId> runs;
  store::each_activation(reader(), [&](const core::Activation& run) { runs.push_back(run.id); });
  std::sort(runs.begin(), runs.end());
  return runs;
}

core::RunRecord World::record(const core::ActivationId& id) {
  core::RunRecord record = store::load_record(reader(), id);
  const core::Activation& activation = record.activation;
  run_names_[id] = activation.origin.empty()
                       ? id.text()
                       : activation.origin.text() + ":" + activation.task_id.text();
  for (const core::Task& task : record.tasks) task_keys_[task.id] = task.key;
  return record;
}

std::string World::name_of(const core::ActivationId& id) {
  const auto found = run_names_.find(id);
  return found == run_names_.end() ? id.text() : found->second;
}

std::string World::name_of(const core::TaskKey& key) {
  return name_of(key.activation) + "/" + std::to_string(key.run) + "/" +
         std::to_string(key.ordinal);
}

std::string World::name_of(const core::TaskId& id) const {
  const auto found = task_keys_.find(id);
  if (found == task_keys_.end()) return id.text();
  const core::TaskKey& key = found->second;
  return run_names_.at(key.activation) + "/" + std::to_string(key.run) + "/" +
         std::to_string(key.ordinal);
}

std::optional<core::ActivationId> World::find_run(const std::string& name) {
  for (const auto& [id, known] : run_names_) {
    if (known == name) return id;
  }
  return std::nullopt;
}

std::optional<core::TaskKey> World::find_task(const std::string& name) {
  const auto second = name.rfind('/');
  const auto first =
      second == std::string::npos || second == 0 ? std::string::npos : name.rfind('/', second - 1);
  if (first == std::string::npos) return std::nullopt;
  const auto run = find_run(name.substr(0, first));
  if (!run) return std::nullopt;
  return core::TaskKey{*run, std::stoll(name.substr(first + 1)),
                       std::stoll(name.substr(second + 1))};
}

}  // namespace antiphon::scenarios
