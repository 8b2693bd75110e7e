// SPDX-License-Identifier: MIT
// What is broken between two states of a run, in its texts, and between the rows of a plane.
#include "engine/core/invariants_plane.hpp"
#include "engine/core/limits.hpp"
#include "tests/unit/core_invariants_rows.hpp"

namespace antiphon::core {
namespace {

const std::string version_1 = "campaign hello, version 1";
const std::string version_2 = "campaign hello, version 2";
const std::string trigger = "campaign hello, trigger press";

std::function<std::vector<Violation>()> stepped(RunRecord (*before)(), Fault fault) {
  return [before, fault = std::move(fault)] {
    RunRecord after = before();
    fault(after);
    return check_step(before(), after);
  };
}

CampaignVersion sample_version(const char* name, std::int64_t seq) {
  CampaignVersion row;
  row.name_space = *Namespace::parse("default");
  row.name = *CampaignName::parse("hello");
  row.version = *VersionName::parse(name);
  row.hash = std::string("hash") + (seq == 2 ? "" : name);
  row.applied_seq = seq;
  row.applied_at = start;
  return row;
}

CampaignPtr sample_campaign() {
  auto campaign = std::make_shared<Campaign>();
  for (const char* stage : {"first", "second", "third"}) campaign->stages[stage].name = stage;
  TriggerSpec press;
  press.name = "press";
  press.filter = "plant/+/press";
  campaign->triggers = {press};
  return campaign;
}

/// Two versions of one campaign, the second applied last, with its trigger in force.
PlaneRecord sound_plane() {
  PlaneRecord plane;
  for (const CampaignVersion& row : {sample_version("1", 1), sample_version("2", 2)}) {
    plane.versions[row.hash] = version_record(row, sample_campaign());
  }
  plane.triggers = {{*Namespace::parse("default"),
                     *CampaignName::parse("hello"),
                     "press",
                     "plant/+/press",
                     "hash",
                     true,
                     {}}};
  plane.last_instant = start;
  return plane;
}

std::function<std::vector<Violation>()> in_plane(std::function<void(PlaneRecord&)> fault) {
  return [fault = std::move(fault)] {
    PlaneRecord plane = sound_plane();
    fault(plane);
    return check_plane(plane);
  };
}

RunRecord run_of_plane() {
  RunRecord record = run_between();
  record.activation.name_space = *Namespace::parse("default");
  record.activation.campaign = *CampaignName::parse("hello");
  record.activation.version = *VersionName::parse("2");
  return record;
}

std::function<std::vector<Violation>()> of_plane(Fault fault) {
  return [fault = std::move(fault)] {
    RunRecord record = run_of_plane();
    fault(record);
    return check_run_in(sound_plane(), record);
  };
}

/// Two runs that two commands began; the fault is the second's.
std::function<std::vector<Violation>()> beside(Fault fault) {
  return [fault = std::move(fault)] {
    RunRecord other = commanded_run();
    other.activation.id = *ActivationId::parse("a2");
    other.activation.task_id = *TaskId::parse("t2");
    for (Task& task : other.tasks) {
      task.id = *TaskId::parse("other" + std::to_string(task.key.run));
      task.key.activation = other.activation.id;
    }
    fault(other);
    return check_across({commanded_run(), other});
  };
}

std::vector<Broken> broken_versions() {
  return {
      {"versions", version_1, "its document cannot be used: it was changed",
       in_plane([](PlaneRecord& p) {
         p.versions["hash1"] =
             version_record(sample_version("1", 1), failure(400, "it was changed"));
       })},
      {"versions", version_2, "its document cannot be used: it was changed",
       in_plane([](PlaneRecord& p) {
         p.versions["hash"] =
             version_record(sample_version("2", 2), failure(400, "it was changed"));
       })},
      {"versions", version_1, "was applied at the same place as another",
       in_plane([](PlaneRecord& p) { p.versions["hash1"].applied_seq = 2; })},
      {"versions", version_2, "is stored twice",
       in_plane([](PlaneRecord& p) { p.versions["hash1"].version = *VersionName::parse("2"); })},
      {"time", version_1, "was applied after the last commit",
       in_plane([](PlaneRecord& p) { p.versions["hash1"].applied_at = start + seconds(1); })},
      {"triggers", trigger, "is of a version that is not stored",
       in_plane([](PlaneRecord& p) { p.triggers[0].hash = "gone"; }), 1},
      {"triggers", trigger, "is not of the version that was applied last",
       in_plane([](PlaneRecord& p) { p.triggers[0].hash = "hash1"; }), 1},
      {"triggers", trigger, "is not what its version's document says",
       in_plane([](PlaneRecord& p) { p.triggers[0].filter = "#"; })},
      {"triggers", "campaign hello, trigger knock", "is not what its version's document says",
       in_plane([](PlaneRecord& p) { p.triggers[0].name = "knock"; }), 1},
      {"triggers", "campaign hello in namespace plant, trigger press",
       "is not of the version that was applied last",
       in_plane([](PlaneRecord& p) { p.triggers[0].name_space = *Namespace::parse("plant"); })},
      {"triggers", version_2, "a trigger of its document is not in force",
       in_plane([](PlaneRecord& p) { p.triggers.clear(); })},
  };
}

std::vector<Broken> broken_between_rows() {
  return {
      {"time", at::run, "changed after the last commit",
       of_plane([](RunRecord& r) { r.activation.updated = start + seconds(1); })},
      {"time", at::task(1, 0), "was settled after the last commit",
       of_plane([](RunRecord& r) { r.tasks[0].settled_at = start + seconds(1); })},
      {"versions", at::run, "its campaign version is not stored",
       of_plane([](RunRecord& r) { r.activation.hash = "gone"; })},
      {"versions", at::run, "its campaign version has another name",
       of_plane([](RunRecord& r) { r.activation.hash = "hash1"; })},
      {"versions", at::run, "has a stage that its campaign version does not know",
       of_plane([](RunRecord& r) { r.activation.next_stage = "fourth"; })},
      {"versions", at::run, "has a stage that its campaign version does not know",
       of_plane([](RunRecord& r) { r.runs[0].stage = "zeroth"; })},
      {"I6", "run a2", "its origin's task has another run",
       beside([](RunRecord& r) { r.activation.task_id = *TaskId::parse("t1"); })},
      {"I5", "run a2, stage run 1, task 0 (site0)", "has the id of another run's task",
       beside([](RunRecord& r) { r.tasks[0].id = *TaskId::parse("id20"); })},
  };
}

}  // namespace

std::vector<Broken> broken_steps() {
  const auto step = [](Fault fault) { return stepped(open_run, std::move(fault)); };
  return {
      {"I5", at::run, "its seq went back", step([](RunRecord& r) { r.activation.seq = -1; })},
      {"time", at::run, "its time went back",
       step([](RunRecord& r) { r.activation.updated = {1}; })},
      {"I4", at::run, "its stage runs went back", step([](RunRecord& r) { r.activation.run = 1; })},
      {"I5", at::run, "its campaign version or its inputs changed",
       step([](RunRecord& r) { r.activation.hash = "other"; })},
      {"I5", at::run, "its campaign version or its inputs changed",
       step([](RunRecord& r) { r.activation.inputs = R"({"a":1})"; })},
      {"I6", at::run, "its origin or its origin's task changed",
       stepped(commanded_run, [](RunRecord& r) { r.activation.task_id = *TaskId::parse("t2"); })},
      {"I8", at::run, "opened too many stages at once",
       step([](RunRecord& r) { r.activation.run = 4 + limits::inline_stage_runs; })},
      {"I5", at::run, "had ended, and goes on",
       stepped(ended_run, [](RunRecord& r) { r.activation.state = ActivationState::running; })},
      {"I5", at::run, "was being cancelled, and is no longer",
       [] {
         RunRecord before = open_run();
         before.activation.state = ActivationState::cancelling;
         return check_step(before, open_run());
       }},
      {"I5", at::run, "a stage run is gone", step([](RunRecord& r) { r.runs.pop_back(); })},
      {"I5", at::first, "had ended, and changed",
       step([](RunRecord& r) { r.runs[0].next_stage = "third"; })},
      {"I5", at::task(2, 1), "is gone", step([](RunRecord& r) { r.tasks.pop_back(); })},
      {"I5", at::task(2, 1), "became another task",
       step([](RunRecord& r) { r.tasks[3].site = *PlaneName::parse("site0"); })},
      {"I5", at::task(1, 0), "was settled twice",
       step([](RunRecord& r) { r.tasks[0].outputs = "{}"; })},
      {"I5", at::task(1, 0), "was settled twice",
       step([](RunRecord& r) { r.tasks[0].state = TaskState::failed; })},
      {"I6", at::task(2, 1), "its attempt went back",
       step([](RunRecord& r) { r.tasks[3].attempt = 0; })},
      {"I6", at::task(2, 1), "its polls went back",
       step([](RunRecord& r) { r.tasks[3].polls = -1; })},
  };
}

std::vector<Broken> broken_texts() {
  const auto read = [](Fault fault) {
    return [fault = std::move(fault)] {
      RunRecord record = open_run();
      fault(record);
      return check_texts(record);
    };
  };
  return {
      {"texts", at::run, "its labels and annotations cannot be read",
       read([](RunRecord& r) { r.activation.metadata = "[1]"; })},
      {"texts", at::run, "its inputs cannot be read",
       read([](RunRecord& r) { r.activation.inputs = "{"; })},
      {"I8", at::run, "keeps more signals than it may", read([](RunRecord& r) {
         r.activation.signals = std::string(limits::kept_signal_bytes + 1, 'x');
       })},
      {"texts", at::run, "what its inputs were given cannot be read",
       read([](RunRecord& r) { r.activation.given_inputs = "[1]"; })},
      {"texts", at::second, "what its outputs were given cannot be read",
       read([](RunRecord& r) { r.runs[1].given_outputs = "[1]"; })},
      {"texts", at::run, "the message that started it cannot be read",
       read([](RunRecord& r) { r.activation.trigger = R"({"topic":"a"})"; })},
      {"texts", at::second, "its inputs cannot be read",
       read([](RunRecord& r) { r.runs[1].inputs = "[]"; })},
      {"texts", at::second, "its contexts cannot be read",
       read([](RunRecord& r) { r.runs[1].contexts = "[1]"; })},
      {"texts", at::second, "its contexts cannot be read",
       read([](RunRecord& r) { r.runs[1].contexts = R"("a")"; })},
      {"texts", at::task(2, 1), "what was asked for cannot be read",
       read([](RunRecord& r) { r.tasks[3].request.clear(); })},
      {"texts", at::task(2, 1), "what was asked for cannot be read",
       read([](RunRecord& r) { r.tasks[3].request = R"({"config":{}})"; })},
      {"texts", at::task(2, 1), "its outputs cannot be read",
       read([](RunRecord& r) { r.tasks[3].outputs = R"({"a":1)"; })},
      {"texts", "run a1, outputs of stage first", "cannot be read",
       read([](RunRecord& r) { r.outputs["first"].outputs.clear(); })},
  };
}

std::vector<Broken> broken_objects() {
  const auto faulty = [](const std::function<void(Object&)>& fault) {
    return [fault] {
      Object object;
      object.key = *object_key("instance/app");
      object.document = "{}";
      object.author = "ann";
      object.created = object.updated = start;
      fault(object);
      return check_object(object, start);
    };
  };
  const std::string app = "object instance/app";
  return {
      {"objects", "object instance/", "has no whole name",
       faulty([](Object& o) { o.key.name = {}; })},
      {"objects", "object catalogs/app", "its kind has another name",
       faulty([](Object& o) { o.key.kind = *ObjectKind::parse("catalogs"); })},
      {"objects", app, "has no author", faulty([](Object& o) { o.author.clear(); })},
      {"objects", app, "has no generation", faulty([](Object& o) { o.generation = 0; })},
      {"objects", app, "is not named after its origin",
       faulty([](Object& o) { o.origin = *PlaneName::parse("hq"); })},
      {"objects", app, "is gone and has a document",
       faulty([](Object& o) { o.deleted_at = start; })},
      {"objects", app, "has a status that nobody gave", faulty([](Object& o) { o.status = "{}"; })},
      {"I8", app, "is larger than it may be",
       faulty([](Object& o) { o.document = "{" + std::string(limits::object_bytes, ' ') + "}"; })},
      {"texts", app, "its document cannot be read", faulty([](Object& o) { o.document = "[]"; })},
      {"texts", app, "its status cannot be read", faulty([](Object& o) {
         o.status = "{";
         o.status_at = start;
       })},
      {"time", app, "was changed before it came to be",
       faulty([](Object& o) { o.created = start + seconds(1); })},
      {"time", app, "was changed after the last commit",
       faulty([](Object& o) { o.updated = start + seconds(1); })},
      {"time", app, "has a status of after the last commit",
       faulty([](Object& o) { o.status_at = start + seconds(1); })},
      {"time", app, "went and was changed at two times", faulty([](Object& o) {
         o.document.clear();
         o.deleted_at = start + seconds(1);
       })},
  };
}

std::vector<Broken> broken_lanes() {
  const auto faulty = [](const std::function<void(LaneRecord&)>& fault) {
    return [fault] {
      LaneRecord record = sound_lane();
      fault(record);
      return check_lane(record);
    };
  };
  const auto unwoken = [](LaneRecord& r) { r.lane.until = r.lane.due = std::nullopt; };
  const std::string lane = "lane default/hello/press/7";
  return {
      {"lanes", lane, "has other messages than it counts",
       faulty([](LaneRecord& r) { r.lane.waiting_bytes = 3; })},
      {"lanes", lane, "has other messages than it counts",
       faulty([](LaneRecord& r) { r.events.pop_back(); })},
      {"lanes", lane, "has a message of a number that is still to come",
       faulty([](LaneRecord& r) { r.lane.next_seq = 2; })},
      {"lanes", lane, "has nothing in it, and stays", faulty([&](LaneRecord& r) {
         r = {};
         r.lane.id = sound_lane().lane.id;
       })},
      {"I8", lane, "holds more than it may", faulty([](LaneRecord& r) {
         r.lane.waiting = limits::lane_waiting + 1;
         r.lane.waiting_bytes = r.lane.waiting * 2;
         r.events.resize(1);
         for (int i = 0; i <= limits::lane_waiting; ++i)
           r.events.push_back({2, true, "hash", "{}"});
       })},
      {"waits", lane, "is not woken when its time is over",
       faulty([](LaneRecord& r) { r.lane.due.reset(); })},
      {"waits", lane, "is not woken when its time is over",
       faulty([](LaneRecord& r) { r.lane.due = start + seconds(1); })},
      {"waits", lane, "has runs to start, and nothing wakes it", faulty([&](LaneRecord& r) {
         unwoken(r);
         r.busy = false;
         r.lane.activation = {};
       })},
      {"waits", lane, "its run has ended, and nothing wakes it", faulty([&](LaneRecord& r) {
         unwoken(r);
         r.busy = false;
         r.events.pop_back();
         r.lane.waiting = r.lane.waiting_bytes = 0;
       })},
      {"I8", "lanes", "hold more than they may",
       [] {
         return check_lanes({1, limits::lane_events + 1, 1});
       }},
      {"I8", "lanes", "hold more than they may",
       [] {
         return check_lanes({1, 1, limits::lanes_bytes + 1});
       }},
  };
}

std::vector<Broken> broken_planes() {
  std::vector<Broken> all = broken_versions();
  for (Broken& broken : broken_lanes()) all.push_back(std::move(broken));
  for (Broken& broken : broken_objects()) all.push_back(std::move(broken));
  for (Broken& broken : broken_between_rows()) all.push_back(std::move(broken));
  return all;
}

}  // namespace antiphon::core
