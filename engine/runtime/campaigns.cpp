// SPDX-License-Identifier: MIT
#include "engine/runtime/campaigns.hpp"

#include <spdlog/spdlog.h>

#include "engine/campaign/documents.hpp"
#include "engine/core/status.hpp"

namespace antiphon::runtime {

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
                         core::Instant now, const std::string& topic_root) const {
  return apply_documents(rows, request, providers_, now, topic_root);
}

}  // namespace antiphon::runtime
