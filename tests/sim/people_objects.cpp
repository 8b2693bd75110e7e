// SPDX-License-Identifier: MIT
// Objects of the registry: who changes them, who says how far they are, and what has to be so.
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "tests/sim/people.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {

/// Of few objects, so that they meet: one of each kind that campaigns or sites read.
void People::change_object() {
  constexpr std::array names{"catalogversion/c1", "catalogversion/c2", "instance/i1",
                             "solutionversion/s1"};
  const auto key = *core::object_key(names[static_cast<std::size_t>(dice_.below(4))]);
  const std::string mailbox = "antiphon/" + centre_.name().text();
  const bool deletes = dice_.one_in(3);
  if (deletes) {
    core::DeleteRequest meaning;
    meaning.asker.user = ann();
    meaning.object = key;
    put(mailbox + "/delete/ann", {{"object", core::to_text(key)}}, meaning).object = key;
  } else {
    const core::Value spec{
        {"catalogType", "instance"},
        {"properties", {{"metadata", {{"name", "i1"}}}, {"spec", {{"n", dice_.below(3)}}}}}};
    const core::Value document{{"apiVersion", "any/v1"},
                               {"kind", key.kind.text()},
                               {"metadata", {{"name", key.name.text()}}},
                               {"spec", spec}};
    core::ApplyRequest meaning;
    meaning.asker.user = ann();
    meaning.document = core::dump(document);
    put(mailbox + "/apply/ann", document, meaning).object = key;
  }
  letters_.back().deletes = deletes;
}

void People::reconcile() {
  const auto key = *core::object_key("instance/i1");
  const core::Value said{{"state", dice_.one_in(4) ? "failed" : "succeeded"}};
  core::ObjectReport meaning;
  meaning.object = key;
  meaning.status = core::dump(said);
  meaning.topic = "antiphon/" + centre_.name().text() + "/object/" + core::to_text(key) + "/status";
  put(meaning.topic, said, meaning);
}

void People::check_object(const Letter& letter) {
  const auto object = centre_.disk().begin()->object(*letter.object);
  if (object && object->author.starts_with("stage ")) return;  // it changed it again
  const bool gone = !object || object->deleted_at;
  const bool so = letter.deletes == gone;
  const bool otherwise = contradicted(letter, [&](const Letter& other) {
    return other.object == letter.object && other.deletes != letter.deletes;
  });
  if (so || otherwise) return;
  world_.broken("I2", core::to_text(*letter.object) + " is not what " + letter.message->topic +
                          " was answered to have made of it");
}

}  // namespace antiphon::sim
