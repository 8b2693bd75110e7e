// SPDX-License-Identifier: MIT
// What must hold of each object of the registry.
#include <nlohmann/json.hpp>

#include "engine/core/findings.hpp"
#include "engine/core/invariants_plane.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::core {
static std::string where(const Object& object) {
  return "object " + to_text(object.key);
}
// Outside the unnamed namespace: there Findings would not find it.

namespace {

bool reads_as_object(const JsonText& text) {
  return Value::parse(text, nullptr, false).is_object();
}

void check_texts(Findings& findings, const Object& object) {
  if (object.deleted_at) {
    findings.expect(object.document.empty() && object.status.empty(), "objects", object,
                    "is gone and has a document");
    return;
  }
  findings.expect(reads_as_object(object.document), "texts", object, "its document cannot be read");
  findings.expect(object.status.empty() || reads_as_object(object.status), "texts", object,
                  "its status cannot be read");
  findings.expect(object.status.empty() || object.status_at, "objects", object,
                  "has a status that nobody gave");
}

void check_times(Findings& findings, const Object& object, Instant last_instant) {
  findings.expect(object.created <= object.updated, "time", object,
                  "was changed before it came to be");
  findings.expect(object.updated <= last_instant, "time", object,
                  "was changed after the last commit");
  findings.expect(!object.status_at || *object.status_at <= last_instant, "time", object,
                  "has a status of after the last commit");
  findings.expect(!object.deleted_at || object.updated == *object.deleted_at, "time", object,
                  "went and was changed at two times");
}

}  // namespace

std::vector<Violation> check_object(const Object& object, Instant last_instant) {
  Findings findings;
  const ObjectKey& key = object.key;
  findings.expect(!key.kind.empty() && !key.name_space.empty() && !key.name.empty(), "objects",
                  object, "has no whole name");
  const auto kind = object_kind(key.kind.text());
  findings.expect(kind && *kind == key.kind, "objects", object, "its kind has another name");
  findings.expect(!object.author.empty(), "objects", object, "has no author");
  findings.expect(object.generation > 0, "objects", object, "has no generation");
  findings.expect(object.origin.empty() || key.name.text().starts_with(object.origin.text() + "-"),
                  "objects", object, "is not named after its origin");
  findings.expect(object.document.size() <= limits::object_bytes &&
                      object.status.size() <= limits::object_status_bytes,
                  "I8", object, "is larger than it may be");
  check_texts(findings, object);
  check_times(findings, object, last_instant);
  return findings.take();
}

}  // namespace antiphon::core
