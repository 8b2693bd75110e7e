// SPDX-License-Identifier: MIT
#include "engine/core/provider.hpp"

#include <algorithm>

namespace antiphon::core {

Providers::Providers(std::vector<ProviderInfo> infos) : infos_(std::move(infos)) {
  std::sort(infos_.begin(), infos_.end(),
            [](const ProviderInfo& a, const ProviderInfo& b) { return a.name < b.name; });
}

Providers Providers::with(std::vector<ProviderInfo> more) const {
  more.insert(more.end(), infos_.begin(), infos_.end());
  return Providers(std::move(more));
}

const ProviderInfo* Providers::find(std::string_view name) const {
  constexpr std::string_view prefix = "providers.stage.";
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  const auto found = std::find_if(infos_.begin(), infos_.end(),
                                  [name](const ProviderInfo& info) { return info.name == name; });
  return found == infos_.end() ? nullptr : &*found;
}

std::string Providers::listed(bool proxies) const {
  std::string list;
  for (const ProviderInfo& info : infos_) {
    if (info.proxy != proxies) continue;
    if (!list.empty()) list += ", ";
    list += info.name;
  }
  return list;
}

}  // namespace antiphon::core
