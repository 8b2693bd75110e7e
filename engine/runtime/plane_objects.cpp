// SPDX-License-Identifier: MIT
// The registry of a plane: what operators delete, what reconcilers say, which catalogs come from
// above, and how all objects are said again.
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/object_registry.hpp"
#include "engine/runtime/plane.hpp"

namespace antiphon::runtime {

core::Answer Plane::on(Batch& batch, const core::DeleteRequest& request) {
  const std::string author = request.asker.user.empty() ? "unnamed" : request.asker.user.text();
  core::ObjectRegistry registry(*batch.rows, batch.now, author, batch.effects);
  const auto error = registry.remove(request.object);
  if (error) return {error->status, error->message, error->hint, {}};
  core::Answer answer;
  core::Value item{{"kind", request.object.kind.text()},
                   {"name", core::level_of(request.object)},
                   {"result", "deleted"}};
  answer.body = core::dump({{"items", core::Value::array({std::move(item)})}});
  return answer;
}

void Plane::on(Batch& batch, const core::ObjectReport& report) {
  core::ObjectRegistry registry(*batch.rows, batch.now, {}, batch.effects);
  const auto error = registry.report(report.object, core::parse_object(report.status));
  if (error) reject(batch, report.topic, {}, *error);
}

void Plane::on(Batch& batch, const core::OriginObject& catalog) {
  const core::PlaneName& origin = catalog.origin;
  core::ObjectRegistry registry(*batch.rows, batch.now, origin.text(), batch.effects);
  if (catalog.document.empty()) {
    registry.forget(origin, catalog.object);
    return;
  }
  const auto error = registry.take(options_.plane.self, origin, catalog.object,
                                   core::parse_object(catalog.document));
  if (error) reject(batch, catalog.topic, origin.text(), *error);
}

void Plane::say(const core::Object& object) {
  messenger_.send(ObjectOut{object.key, core::published_document(object)});
}

void Plane::pump_objects(core::Instant now) {
  if (!feed_.next() || now < *feed_.next()) return;
  const auto rows = store_.begin();
  feed_.pump(*rows, now, [this](const core::Object& object) { say(object); });
}

}  // namespace antiphon::runtime
