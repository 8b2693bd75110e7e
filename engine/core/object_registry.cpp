// SPDX-License-Identifier: MIT
#include "engine/core/object_registry.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/json.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

/// In metadata: the planes that a catalog has come through.
constexpr const char* origins_field = "origins";

std::string size_text(const char* what, std::size_t bytes, std::size_t most) {
  return std::string(what) + " has " + std::to_string(bytes) + " bytes, more than " +
         std::to_string(most);
}

Error of_origin(const Object& object) {
  return {
      status::conflict,
      to_text(object.key) + " is a catalog of " + object.origin.text() + " and is changed there",
      "give an object of this plane another name"};
}

Value& metadata_of(Value& document) {
  Value& metadata = document["metadata"];
  if (!metadata.is_object()) metadata = Value::object();
  return metadata;
}

/// What documents name has a new name here.
void rename_parent(Value& document, const PlaneName& origin) {
  const auto spec = document.find("spec");
  if (spec == document.end() || !spec->is_object()) return;
  const auto parent = spec->find("parentName");
  if (parent == spec->end() || !parent->is_string() || parent->get_ref<std::string&>().empty()) {
    return;
  }
  *parent = origin.text() + "-" + parent->get<std::string>();
}

/// The planes it has come through, `origin` the last; an error if it has been here before.
Result<Value> path_of(const Value& metadata, const PlaneName& self, const PlaneName& origin) {
  Value path = Value::array();
  if (const auto given = metadata.find(origins_field);
      given != metadata.end() && given->is_array()) {
    path = *given;
  }
  const bool circular = std::find(path.begin(), path.end(), Value(self.text())) != path.end();
  if (circular || path.size() >= limits::command_depth) {
    return failure(status::conflict, "the catalog came through " + dump(path) + " and " +
                                         (circular ? "is our own" : "goes no further"));
  }
  path.push_back(origin.text());
  return path;
}

}  // namespace

std::string_view to_text(ObjectChange change) {
  switch (change) {
    case ObjectChange::unchanged:
      return "unchanged";
    case ObjectChange::applied:
      return "applied";
    case ObjectChange::changed:
      return "changed";
  }
  return {};
}

std::optional<Object> ObjectRegistry::find(const ObjectKey& key) const {
  auto object = rows_.object(key);
  if (object && object->deleted_at) return std::nullopt;
  return object;
}

void ObjectRegistry::each(const ObjectKind& kind, const Namespace& name_space,
                          const std::function<bool(const Object&)>& visit) const {
  ObjectKey after{kind, name_space, {}};
  while (true) {
    const auto page = rows_.objects(after, limits::object_page);
    for (const Object& object : page) {
      if (object.key.kind != kind || object.key.name_space != name_space) return;
      if (!object.deleted_at && !visit(object)) return;
      after = object.key;
    }
    if (page.size() < limits::object_page) return;
  }
}

std::optional<Error> ObjectRegistry::obstacle(const std::vector<ObjectKey>& keys) const {
  std::vector<ObjectKey> fresh;
  for (const ObjectKey& key : keys) {
    const auto object = find(key);
    if (object && !object->origin.empty()) return of_origin(*object);
    if (!object) fresh.push_back(key);
  }
  std::sort(fresh.begin(), fresh.end());
  fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());
  if (fresh.empty() || rows_.count_objects().kept + fresh.size() <= limits::objects) {
    return std::nullopt;
  }
  return Error{status::too_large,
               "no room for " + to_text(fresh.front()) + ": a plane keeps " +
                   std::to_string(limits::objects) + " objects",
               "delete some, see `antiphon get objects`"};
}

Result<ObjectChange> ObjectRegistry::put(const ObjectKey& key, Value document) {
  if (const auto error = obstacle({key})) return tl::unexpected<Error>(*error);
  metadata_of(document).erase(origins_field);
  return write(key, std::move(document), {});
}

