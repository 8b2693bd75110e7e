// SPDX-License-Identifier: MIT
#include "engine/runtime/campaigns.hpp"

#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "engine/campaign/trigger_filter.hpp"
#include "engine/core/json.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/entropy.hpp"

namespace antiphon::runtime {
namespace {

using core::Value;

Value problem_value(const campaign::Problem& problem) {
  return {{"file", problem.file},   {"line", problem.line},       {"column", problem.column},
          {"field", problem.field}, {"message", problem.message}, {"hint", problem.hint}};
}

core::Answer refuse(const std::vector<campaign::Problem>& problems) {
  core::Answer answer{core::status::bad_request, campaign::to_text(problems.front()), {}, {}};
  Value list = Value::array();
  for (const auto& problem : problems) list.push_back(problem_value(problem));
  answer.body = core::dump({{"problems", list}});
  return answer;
}

/// Triggers that nothing could fire.
std::vector<campaign::Problem> own_triggers(const core::Campaign& campaign, const std::string& file,
                                            const std::string& topic_root) {
  std::vector<campaign::Problem> problems;
  for (std::size_t i = 0; i < campaign.triggers.size(); ++i) {
    if (!campaign::is_below(campaign.triggers[i].filter, topic_root)) continue;
    campaign::Problem problem;
    problem.file = file;
    problem.field = "spec.triggers[" + std::to_string(i) + "].topic";
    problem.message = "below " + topic_root + "/ planes talk to each other; that starts no run";
    problem.hint = "have the device publish elsewhere";
    problems.push_back(std::move(problem));
  }
  return problems;
}

Value item(std::string_view kind, const std::string& name, std::string_view result) {
  return {{"kind", kind}, {"name", name}, {"result", result}};
}

std::vector<core::TriggerRow> trigger_rows(const core::Campaign& campaign,
                                           const std::string& hash) {
  std::vector<core::TriggerRow> rows;
  for (const core::TriggerSpec& trigger : campaign.triggers) {
    rows.push_back({campaign.name_space, campaign.name, trigger.name, trigger.filter, hash});
  }
  return rows;
}

}  // namespace

core::CampaignPtr Campaigns::keep(const std::string& hash, core::CampaignPtr campaign) {
  if (cache_.size() == kept) {
    cache_.erase(ages_.front());
    ages_.pop_front();
  }
  cache_[hash] = {campaign, ages_.insert(ages_.end(), hash)};
  return campaign;
}

core::CampaignPtr Campaigns::find(store::Transaction& rows, const std::string& hash) {
  if (const auto found = cache_.find(hash); found != cache_.end()) {
    ages_.splice(ages_.end(), ages_, found->second.age);
    return found->second.campaign;
  }
  const auto row = rows.by_hash(hash);
  if (!row) return nullptr;
  auto campaign = campaign::load_canonical(row->document, providers_);
  if (!campaign) {
    spdlog::error("campaign {} {} of the store cannot be read: {}", row->name.text(),
                  row->version.text(), campaign.error().message);
    return nullptr;
  }
  return keep(hash, std::move(*campaign));
}

core::Result<core::CampaignVersion> Campaigns::resolve(store::Transaction& rows,
                                                       const core::Namespace& name_space,
                                                       const core::CampaignName& name,
                                                       const core::VersionName& version) const {
  auto row = version.empty() ? rows.newest(name_space, name)
                             : rows.campaign_version(name_space, name, version);
  if (row) return std::move(*row);
  const std::string what = "campaign " + name.text() +
                           (version.empty() ? "" : " version " + version.text()) +
                           " is not known in namespace " + name_space.text();
  return core::failure(core::status::not_found, what,
                       "apply it first, or see `antiphon get campaigns`");
}

Applied Campaigns::apply(store::Transaction& rows, const core::ApplyRequest& request,
                         core::Instant now, const std::string& topic_root) {
  Applied applied;
  const auto documents = campaign::load(request.document, request.file, providers_);
  if (!documents) {
    applied.answer = refuse(documents.error());
    return applied;
  }
  Value items = Value::array();
  std::vector<std::pair<core::CampaignVersion, const campaign::CampaignDocument*>> fresh;
  for (const auto& document : *documents) {
    if (const auto* run = std::get_if<campaign::ActivationDocument>(&document)) {
      core::ActivateRequest activation;
      activation.asker.user = request.asker.user;
      activation.campaign = run->campaign;
      activation.version = run->version;
      activation.name_space = run->name_space;
      activation.activation = run->id;
      activation.stage = run->stage;
      activation.inputs = run->inputs;
      applied.activations.push_back(std::move(activation));
      items.push_back(item("Activation", run->id.text(), "activated"));
      continue;
    }
    const auto* version = std::get_if<campaign::CampaignDocument>(&document);
    if (version == nullptr) {
      const auto& container = std::get<campaign::ContainerDocument>(document);
      items.push_back(item("Campaign", container.name.text(), "accepted, not needed"));
      continue;
    }
    const core::Campaign& campaign = *version->campaign;
    if (const auto problems = own_triggers(campaign, request.file, topic_root); !problems.empty()) {
      applied.answer = refuse(problems);
      return applied;
    }
    const std::string name = campaign.name.text() + ":" + campaign.version.text();
    const std::string hash = sha256(version->canonical);
    const auto known = rows.campaign_version(campaign.name_space, campaign.name, campaign.version);
    if (known && known->hash != hash) {
      applied.answer = {core::status::conflict,
                        "campaign " + name + " exists with other content",
                        "a version never changes: give the changed document another version",
                        {}};
      return applied;
    }
    fresh.push_back(
        {{campaign.name_space, campaign.name, campaign.version, hash, version->canonical, 0, now},
         version});
    items.push_back(item("CampaignVersion", name, known ? "unchanged" : "applied"));
    items.back()["hash"] = hash;
  }
  std::int64_t seq = rows.last_applied_seq();
  for (auto& [row, document] : fresh) {
    row.applied_seq = ++seq;
    if (rows.campaign_version(row.name_space, row.name, row.version)) {
      rows.touch(row.hash, seq, now);
    } else {
      rows.insert(row);
    }
    rows.replace_triggers(row.name_space, row.name, trigger_rows(*document->campaign, row.hash));
    applied.triggers_changed = true;
  }
  applied.answer = {core::status::ok, {}, {}, core::dump({{"items", items}})};
  return applied;
}

}  // namespace antiphon::runtime
