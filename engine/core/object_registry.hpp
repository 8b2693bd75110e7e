// SPDX-License-Identifier: MIT
// The registry of objects: what may change in it, how, and who hears of it. Works on the rows of
// one transaction, so that what an event writes is there or not as a whole.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/core/effects.hpp"
#include "engine/core/object.hpp"
#include "engine/core/rows.hpp"

namespace antiphon::core {

enum class ObjectChange { unchanged, applied, changed };
std::string_view to_text(ObjectChange change);

class ObjectRegistry {
 public:
  /// `author`: on whose behalf things change. Each change is told by an effect of `effects`.
  ObjectRegistry(Rows& rows, Instant now, std::string author, std::vector<Effect>& effects)
      : rows_(rows), now_(now), author_(std::move(author)), effects_(effects) {}

  /// None: there is no such object (any more).
  std::optional<Object> find(const ObjectKey& key) const;
  /// Those of a kind and namespace in order of their names, until `visit` returns false. `visit`
  /// changes nothing.
  void each(const ObjectKind& kind, const Namespace& name_space,
            const std::function<bool(const Object&)>& visit) const;

  /// Why these cannot all be put, in the order given; nothing if they can.
  std::optional<Error> obstacle(const std::vector<ObjectKey>& keys) const;
  /// Puts our own object. `document` is one: its metadata get the key's name and namespace. Fails
  /// where obstacle() says so, and with 413 over limits::object_bytes.
  Result<ObjectChange> put(const ObjectKey& key, Value document);
  /// 404: there is none; 409: it is an origin's.
  std::optional<Error> remove(const ObjectKey& key);

  /// A reconciler has said how far it is; an empty status takes back what was said. A status of an
  /// older generation counts for nothing. 404: there is no such object; 409: it has no such
  /// generation yet.
  std::optional<Error> report(const ObjectKey& key, const Value& status);

  /// A catalog of a plane above us, by its name there; it is kept as `<origin>-<name>`.
  std::optional<Error> take(const PlaneName& self, const PlaneName& origin, const ObjectKey& theirs,
                            Value document);
  /// The origin no longer has it.
  void forget(const PlaneName& origin, const ObjectKey& theirs);

 private:
  Result<ObjectChange> write(const ObjectKey& key, Value document, const PlaneName& origin);
  void erase(Object object);

  Rows& rows_;
  Instant now_;
  std::string author_;
  std::vector<Effect>& effects_;
};

/// `<origin>-<name>`; fails where that is too long.
Result<ObjectName> name_of_origin(std::string_view origin, const ObjectName& name);

/// What everybody may read of an object: its document, with its generation among its metadata.
JsonText published_document(const Object& object);

}  // namespace antiphon::core
