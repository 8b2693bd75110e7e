// SPDX-License-Identifier: MIT
#include "engine/core/object_configs.hpp"

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

const Value* member(const Value& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(name));
  return found == object.end() ? nullptr : &*found;
}

/// By its whole name, else level by level; null: it is not there.
const Value* field_of(const Value& properties, std::string_view field) {
  if (const Value* whole = member(properties, field)) return whole;
  const Value* at = &properties;
  while (at != nullptr && !field.empty()) {
    const auto point = field.find('.');
    at = member(*at, field.substr(0, point));
    field.remove_prefix(point == std::string_view::npos ? field.size() : point + 1);
  }
  return at;
}

}  // namespace

Result<Value> ObjectConfigs::in_catalog(std::string_view reference, std::string_view field) const {
  std::string next(reference);
  for (int height = 0; height < limits::catalog_parents; ++height) {
    const auto name = object_name(next);
    if (!name) return failure(status::bad_request, name.error().message);
    const auto catalog = rows_.object({*object_kind("catalog"), name_space_, *name});
    if (!catalog || catalog->deleted_at) {
      return failure(status::not_found, "there is no catalog '" + name->text() + "'",
                     "apply it, see `antiphon get objects catalog`");
    }
    const Value document = parse_object(catalog->document);
    const Value* spec = member(document, "spec");
    const Value* properties = spec == nullptr ? nullptr : member(*spec, "properties");
    if (const Value* found = properties == nullptr ? nullptr : field_of(*properties, field)) {
      return *found;
    }
    const Value* parent = spec == nullptr ? nullptr : member(*spec, "parentName");
    if (parent == nullptr || !parent->is_string() ||
        parent->get_ref<const std::string&>().empty()) {
      return Value();
    }
    next = parent->get<std::string>();
  }
  return failure(status::bad_config, "catalog '" + std::string(reference) + "' has more than " +
                                         std::to_string(limits::catalog_parents) +
                                         " catalogs above it, or is above itself");
}

Result<Value> ObjectConfigs::config(std::string_view object, std::string_view field,
                                    const std::vector<std::string>& overlays) const {
  for (const std::string& overlay : overlays) {
    auto value = in_catalog(overlay, field);
    if (!value || !value->is_null()) return value;
  }
  auto value = in_catalog(object, field);
  if (!value || !value->is_null()) return value;
  return failure(status::not_found,
                 "catalog '" + std::string(object) + "' has no field '" + std::string(field) + "'");
}

}  // namespace antiphon::core
