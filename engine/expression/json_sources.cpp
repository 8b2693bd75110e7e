// SPDX-License-Identifier: MIT
#include "engine/expression/json_sources.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/status.hpp"

namespace antiphon::expression {
namespace {

tl::unexpected<core::Error> bad_context(const std::string& what) {
  return core::failure(core::status::bad_request, "context: " + what);
}

core::Result<core::SiteView> site_of(const core::Value& item) {
  const auto wrong = bad_context("an item of 'sites' is no object of name, online and labels");
  if (!item.is_object() || !item.contains("name") || !item["name"].is_string()) return wrong;
  auto name = core::PlaneName::parse(item["name"].get_ref<const std::string&>());
  if (!name) return bad_context(name.error().message);
  core::SiteView site;
  site.name = std::move(*name);
  const auto online = item.find("online");
  if (online != item.end() && !online->is_boolean()) return wrong;
  site.online = online != item.end() && online->get<bool>();
  const auto labels = item.find("labels");
  if (labels == item.end()) return site;
  if (!labels->is_object()) return wrong;
  for (const auto& [label, text] : labels->items()) {
    if (!text.is_string()) return wrong;
    site.labels.emplace(label, text.get<std::string>());
  }
  return site;
}

}  // namespace

core::Result<JsonFields> JsonFields::make(const std::string& key, const core::Value& objects) {
  if (!objects.is_object()) return bad_context("'" + key + "' is no object");
  for (const auto& [name, fields] : objects.items()) {
    if (!fields.is_object()) return bad_context("'" + key + "." + name + "' is no object");
  }
  return JsonFields(objects);
}

core::Result<core::Value> JsonFields::secret(std::string_view object,
                                             std::string_view field) const {
  return config(object, field, {});
}

core::Result<core::Value> JsonFields::config(std::string_view object, std::string_view field,
                                             const std::vector<std::string>& overlays) const {
  std::vector<std::string_view> places(overlays.begin(), overlays.end());
  places.push_back(object);
  for (const std::string_view place : places) {
    const auto fields = objects_.find(place);
    if (fields == objects_.end()) continue;
    const auto value = fields->find(field);
    if (value != fields->end()) return *value;
  }
  return core::failure(core::status::not_found,
                       "there is no '" + std::string(field) + "' in '" + std::string(object) + "'");
}

core::Result<JsonDeployment> JsonDeployment::make(const core::Value& deployment) {
  if (!deployment.is_object()) return bad_context("'deployment' is no object");
  const auto params = deployment.find("params");
  if (params != deployment.end() && !params->is_object()) {
    return bad_context("'deployment.params' is no object");
  }
  return JsonDeployment(deployment);
}

core::Result<core::Value> JsonDeployment::instance() const {
  const auto found = deployment_.find("instance");
  if (found != deployment_.end()) return *found;
  return core::failure(core::status::not_found, "the deployment has no instance");
}

core::Result<core::Value> JsonDeployment::param(std::string_view name) const {
  const auto params = deployment_.find("params");
  if (params != deployment_.end()) {
    const auto found = params->find(name);
    if (found != params->end()) return *found;
  }
  return core::failure(core::status::not_found,
                       "the deployment has no parameter '" + std::string(name) + "'");
}

core::Result<JsonSites> JsonSites::make(const core::Value& list) {
  if (!list.is_array()) return bad_context("'sites' is no list");
  JsonSites made;
  for (const core::Value& item : list) {
    auto site = site_of(item);
    if (!site) return tl::unexpected<core::Error>(std::move(site.error()));
    made.sites_.push_back(std::move(*site));
  }
  std::sort(made.sites_.begin(), made.sites_.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return made;
}

}  // namespace antiphon::expression
