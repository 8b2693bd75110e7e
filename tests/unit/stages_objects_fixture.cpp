// SPDX-License-Identifier: MIT
#include "tests/unit/stages_objects_fixture.hpp"

#include <doctest/doctest.h>

#include "engine/core/json.hpp"

namespace antiphon::stages {
namespace {

core::ObjectKey key_of(const std::string& text) {
  return core::object_key(text).value();
}

}  // namespace

ObjectsFixture::ObjectsFixture()
    : store_(store::make_memory_store(*core::PlaneName::parse("hq"), {std::string(32, '1'), {}})),
      rows_(store_->begin()) {}

core::ObjectRegistry ObjectsFixture::registry(const std::string& author) {
  return {*rows_, core::Instant{++now_ms_}, author, effects_};
}

void ObjectsFixture::have(const std::string& key, const std::string& spec) {
  const core::Value document{{"spec", core::Value::parse(spec)}};
  REQUIRE(registry("ann").put(key_of(key), document));
}

void ObjectsFixture::remove(const std::string& key) {
  REQUIRE(!registry("ann").remove(key_of(key)));
}

void ObjectsFixture::report(const std::string& key, const std::string& status) {
  REQUIRE(!registry({}).report(key_of(key), core::Value::parse(status)));
}

std::string ObjectsFixture::spec(const std::string& key) {
  const auto object = registry({}).find(key_of(key));
  if (!object) return "none";
  return core::parse_object(object->document).value("spec", core::Value()).dump();
}

std::string ObjectsFixture::author(const std::string& key) {
  return rows_->object(key_of(key)).value().author;
}

core::InlineResult ObjectsFixture::result(core::InlineStage stage, const std::string& inputs,
                                          const std::string& config, int polls) {
  const core::Value settings = core::Value::parse(config);
  const core::Value given = core::Value::parse(inputs);
  const core::PlaneName self = *core::PlaneName::parse("hq");
  const std::function<std::vector<core::SiteView>()> known = [this] { return sites; };
  core::ObjectRegistry objects = registry("stage s of r");
  core::Call call{settings, given, self, known};
  call.objects = &objects;
  call.polls = polls;
  if (polls > 0) call.state = &state_;
  auto result = stage(call);
  if (const auto* not_yet = std::get_if<core::NotYet>(&result)) state_ = not_yet->state;
  return result;
}

std::string ObjectsFixture::poll(core::InlineStage stage, const std::string& inputs,
                                 const std::string& config, int polls) {
  const auto result = this->result(stage, inputs, config, polls);
  if (const auto* not_yet = std::get_if<core::NotYet>(&result)) {
    return "again in " + core::to_text(not_yet->wait) + ": " + not_yet->why;
  }
  const auto& finished = std::get<core::Finished>(result);
  return std::to_string(finished.status) + " " +
         (finished.error.empty() ? finished.outputs.dump() : finished.error);
}

std::string ObjectsFixture::end(core::InlineStage stage, const std::string& inputs,
                                const std::string& config) {
  const std::string text = poll(stage, inputs, config, 0);
  CHECK(!text.starts_with("again"));
  return text;
}

}  // namespace antiphon::stages
