// SPDX-License-Identifier: MIT
// The registries of all planes once everything is quiet: each object is whole, the broker keeps
// what the rows say, and sites have the catalogs of the planes above them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/invariants_plane.hpp"
#include "engine/core/json.hpp"
#include "engine/core/object_registry.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {
namespace {

std::vector<core::Object> objects_of(const Node& node) {
  return node.disk().begin()->objects({}, core::limits::objects);
}

core::Value spec_of(const core::Object& object) {
  return core::parse_object(object.document).value("spec", core::Value::object());
}

}  // namespace

void World::check_objects() {
  for (const auto& node : nodes_) {
    const core::Instant last = node->disk().begin()->last_instant();
    for (const core::Object& object : objects_of(*node)) {
      broken(*node, core::check_object(object, last));
      check_retained(*node, object);
      for (const auto& site : nodes_) check_shared(*node, object, *site);
    }
  }
}

/// A plane that lost its disk does not know what it said before.
void World::check_retained(const Node& node, const core::Object& object) {
  if (node.lost_disk()) return;
  const std::string topic =
      "antiphon/" + node.name().text() + "/object/" + core::to_text(object.key);
  const MessagePtr kept = net.broker().retained(topic);
  const std::string said = kept ? kept->payload : std::string();
  if (said == core::published_document(object)) return;
  broken("objects", "the broker keeps of " + topic + " what the row does not say: " + said);
}

void World::check_shared(const Node& origin, const core::Object& object, const Node& site) {
  const auto& parents = site.parents();
  const bool read = std::find(parents.begin(), parents.end(), origin.name()) != parents.end();
  if (!read || object.key.kind.text() != "catalogversion" || site.lost_disk()) return;
  core::ObjectKey key = object.key;
  key.name = *core::name_of_origin(origin.name().text(), object.key.name);
  const auto there = site.reader().object(key);
  if (object.deleted_at) {
    if (there) broken("objects", site.name().text() + " still has " + core::to_text(key));
  } else if (!there || spec_of(*there) != spec_of(object)) {
    broken("objects", site.name().text() + " has not what " + origin.name().text() + " says of " +
                          core::to_text(key));
  } else {
    marks.hit(Mark::catalog_shared);
  }
}

}  // namespace antiphon::sim
