// SPDX-License-Identifier: MIT
#include "engine/campaign/document_kind.hpp"

#include <algorithm>
#include <array>

#include "engine/campaign/nearest.hpp"

namespace antiphon::campaign {
namespace {

constexpr std::string_view our_group = "workflow.symphony";

bool has(const Node* spec, std::string_view name) {
  return spec && find_member(*spec, name);
}

/// No `spec`, or null, or {}.
bool is_empty(const Node* spec) {
  return !spec || spec->kind == Node::Kind::null ||
         (spec->kind == Node::Kind::map && spec->members.empty());
}

std::optional<DocumentKind> by_name(const std::string& kind, const Node* spec) {
  if (kind == "CampaignVersion") return DocumentKind::campaign_version;
  if (kind == "CampaignContainer") return DocumentKind::container;
  if (kind == "Activation") return DocumentKind::activation;
  // The word stood for versions before it stood for their containers; only a version has something
  // to say.
  if (kind == "Campaign") {
    return is_empty(spec) ? DocumentKind::container : DocumentKind::campaign_version;
  }
  return std::nullopt;
}

std::optional<DocumentKind> by_fields(const Node* spec, bool given) {
  if (has(spec, "stages") || has(spec, "firstStage")) return DocumentKind::campaign_version;
  if (has(spec, "campaign") || has(spec, "campaignversion")) return DocumentKind::activation;
  if (given && is_empty(spec)) return DocumentKind::container;
  return std::nullopt;
}

/// Symphony's other kinds, which documents name without their group too.
constexpr std::array symphony_objects{
    "Catalog",  "CatalogVersion", "CatalogContainer", "Solution", "SolutionVersion",
    "Instance", "Target",         "Device",           "Model",    "SolutionContainer",
    "Skill"};

bool is_symphony_object(const std::string& kind) {
  return std::find(symphony_objects.begin(), symphony_objects.end(), kind) !=
         symphony_objects.end();
}

/// For hints: those of our group, and without a group all.
std::vector<std::string> known_kinds(bool grouped) {
  std::vector<std::string> kinds{"Campaign", "CampaignVersion", "CampaignContainer", "Activation"};
  if (grouped) return kinds;
  kinds.insert(kinds.end(), symphony_objects.begin(), symphony_objects.end());
  return kinds;
}

/// "workflow.symphony/v1" -> "workflow.symphony"; without a slash there is no group.
std::string_view group(std::string_view api_version) {
  const auto slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

}  // namespace

std::optional<DocumentKind> read_kind(const Node& root, Fields& document) {
  const Member* member = find_member(root, "spec");
  const Node* spec = member ? member->value.get() : nullptr;
  const auto api_version = document.text("apiVersion");
  const auto kind = document.text("kind");
  const bool named = kind && !kind->empty();
  const bool grouped = api_version && !api_version->empty();
  if (grouped && group(*api_version) != our_group) {
    if (named) return DocumentKind::object;
    document.problem("apiVersion", in_quotes(*api_version) + " says of no kind what it is",
                     "name its kind; campaigns and activations are of workflow.symphony/v1");
    return std::nullopt;
  }
  if (named) {
    const auto known = by_name(*kind, spec);
    if (known) return known;
    if (!grouped && is_symphony_object(*kind)) return DocumentKind::object;
    document.problem(
        "kind", "kind " + in_quotes(*kind) + " is not accepted",
        nearest_hint(*kind, known_kinds(grouped),
                     "accepted here: Campaign, CampaignVersion, CampaignContainer, Activation, and "
                     "any kind of an apiVersion of another group"));
    return std::nullopt;
  }
  const auto guessed = by_fields(spec, member != nullptr);
  if (!guessed) {
    document.problem("spec", "neither a kind nor the fields say what this document is",
                     "a campaign has spec.stages, an activation spec.campaign");
  }
  return guessed;
}

}  // namespace antiphon::campaign