Result<ObjectChange> ObjectRegistry::write(const ObjectKey& key, Value document,
                                           const PlaneName& origin) {
  Value& metadata = metadata_of(document);
  metadata["name"] = key.name.text();
  metadata["namespace"] = key.name_space.text();
  for (const auto* field : {"generation", "etag"}) metadata.erase(field);
  JsonText text = dump(document);
  if (text.size() > limits::object_bytes) {
    return failure(status::too_large,
                   size_text(to_text(key).c_str(), text.size(), limits::object_bytes));
  }
  auto known = rows_.object(key);
  const bool there = known && !known->deleted_at;
  if (there && known->document == text && known->origin == origin) return ObjectChange::unchanged;
  Object object;
  if (known) {
    object = *std::move(known);
    object.generation += 1;
  }
  object.key = key;
  object.document = std::move(text);
  object.origin = origin;
  object.author = author_;
  if (!there) {
    object.created = now_;
    object.status.clear();
    object.status_at.reset();
  }
  object.updated = now_;
  object.deleted_at.reset();
  rows_.put(object);
  effects_.push_back(PublishObject{std::move(object)});
  return there ? ObjectChange::changed : ObjectChange::applied;
}

void ObjectRegistry::erase(Object object) {
  if (rows_.count_objects().gone >= limits::objects) rows_.forget_objects(now_, 1);
  object.document.clear();
  object.status.clear();
  object.status_at.reset();
  object.generation += 1;
  object.author = author_;
  object.updated = now_;
  object.deleted_at = now_;
  rows_.put(object);
  effects_.push_back(PublishObject{std::move(object)});
}

std::optional<Error> ObjectRegistry::remove(const ObjectKey& key) {
  auto object = find(key);
  if (!object) {
    return Error{status::not_found, "there is no object " + to_text(key),
                 "see `antiphon get objects`"};
  }
  if (!object->origin.empty()) return of_origin(*object);
  erase(*std::move(object));
  return std::nullopt;
}

std::optional<Error> ObjectRegistry::report(const ObjectKey& key, const Value& said) {
  auto object = find(key);
  if (!object) {
    if (said.empty()) return std::nullopt;  // what is gone was cleared
    return Error{status::not_found, "there is no object " + to_text(key)};
  }
  if (const auto about = said.find("generation"); about != said.end()) {
    if (!about->is_number()) {
      return Error{status::bad_request, "status: field 'generation' is no whole number"};
    }
    const auto generation = about->get<std::int64_t>();
    if (generation < object->generation) return std::nullopt;
    if (generation > object->generation) {
      return Error{status::conflict, to_text(key) + " has no generation " +
                                         std::to_string(generation) + " yet, it is at " +
                                         std::to_string(object->generation)};
    }
  }
  JsonText text = said.empty() ? JsonText() : dump(said);
  if (text.size() > limits::object_status_bytes) {
    return Error{status::too_large,
                 size_text("the status", text.size(), limits::object_status_bytes)};
  }
  const bool said_already = object->status_at && *object->status_at >= object->updated;
  if (text == object->status && (said_already || text.empty())) return std::nullopt;
  object->status = std::move(text);
  object->status_at = now_;
  rows_.put(*object);
  return std::nullopt;
}

std::optional<Error> ObjectRegistry::take(const PlaneName& self, const PlaneName& origin,
                                          const ObjectKey& theirs, Value document) {
  auto name = name_of_origin(origin.text(), theirs.name);
  if (!name) return name.error();
  const ObjectKey key{theirs.kind, theirs.name_space, *std::move(name)};
  Value& metadata = metadata_of(document);
  auto path = path_of(metadata, self, origin);
  if (!path) return path.error();
  metadata[origins_field] = *std::move(path);
  rename_parent(document, origin);
  const auto known = find(key);
  if (known && known->origin != origin) {
    return Error{status::conflict,
                 to_text(key) + " is here already, and not " + origin.text() + "'s",
                 "rename the one here"};
  }
  if (!known) {
    if (const auto error = obstacle({key})) return error;
  }
  const auto written = write(key, std::move(document), origin);
  if (!written) return written.error();
  return std::nullopt;
}

void ObjectRegistry::forget(const PlaneName& origin, const ObjectKey& theirs) {
  const auto name = name_of_origin(origin.text(), theirs.name);
  if (!name) return;
  auto object = find({theirs.kind, theirs.name_space, *name});
  if (object && object->origin == origin) erase(*std::move(object));
}

Result<ObjectName> name_of_origin(std::string_view origin, const ObjectName& name) {
  return ObjectName::parse(std::string(origin) + "-" + name.text());
}

JsonText published_document(const Object& object) {
  if (object.deleted_at) return {};
  Value document = parse_object(object.document);
  document["metadata"]["generation"] = object.generation;
  return dump(document);
}

}  // namespace antiphon::core
