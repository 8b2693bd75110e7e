// SPDX-License-Identifier: MIT
#include <string>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/object_registry.hpp"
#include "engine/stages/object_inputs.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

constexpr const char* never =
    "0001-01-01T00:00:00Z";  // how Symphony writes a time that there is not

constexpr const char* known_types = "; it is one of instance, sites, catalogversions";

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

core::Value described(const core::Object& object) {
  const core::Value document = core::Value::parse(core::published_document(object));
  return core::Value{{"metadata", document.value("metadata", core::Value::object())},
                     {"spec", document.value("spec", core::Value::object())},
                     {"status", core::parse_object(object.status)}};
}

core::InlineResult listed(core::Value items, const std::string& type) {
  return core::Finished{200, {{"items", std::move(items)}, {"objectType", type}}, {}};
}

core::InlineResult list_sites(const core::Call& call, bool names_only) {
  core::Value items = core::Value::array();
  for (const core::SiteView& site : call.sites()) {
    items.push_back(names_only ? core::Value(site.name.text()) : described(site));
  }
  return listed(std::move(items), "sites");
}

core::InlineResult list_objects(const core::Call& call, const std::string& type, bool names_only) {
  if (call.objects == nullptr) {
    return refusal(500, "there is no registry of objects here to list '" + type +
                            "' of; whoever has none lists 'sites'");
  }
  const auto space = object_namespace(call.inputs);
  if (!space) return refusal(500, space.error().message);
  core::Value items = core::Value::array();
  std::size_t bytes = 0;
  call.objects->each(*core::object_kind(type), *space, [&](const core::Object& object) {
    bytes += names_only ? object.key.name.text().size() : object.document.size();
    items.push_back(names_only ? core::Value(object.key.name.text()) : described(object));
    return bytes <= core::limits::outputs_bytes;
  });
  if (bytes <= core::limits::outputs_bytes) return listed(std::move(items), type);
  return refusal(500, "the list has more than " + std::to_string(core::limits::outputs_bytes) +
                          " bytes; ask for namesOnly");
}

}  // namespace

core::InlineResult list(const core::Call& call) {
  const auto type = text_input(call.inputs, "objectType");
  if (!type) return refusal(500, type.error().message + known_types);
  const std::string& text = *type;
  const bool names_only = is_true(call.inputs, "namesOnly");
  if (text == "sites") return list_sites(call, names_only);
  if (text == "instance" || text == "catalogversions" || text == "catalogs") {
    return list_objects(call, text, names_only);
  }
  const std::string wrong = text.empty() ? "is missing" : "is '" + text + "'";
  return refusal(500, "input 'objectType' " + wrong + known_types);
}

}  // namespace antiphon::stages
