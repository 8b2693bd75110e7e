// SPDX-License-Identifier: MIT
// `metadata`, which every kind of document has.
#pragma once

#include <map>
#include <string>

#include "engine/campaign/fields.hpp"
#include "engine/core/names.hpp"
#include "engine/core/value.hpp"

namespace antiphon::campaign {

struct Metadata {
  std::string name;  ///< as written, unchecked: what it must be depends on the kind; empty: none
  std::size_t name_at = 0;
  core::Namespace name_space;  ///< "default" if the document says nothing
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
};

/// Its labels and annotations as {"labels", "annotations"}; empty if there are none.
core::JsonText kept_metadata(const Metadata& metadata);

inline constexpr auto name_path = "metadata.name";

/// Reads the field `metadata` of a document and writes it into the canonical form.
Metadata read_metadata(Fields& document);

/// A name of the kind that `metadata.name` is; the empty one after a problem.
template <class T>
T read_name(const Metadata& metadata, Problems& problems) {
  if (metadata.name.empty()) {
    problems.add(metadata.name_at, name_path, "is missing");
    return {};
  }
  const auto name = T::parse(metadata.name);
  if (name) return *name;
  problems.add(metadata.name_at, name_path, name.error().message, name.error().hint);
  return {};
}

}  // namespace antiphon::campaign
