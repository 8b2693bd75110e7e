// SPDX-License-Identifier: MIT
#include "engine/campaign/version_reference.hpp"

#include <string>

#include "engine/campaign/problems.hpp"

namespace antiphon::campaign {
namespace {

constexpr std::string_view divider = "-v-";

std::string without_colons(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (c == ':') {
      name += divider;
    } else {
      name += c;
    }
  }
  return name;
}

}  // namespace

core::Result<VersionReference> parse_reference(std::string_view text) {
  const auto colon = text.rfind(':');
  const std::string name = without_colons(text);
  // A colon says where the version begins; without one the last "-v-" does.
  const std::size_t version_bytes =
      colon != std::string_view::npos ? text.size() - colon - 1 : std::string::npos;
  const std::size_t at = version_bytes != std::string::npos
                             ? name.size() - version_bytes - divider.size()
                             : name.rfind(divider);
  VersionReference reference;
  const auto campaign = core::CampaignName::parse(std::string_view(name).substr(0, at));
  if (!campaign) return tl::unexpected(campaign.error());
  reference.campaign = *campaign;
  if (at == std::string::npos) return reference;
  const auto version = parse_version(std::string_view(name).substr(at + divider.size()));
  if (!version) return tl::unexpected(version.error());
  reference.version = *version;
  return reference;
}

core::Result<core::VersionName> parse_version(std::string_view text) {
  if (text.starts_with("v-") || text.find(divider) != std::string_view::npos) {
    return core::failure(400, "version " + in_quotes(text) + " begins with 'v-' or contains '-v-'",
                         "these divide a campaign's name from its version");
  }
  return core::VersionName::parse(text);
}

}  // namespace antiphon::campaign
