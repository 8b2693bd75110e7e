// SPDX-License-Identifier: MIT
// An object of the registry: a document of any kind (catalog, solution, instance, target, ...) with
// what a reconciler has said of it. docs/objects.md is for users.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/core/time.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {

struct ObjectNameTag {
  static constexpr std::string_view word = "object name";
  static constexpr std::size_t bytes = limits::object_name_bytes;
};
struct ObjectKindTag {
  static constexpr std::string_view word = "kind";
};
using ObjectName = Name<ObjectNameTag>;
/// In lower case, the newer of Symphony's two names ("catalogversion").
using ObjectKind = Name<ObjectKindTag>;

struct ObjectKey {
  ObjectKind kind;
  Namespace name_space;
  ObjectName name;
  auto operator<=>(const ObjectKey&) const = default;
};

struct Object {
  ObjectKey key;
  JsonText document;            ///< an object, as applied; empty once it is deleted
  JsonText status;              ///< an object, by a reconciler; empty: none has said anything
  std::int64_t generation = 1;  ///< +1 whenever the document changes, or goes
  PlaneName origin;             ///< whose catalog it is; empty: our own object
  std::string author;           ///< who changed it last: a user, a stage, an origin
  Instant created;
  Instant updated;
  std::optional<Instant> status_at;
  /// Since when it is gone; the row is kept for limits::object_memory, so that everybody hears of
  /// it.
  std::optional<Instant> deleted_at;
  bool operator==(const Object&) const = default;
};

/// A kind as people and documents write it: any case, both generations of Symphony's names, one or
/// many ("Solution", "solutions", "solutionversion").
Result<ObjectKind> object_kind(std::string_view word);

/// A name or a reference `name:version`: every ':' stands for "-v-".
Result<ObjectName> object_name(std::string_view reference);

/// "kind/name", with "@namespace" behind it unless that is `default`.
std::string to_text(const ObjectKey& key);
/// What to_text gave, or what a person writes like it.
Result<ObjectKey> object_key(std::string_view text);

/// "name" or "name@namespace": an object's level in a topic.
std::string level_of(const ObjectKey& key);
/// Kind and level as they stand in a topic: only what level_of gives.
Result<ObjectKey> key_at(std::string_view kind, std::string_view level);

}  // namespace antiphon::core
