// SPDX-License-Identifier: MIT
#include "engine/campaign/provider_names.hpp"

#include <algorithm>

namespace antiphon::campaign {

std::string_view short_name(std::string_view provider) {
  if (provider.starts_with(provider_prefix)) provider.remove_prefix(provider_prefix.size());
  return provider;
}

std::vector<std::string> split_names(const std::string& names) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at < names.size();) {
    const std::size_t end = std::min(names.find(", ", at), names.size());
    list.push_back(names.substr(at, end - at));
    at = end + 2;
  }
  return list;
}

}  // namespace antiphon::campaign
