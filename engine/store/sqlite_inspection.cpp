// SPDX-License-Identifier: MIT
#include "engine/store/sqlite_inspection.hpp"

#include <limits>

#include "engine/core/limits.hpp"
#include "engine/store/sqlite_error.hpp"
#include "engine/store/sqlite_rows.hpp"

namespace antiphon::store {
namespace {

constexpr int keys_of_page = 500;
constexpr const char* integrity = "PRAGMA integrity_check(100)";

/// Rows are bound to their activation by a number, which the schema does not hold them to.
std::string strays_of(const char* table) {
  return std::string("SELECT count(*) FROM ") + table +
         " AS row WHERE NOT EXISTS (SELECT 1 FROM activation AS a WHERE a.key = row.activation)";
}

constexpr const char* outputs_of_no_stage =
    "SELECT count(*) FROM stage_output AS o JOIN activation AS a ON a.key = o.activation "
    "WHERE NOT EXISTS (SELECT 1 FROM stage_run AS r "
    "WHERE r.activation = o.activation AND r.stage = o.stage)";

}  // namespace

std::string bare_text(const StoreError& error, const std::string& path) {
  std::string text = error.what();
  if (const std::string head = "store '" + path + "': "; text.starts_with(head)) {
    text.erase(0, head.size());
  }
  const auto advice = text.find(std::string("; ") + corrupt_hint);
  return text.substr(0, advice);
}

SqliteInspection::SqliteInspection(const std::string& path, const VerifyHooks& hooks)
    : hooks_(hooks),
      connection_(path, Connection::Access::untouched),
      reader_(path, Connection::Access::untouched) {}

void SqliteInspection::check(Verified& verified) {
  check_file();
  if (!read_meta(verified)) return;
  check_strays();
  check_besides(verified);
  check_objects(verified);
  check_lanes();
  check_seen();
  check_rejects();
  check_runs(verified);
}

template <class Body>
bool SqliteInspection::readable(const std::string& what, Body body) {
  try {
    body();
    return true;
  } catch (const StoreError& error) {
    found("rows", what + " cannot be read: " + bare_text(error, connection_.path()));
    return false;
  }
}

void SqliteInspection::found(const std::vector<core::Violation>& violations,
                             const std::string& run) {
  for (const core::Violation& violation : violations) {
    hooks_.found({violation.rule, run, violation.text});
  }
}

void SqliteInspection::check_file() {
  readable("the file's pages", [&] {
    for (std::string& line : connection_.lines(integrity)) {
      if (line != "ok") found("file", std::move(line));
    }
    for (const std::string& line : connection_.lines("PRAGMA foreign_key_check")) {
      found("file", "a row refers to one that is not there: " + line);
    }
  });
}

/// False: without it the rest cannot be judged.
bool SqliteInspection::read_meta(Verified& verified) {
  bool there = false;
  const bool read = readable("what the store knows of itself", [&] {
    Statement meta = connection_.prepared(Query::meta_select);
    there = meta.step();
    if (!there) return;
    meta.read(verified.plane);
    meta.text();  // journal
    meta.text();  // client secret
    meta.number();
    verified.clean = meta.flag();
    Statement last = connection_.prepared(Query::instant_select);
    last.step();
    plane_.last_instant = last.instant();
  });
  if (!read) return false;
  if (there) return true;
  // A plane that was killed right after it had made the tables leaves none, and nothing else.
  count("rows", "SELECT count(*) FROM activation",
        "nothing says which plane's store it is, so nothing else was checked; runs in it");
  return false;
}

void SqliteInspection::count(const char* rule, const std::string& sql, const std::string& what) {
  readable("the rows of a table", [&] {
    const std::int64_t rows = connection_.number(sql);
    if (rows > 0) found(rule, what + ": " + std::to_string(rows));
  });
}

void SqliteInspection::check_strays() {
  count("rows", strays_of("stage_run"), "stage runs that belong to no run");
  count("rows", strays_of("task"), "tasks that belong to no run");
  count("rows", strays_of("stage_output"), "outputs that belong to no run");
  count("rows", strays_of("work_log"), "logs that belong to no run");
  count("rows", "SELECT count(*) FROM lane_event WHERE lane NOT IN (SELECT id FROM lane)",
        "messages that wait in no lane");
  count("rows", outputs_of_no_stage, "outputs of stages that were never opened");
}

void SqliteInspection::check_besides(Verified& verified) {
  versions_known_ = readable("the campaign versions", [&] {
    plane_.versions = load_versions(reader_, hooks_.read_document);
  });
  const bool triggers_known = readable("the triggers", [&] {
    Statement rows = connection_.prepared(Query::triggers_select);
    while (rows.step()) plane_.triggers.push_back(read_trigger(rows));
  });
  verified.versions = static_cast<std::int64_t>(plane_.versions.size());
  verified.triggers = static_cast<std::int64_t>(plane_.triggers.size());
  if (versions_known_ && triggers_known) found(core::check_plane(plane_));
  readable("the sites", [&] {
    for (Page page{{}, keys_of_page};;) {
      const auto sites = reader_.sites(page);
      if (sites.empty()) return;
      page.after = sites.back().name.text();
    }
  });
}

void SqliteInspection::check_objects(Verified& verified) {
  readable("the objects of the registry", [&] {
    Statement all = connection_.prepared(Query::objects_behind);
    all.bind(std::string(), std::string(), std::string(), std::int64_t{-1});
    while (all.step()) {
      const core::Object object = read_object(all);
      if (!object.deleted_at) ++verified.objects;
      found(core::check_object(object, plane_.last_instant));
    }
    if (verified.objects > static_cast<std::int64_t>(core::limits::objects)) {
      found("I8", std::to_string(verified.objects) + " objects are kept, more than " +
                      std::to_string(core::limits::objects));
    }
  });
}

core::LaneRecord SqliteInspection::lane_record(core::Lane lane) {
  core::LaneRecord record{std::move(lane), {}, false};
  for (const bool ready : {false, true}) {
    Statement events = connection_.prepared(Query::lane_events_select);
    events.bind(record.lane.id, ready, std::int64_t{-1});
    while (events.step()) record.events.push_back(read_lane_event(events, ready));
  }
  const auto run = reader_.activation(record.lane.activation);
  record.busy = run && !core::ended(run->state);
  return record;
}

std::vector<core::Lane> SqliteInspection::next_lanes(const std::string& after) {
  std::vector<core::Lane> found;
  Statement page = connection_.prepared(Query::lanes_after);
  page.bind(after, std::int64_t{keys_of_page});
  while (page.step()) found.push_back(read_lane(page));
  return found;
}

void SqliteInspection::check_lanes() {
  readable("the lanes of triggers", [&] {
    core::LaneLoad load;
    for (auto page = next_lanes({}); !page.empty(); page = next_lanes(page.back().id)) {
      for (const core::Lane& lane : page) {
        const core::LaneLoad one = core::load_of(lane);
        load = {load.lanes + 1, load.events + one.events, load.bytes + one.bytes};
        found(core::check_lane(lane_record(lane)));
      }
    }
    found(core::check_lanes(load));
  });
}

/// What is tried a second time in cautious mode is remembered, as one digit, outside of the
/// transactions that move the last instant.
void SqliteInspection::check_seen() {
  const auto latest = plane_.last_instant + core::limits::identity_lifetime;
  count("I2",
        "SELECT count(*) FROM seen WHERE length(answer) <> 1 AND expires > " +
            std::to_string(latest.ms),
        "requests that are remembered for longer than they may be");
  count("texts",
        "SELECT count(*) FROM seen WHERE length(answer) > 0 AND "
        "NOT json_valid(CAST(answer AS TEXT))",
        "answers to requests that cannot be read");
}

void SqliteInspection::check_rejects() {
  readable("what was refused", [&] {
    std::int64_t rows = 0;
    for (Page page{{}, keys_of_page};;) {
      const auto rejects = reader_.rejects(page);
      if (rejects.empty()) break;
      rows += static_cast<std::int64_t>(rejects.size());
      page.after = std::to_string(rejects.back().seq);
    }
    if (rows > core::limits::kept_rejects) {
      found("I8", std::to_string(rows) + " refused messages are kept, more than " +
                      std::to_string(core::limits::kept_rejects));
    }
  });
}

/// The next runs after the one with key `last`, which becomes theirs.
std::vector<SqliteInspection::Place> SqliteInspection::next_runs(ActivationKey& last) {
  std::vector<Place> places;
  Statement page = connection_.prepared(Query::activation_keys);
  page.bind(last, keys_of_page);
  while (page.step()) {
    last = page.number();
    places.push_back({last, page.text()});
  }
  return places;
}

void SqliteInspection::check_runs(Verified& verified) {
  readable("the list of runs", [&] {
    const std::int64_t all = connection_.number("SELECT count(*) FROM activation");
    auto last = std::numeric_limits<ActivationKey>::min();
    for (auto places = next_runs(last); !places.empty(); places = next_runs(last)) {
      for (const Place& place : places) {
        check_run(place, verified);
        hooks_.progress(++verified.runs, all);
      }
    }
  });
}

void SqliteInspection::check_run(const Place& place, Verified& verified) {
  const std::string& id = place.id;
  const auto name = core::ActivationId::parse(id);
  if (!name) return found("rows", "run '" + id + "': " + name.error().message);
  try {
    const core::RunRecord record = load_record(reader_, *name);
    verified.stage_runs += static_cast<std::int64_t>(record.runs.size());
    verified.tasks += static_cast<std::int64_t>(record.tasks.size());
    const auto unreadable = core::check_texts(record);
    found(unreadable, id);
    if (!unreadable.empty()) return;
    found(core::check_run(record, verified.plane), id);
    if (versions_known_) found(core::check_run_in(plane_, record), id);
    check_dues(place.key, record);
  } catch (const StoreError& error) {
    hooks_.found(
        {"rows", id, "run " + id + " cannot be read: " + bare_text(error, connection_.path())});
  }
}

/// A timer goes by the task's due column, which follows from its other ones.
void SqliteInspection::check_dues(ActivationKey key, const core::RunRecord& record) {
  Statement rows = connection_.prepared(Query::task_dues);
  rows.bind(key);
  for (const core::Task& one : record.tasks) {
    const bool same = rows.step() && rows.maybe_instant() == core::due_at(one);
    if (same) continue;
    hooks_.found({"waits", record.activation.id.text(),
                  "run " + record.activation.id.text() + ", stage run " +
                      std::to_string(one.key.run) + ", task " + std::to_string(one.key.ordinal) +
                      " (" + one.context + "): is woken at another instant than it waits for"});
  }
}

}  // namespace antiphon::store
