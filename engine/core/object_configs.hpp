// SPDX-License-Identifier: MIT
// `$config` over the registry's catalogs.
#pragma once

#include "engine/core/object.hpp"
#include "engine/core/rows.hpp"
#include "engine/core/sources.hpp"

namespace antiphon::core {

/// A field is looked for in `spec.properties` of a catalog: by its name, else as a path of names
/// with dots between; then in the same way in the catalog that `spec.parentName` names, and so on.
class ObjectConfigs final : public ConfigSource {
 public:
  ObjectConfigs(Rows& rows, const Namespace& name_space) : rows_(rows), name_space_(name_space) {}

  Result<Value> config(std::string_view object, std::string_view field,
                       const std::vector<std::string>& overlays) const override;

 private:
  /// Null: neither the catalog nor those above it have the field.
  Result<Value> in_catalog(std::string_view reference, std::string_view field) const;

  Rows& rows_;
  const Namespace& name_space_;
};

}  // namespace antiphon::core
