// SPDX-License-Identifier: MIT
#include "engine/core/invariants_plane.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/core/findings.hpp"

namespace antiphon::core {
static std::string named(const CampaignName& campaign, const Namespace& name_space) {
  return "campaign " + campaign.text() +
         (name_space.text() == "default" ? "" : " in namespace " + name_space.text());
}
// Outside the unnamed namespace: there Findings would not find them.
static std::string where(const VersionRecord& version) {
  return named(version.name, version.name_space) + ", version " + version.version.text();
}
static std::string where(const TriggerRow& trigger) {
  return named(trigger.campaign, trigger.name_space) + ", trigger " + trigger.name;
}

namespace {

using Campaigns = std::pair<Namespace, CampaignName>;

/// The hash of the version of each campaign that was applied last.
std::map<Campaigns, std::string> newest_of(const PlaneRecord& plane) {
  std::map<Campaigns, std::string> newest;
  for (const auto& [hash, version] : plane.versions) {
    auto& last = newest[{version.name_space, version.name}];
    if (last.empty() || plane.versions.at(last).applied_seq < version.applied_seq) last = hash;
  }
  return newest;
}

void check_versions(Findings& findings, const PlaneRecord& plane) {
  std::set<std::int64_t> places;
  std::set<std::tuple<Namespace, CampaignName, VersionName>> names;
  for (const auto& [hash, version] : plane.versions) {
    findings.expect(version.problem.empty(), "versions", version,
                    ("its document cannot be used: " + version.problem).c_str());
    findings.expect(places.insert(version.applied_seq).second, "versions", version,
                    "was applied at the same place as another");
    findings.expect(names.emplace(version.name_space, version.name, version.version).second,
                    "versions", version, "is stored twice");
    findings.expect(version.applied_at <= plane.last_instant, "time", version,
                    "was applied after the last commit");
  }
}

void check_trigger(Findings& findings, const PlaneRecord& plane, const TriggerRow& trigger,
                   const std::string& newest) {
  const auto found = plane.versions.find(trigger.hash);
  findings.expect(found != plane.versions.end(), "triggers", trigger,
                  "is of a version that is not stored");
  if (found == plane.versions.end()) return;
  const VersionRecord& version = found->second;
  findings.expect(trigger.hash == newest, "triggers", trigger,
                  "is not of the version that was applied last");
  if (!version.problem.empty()) return;
  const auto spec = version.triggers.find(trigger.name);
  findings.expect(spec != version.triggers.end() && spec->second == trigger.filter, "triggers",
                  trigger, "is not what its version's document says");
}

void check_triggers(Findings& findings, const PlaneRecord& plane) {
  const auto newest = newest_of(plane);
  std::set<std::pair<std::string, std::string>> in_force;
  for (const TriggerRow& trigger : plane.triggers) {
    const auto last = newest.find({trigger.name_space, trigger.campaign});
    check_trigger(findings, plane, trigger, last == newest.end() ? std::string() : last->second);
    in_force.emplace(trigger.hash, trigger.name);
  }
  for (const auto& [campaign, hash] : newest) {
    const VersionRecord& version = plane.versions.at(hash);
    const bool all =
        std::all_of(version.triggers.begin(), version.triggers.end(), [&, &key = hash](auto& one) {
          return in_force.contains({key, one.first});
        });
    findings.expect(all, "triggers", version, "a trigger of its document is not in force");
  }
}

bool knows_stages(const VersionRecord& version, const RunRecord& record) {
  const auto known = [&](const std::string& stage) {
    return stage.empty() || version.stages.contains(stage);
  };
  return known(record.activation.next_stage) &&
         std::all_of(record.runs.begin(), record.runs.end(), [&](const StageRun& run) {
           return known(run.stage) && known(run.next_stage);
         });
}

}  // namespace

VersionRecord version_record(const CampaignVersion& row, const Result<CampaignPtr>& campaign) {
  VersionRecord record{row.name_space, row.name, row.version, row.applied_seq,
                       row.applied_at, {},       {},          {}};
  if (!campaign) {
    record.problem = campaign.error().message;
    return record;
  }
  for (const auto& [name, stage] : (*campaign)->stages) record.stages.insert(name);
  for (const TriggerSpec& trigger : (*campaign)->triggers) {
    record.triggers[trigger.name] = trigger.filter;
  }
  return record;
}

std::vector<Violation> check_plane(const PlaneRecord& plane) {
  Findings findings;
  check_versions(findings, plane);
  check_triggers(findings, plane);
  return findings.take();
}

std::vector<Violation> check_run_in(const PlaneRecord& plane, const RunRecord& record) {
  Findings findings;
  const Activation& activation = record.activation;
  findings.expect(activation.updated <= plane.last_instant, "time", activation,
                  "changed after the last commit");
  for (const Task& task : record.tasks) {
    findings.expect(!task.settled_at || *task.settled_at <= plane.last_instant, "time", task,
                    "was settled after the last commit");
  }
  if (activation.hash.empty()) return findings.take();
  const auto found = plane.versions.find(activation.hash);
  findings.expect(found != plane.versions.end(), "versions", activation,
                  "its campaign version is not stored");
  if (found == plane.versions.end()) return findings.take();
  const VersionRecord& version = found->second;
  const bool same = version.name_space == activation.name_space &&
                    version.name == activation.campaign && version.version == activation.version;
  findings.expect(same, "versions", activation, "its campaign version has another name");
  findings.expect(!version.problem.empty() || knows_stages(version, record), "versions", activation,
                  "has a stage that its campaign version does not know");
  return findings.take();
}

std::vector<Violation> check_across(const std::vector<RunRecord>& records) {
  Findings findings;
  std::set<std::pair<std::string_view, std::string_view>> commanded;
  std::set<std::string_view> tasks;
  for (const RunRecord& record : records) {
    const Activation& activation = record.activation;
    const bool first =
        activation.origin.empty() ||
        commanded.emplace(activation.origin.text(), activation.task_id.text()).second;
    findings.expect(first, "I6", activation, "its origin's task has another run");
    for (const Task& task : record.tasks) {
      findings.expect(tasks.insert(task.id.text()).second, "I5", task,
                      "has the id of another run's task");
    }
  }
  return findings.take();
}

}  // namespace antiphon::core
