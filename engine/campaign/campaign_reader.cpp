// SPDX-License-Identifier: MIT
#include "engine/campaign/campaign_reader.hpp"

#include <set>
#include <utility>

#include "engine/campaign/nearest.hpp"
#include "engine/campaign/stage_reader.hpp"
#include "engine/campaign/trigger_reader.hpp"
#include "engine/campaign/version_reference.hpp"
#include "engine/core/compat.hpp"

namespace antiphon::campaign {
namespace {

std::vector<std::string> stage_names(const core::Campaign& campaign) {
  std::vector<std::string> names;
  for (const auto& [name, stage] : campaign.stages) names.push_back(name);
  return names;
}

/// A selector without expression is known to fail if it names no stage.
void check_selectors(Fields& spec, const std::vector<ReadStage>& stages,
                     const core::Campaign& campaign) {
  const std::vector<std::string> names = stage_names(campaign);
  for (const ReadStage& stage : stages) {
    const std::string& next = stage.literal_selector;
    if (next.empty() || campaign.stages.contains(next)) continue;
    const std::string path = child_path(spec.path("stages"), stage.spec.name) + ".stageSelector";
    spec.problems().add(stage.selector_at, path, "there is no stage " + in_quotes(next),
                        spec.problems().full() ? "" : nearest_hint(next, names));
  }
}

void read_stages(Fields& spec, const core::Providers& providers, core::Campaign& campaign) {
  const bool given = spec.node("stages") != nullptr;
  const Node* map = spec.map("stages");
  if (!given || (map && map->members.empty())) {
    spec.problem("stages", "the campaign has no stages",
                 "a document without stages is a container: leave its spec empty");
  }
  if (!map) return;
  auto canonical = core::Value::object();
  std::vector<ReadStage> stages;
  for (const Member& member : map->members) {
    stages.push_back(read_stage(member, child_path(spec.path("stages"), member.name), providers,
                                spec.problems()));
    canonical[member.name] = std::move(stages.back().canonical);
    campaign.stages[member.name] = stages.back().spec;
  }
  check_selectors(spec, stages, campaign);
  spec.put("stages", std::move(canonical));
}

void read_first_stage(Fields& spec, core::Campaign& campaign) {
  const bool given = spec.node("firstStage") != nullptr;
  campaign.first_stage = spec.text("firstStage").value_or("");
  if (campaign.stages.empty()) return;
  if (campaign.first_stage.empty()) {
    if (!given) spec.missing("firstStage", "name the stage that a run begins with");
    if (given) spec.problem("firstStage", "names no stage");
  } else if (!campaign.stages.contains(campaign.first_stage)) {
    spec.problem("firstStage", "there is no stage " + in_quotes(campaign.first_stage),
                 nearest_hint(campaign.first_stage, stage_names(campaign)));
  }
}

bool read_compat(Fields& spec) {
  const auto text = spec.text("compat");
  if (!text || text->empty()) return false;
  if (*text == core::compat::symphony) return true;
  spec.problem("compat", "there is no compat " + in_quotes(*text),
               "it is " + std::string(core::compat::symphony) + ", or left out");
  return false;
}

void read_object_name(const Metadata& metadata, Problems& problems, core::Campaign& campaign) {
  if (metadata.name.empty()) {
    problems.add(metadata.name_at, name_path, "is missing");
  } else if (const auto named = parse_reference(metadata.name); !named) {
    problems.add(metadata.name_at, name_path, named.error().message, named.error().hint);
  } else {
    campaign.name = named->campaign;
    campaign.version = named->version;
  }
}

/// The names that the document gives: by metadata.name, and again by `version` and `rootResource`.
void read_names(Fields& spec, const Metadata& metadata, core::Campaign& campaign) {
  campaign.name_space = metadata.name_space;
  campaign.labels = metadata.labels;
  read_object_name(metadata, spec.problems(), campaign);
  if (const auto text = spec.text("version"); text && !text->empty()) {
    const auto version = parse_version(*text);
    if (!version) {
      spec.problem("version", version.error().message, version.error().hint);
    } else if (!campaign.version.empty() && campaign.version != *version) {
      spec.problem("version", "the version is " + in_quotes(*text) + ", but metadata.name says " +
                                  in_quotes(campaign.version.text()));
    } else {
      campaign.version = *version;
    }
  }
  if (campaign.version.empty()) campaign.version = *core::VersionName::parse("1");
  const auto root = spec.text("rootResource");
  if (root && !root->empty() && !campaign.name.empty() && *root != campaign.name.text()) {
    spec.problem("rootResource", "the campaign is " + in_quotes(*root) +
                                     ", but metadata.name says " + in_quotes(campaign.name.text()));
  }
}

void read_triggers(Fields& spec, core::Campaign& campaign) {
  const Node* list = spec.list("triggers");
  if (!list) return;
  auto canonical = core::Value::array();
  std::set<std::string> names;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const Node& item = *list->items[i];
    Fields fields(&item, item.at, child_path(spec.path("triggers"), i), spec.problems());
    campaign.triggers.push_back(read_trigger(fields, names));
    canonical.push_back(fields.finish());
  }
  spec.put("triggers", std::move(canonical));
}

}  // namespace

core::CampaignPtr read_campaign(Fields& document, const Metadata& metadata,
                                const core::Providers& providers) {
  const std::size_t before = document.problems().count();
  const Node* node = document.node("spec");
  Fields spec(node, node ? node->at : document.at(), document.path("spec"), document.problems());
  auto campaign = std::make_shared<core::Campaign>();
  read_names(spec, metadata, *campaign);
  read_stages(spec, providers, *campaign);
  read_first_stage(spec, *campaign);
  campaign->self_driving = spec.flag("selfDriving").value_or(true);
  read_triggers(spec, *campaign);
  spec.not_supported({"inputs", "maxStageRunsPerMinute", "history", "retention"});
  campaign->compat = read_compat(spec);
  document.put("spec", spec.finish());
  if (document.problems().count() != before) return nullptr;
  return campaign;
}

}  // namespace antiphon::campaign
