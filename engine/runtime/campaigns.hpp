// SPDX-License-Identifier: MIT
// The campaign versions of a store, as the loop uses them: checked campaigns by content hash
// (bounded cache), applying documents, and which triggers a message fires.
#pragma once

#include <list>
#include <map>
#include <string>
#include <vector>

#include "engine/core/campaign.hpp"
#include "engine/core/messages.hpp"
#include "engine/runtime/applying.hpp"
#include "engine/store/store.hpp"

namespace antiphon::runtime {

class Campaigns {
 public:
  explicit Campaigns(const core::Providers& providers) : providers_(providers) {}

  /// The version of that hash; null if the store has none, or what it has can no longer be read
  /// (logged).
  core::CampaignPtr find(store::Transaction& rows, const std::string& hash);

  /// The version a reference names (no version: the newest), or 404 with what would be right.
  core::Result<core::CampaignVersion> resolve(store::Transaction& rows,
                                              const core::Namespace& name_space,
                                              const core::CampaignName& name,
                                              const core::VersionName& version) const;

  /// See apply_documents.
  Applied apply(store::Transaction& rows, const core::ApplyRequest& request, core::Instant now,
                const std::string& topic_root) const;

 private:
  static constexpr std::size_t kept = 256;
  struct Cached {
    core::CampaignPtr campaign;
    std::list<std::string>::iterator age;
  };
  core::CampaignPtr keep(const std::string& hash, core::CampaignPtr campaign);

  const core::Providers& providers_;
  std::map<std::string, Cached> cache_;
  std::list<std::string> ages_;  ///< hashes, the least recently used first
};

}  // namespace antiphon::runtime
