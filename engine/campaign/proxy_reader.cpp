// SPDX-License-Identifier: MIT
#include "engine/campaign/proxy_reader.hpp"

#include "engine/campaign/nearest.hpp"
#include "engine/campaign/provider_names.hpp"
#include "engine/campaign/provider_settings.hpp"
#include "engine/campaign/templates.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::campaign {
namespace {

const core::ProviderInfo* read_proxy_provider(Fields& fields, const core::Providers& providers) {
  const std::string known = "proxies here: " + providers.proxies();
  const auto name = fields.text("provider");
  if (!name || name->empty()) {
    if (!fields.node("provider") || name) fields.missing("provider", known);
    return nullptr;
  }
  const auto* info = providers.find(*name);
  if (info && info->proxy) return info;
  if (info) {
    fields.problem("provider", in_quotes(*name) + " is no proxy", known);
  } else {
    fields.problem("provider", "there is no proxy " + in_quotes(*name),
                   nearest_hint(short_name(*name), split_names(providers.proxies()), known));
  }
  return nullptr;
}

}  // namespace

std::optional<core::ProxySpec> read_proxy(Fields& stage, const core::Providers& providers) {
  const Node* node = stage.map("proxy");
  if (!node) return std::nullopt;
  Fields fields(node, node->at, stage.path("proxy"), stage.problems());
  core::ProxySpec proxy;
  if (const auto* info = read_proxy_provider(fields, providers)) {
    proxy.provider = info->name;
    check_proxy_config(fields, *info);
  }
  proxy.config = read_templates(fields, "config");
  stage.put("proxy", fields.finish());
  return proxy;
}

std::string read_proxied_provider(Fields& stage, const core::Providers& providers) {
  const auto name = stage.text("provider");
  if (!name || name->empty()) return {};
  const auto* known = providers.find(*name);
  if (known && (known->proxy || known->executor == core::Executor::remote)) {
    stage.problem("provider", "a runner does not carry out " + in_quotes(known->name),
                  "a stage has a proxy, or its provider is remote");
  } else if (name->size() > core::limits::stage_name_bytes) {
    stage.problem("provider", "a provider's name has more than " +
                                  std::to_string(core::limits::stage_name_bytes) + " bytes");
  } else if (known) {
    return std::string(known->name);
  } else if (!name->starts_with(provider_prefix)) {
    stage.problem("provider", "there is no provider " + in_quotes(*name),
                  nearest_hint(*name, split_names(providers.names()),
                               "one that only the runner has is named in full: " +
                                   std::string(provider_prefix) + *name));
  }
  return *name;
}

}  // namespace antiphon::campaign
