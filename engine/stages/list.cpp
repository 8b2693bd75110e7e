// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <string>

#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

constexpr std::array not_supported{"instance", "catalogversions", "catalogs"};
constexpr const char* never =
    "0001-01-01T00:00:00Z";  // how Symphony writes a time that there is not

core::InlineResult bad_type(const std::string& what) {
  return core::Finished{500, core::Value::object(), what};
}

core::Value described(const core::SiteView& site) {
  const std::string& name = site.name.text();
  return core::Value{
      {"id", name},
      {"metadata", {{"name", name}, {"labels", site.labels}}},
      {"spec", {{"name", name}, {"isSelf", false}, {"properties", core::Value::object()}}},
      {"status",
       {{"isOnline", site.online},
        {"lastReported", site.last_seen.ms == 0 ? never : core::to_rfc3339(site.last_seen)}}}};
}

/// A document's expression gives text where it is one of several parts.
bool is_true(const core::Value& inputs, const char* name) {
  const auto found = inputs.find(name);
  return found != inputs.end() && (*found == true || *found == "true");
}

}  // namespace

core::InlineResult list(const core::Call& call) {
  const auto type = call.inputs.find("objectType");
  if (type == call.inputs.end() || !type->is_string()) {
    return bad_type("input 'objectType' is no text; it is 'sites'");
  }
  const auto& text = type->get_ref<const std::string&>();
  if (std::find(not_supported.begin(), not_supported.end(), text) != not_supported.end()) {
    return bad_type("objectType '" + text + "' is not supported yet");
  }
  if (text != "sites") return bad_type("unknown objectType '" + text + "'; it is 'sites'");
  core::Value items = core::Value::array();
  const bool names_only = is_true(call.inputs, "namesOnly");
  for (const core::SiteView& site : call.sites()) {
    items.push_back(names_only ? core::Value(site.name.text()) : described(site));
  }
  return core::Finished{200, {{"items", std::move(items)}, {"objectType", text}}, {}};
}

}  // namespace antiphon::stages
