// SPDX-License-Identifier: MIT
#include "engine/campaign/activation_reader.hpp"

#include "engine/campaign/version_reference.hpp"

namespace antiphon::campaign {
namespace {

/// The reference in the field of that name; both of Symphony's generations are asked for theirs.
std::optional<VersionReference> read_reference(Fields& spec, std::string_view name) {
  const auto text = spec.text(name);
  if (!text) return std::nullopt;
  const auto reference = parse_reference(*text);
  if (reference) return *reference;
  spec.problem(name, reference.error().message, reference.error().hint);
  return std::nullopt;
}

}  // namespace

ActivationDocument read_activation(Fields& document, const Metadata& metadata) {
  ActivationDocument activation;
  activation.name_space = metadata.name_space;
  activation.metadata = kept_metadata(metadata);
  if (!metadata.name.empty()) {
    activation.id = read_name<core::ActivationId>(metadata, document.problems());
  }
  const Node* node = document.node("spec");
  Fields spec(node, node ? node->at : document.at(), document.path("spec"), document.problems());
  spec.text("name");  // of Symphony's older documents: the activation's own name once more
  const auto campaign = read_reference(spec, "campaign");
  const auto version = read_reference(spec, "campaignversion");
  if (!spec.node("campaign") && !spec.node("campaignversion")) {
    spec.missing("campaign", "name the campaign to run, as root:version or root");
  }
  if (campaign && version &&
      (campaign->campaign != version->campaign || campaign->version != version->version)) {
    spec.problem("campaignversion", "campaign and campaignversion name different campaigns");
  }
  if (const auto& reference = version ? version : campaign) {
    activation.campaign = reference->campaign;
    activation.version = reference->version;
  }
  activation.stage = spec.text("stage").value_or("");
  // Activation inputs are data: text in them that looks like an expression stays text.
  activation.inputs = spec.data_map("inputs").value_or(core::Value::object()).dump();
  document.put("spec", spec.finish());
  return activation;
}

}  // namespace antiphon::campaign
