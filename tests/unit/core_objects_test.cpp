// SPDX-License-Identifier: MIT
// Names of objects, what a status says, and `$config` over catalogs.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/object_configs.hpp"
#include "engine/core/object_registry.hpp"
#include "engine/core/object_status.hpp"
#include "engine/store/memory_store.hpp"

namespace antiphon::core {
namespace {

std::string key_text(const std::string& text) {
  const auto key = object_key(text);
  return key ? to_text(*key) : key.error().message;
}

ObjectProgress progress(const std::string& status, std::int64_t said_at = 2) {
  Object object;
  object.key = *object_key("instance/app");
  object.updated = {2};
  object.status = status;
  if (!status.empty()) object.status_at = Instant{said_at};
  return progress_of(object);
}

/// Catalogs in memory.
class Catalogs {
 public:
  Catalogs()
      : store_(store::make_memory_store(*PlaneName::parse("hq"), {std::string(32, '1'), {}})),
        rows_(store_->begin()) {}

  void have(const std::string& key, const std::string& spec) {
    ObjectRegistry registry(*rows_, {1}, "ann", effects_);
    REQUIRE(registry.put(*object_key(key), Value{{"spec", Value::parse(spec)}}));
  }

  /// The value, or the error with its status.
  std::string config(const std::string& object, const std::string& field,
                     const std::vector<std::string>& overlays = {}) {
    const Namespace space = *Namespace::parse("default");
    const auto value = ObjectConfigs(*rows_, space).config(object, field, overlays);
    return value ? value->dump()
                 : std::to_string(value.error().status) + " " + value.error().message;
  }

 private:
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Transaction> rows_;
  std::vector<Effect> effects_;
};

}  // namespace

TEST_CASE("objects: a name is read in each spelling, and written in one") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"instance/app", "instance/app"},
      {"Instance/app", "instance/app"},
      {"instances/app:1", "instance/app-v-1"},
      {"solution/app:1:2", "solutionversion/app-v-1-v-2"},
      {"SolutionVersions/app", "solutionversion/app"},
      {"Catalogs/app@plant", "catalogversion/app@plant"},
      {"catalogversion/app@default", "catalogversion/app"},
      {"configmap/a.b", "configmap/a.b"},
      {"app", "'app' names no object"},
      {"/app", "kind is empty"},
      {"instance/", "object name is empty"},
      {"instance/a/b", "object name has a character that no name may have, at position 2"},
      {"instance/app@", "namespace is empty"},
      {"instance/app@a@b", "namespace has a character that no name may have, at position 2"},
  };
  for (const auto& [text, said] : rows) {
    CAPTURE(text);
    CHECK(key_text(text) == said);
  }
  CHECK(key_text("target/" + std::string(253, 'a')).size() == 260);
  CHECK(key_text("target/" + std::string(254, 'a')) ==
        "object name has 254 characters, more than 253");
}

TEST_CASE("objects: a topic's levels are read only as they are written") {
  CHECK(to_text(*key_at("catalogversion", "app@plant")) == "catalogversion/app@plant");
  for (const auto& [kind, level] :
       std::vector<std::pair<const char*, const char*>>{{"catalog", "app"},
                                                        {"Instance", "app"},
                                                        {"instance", "app:1"},
                                                        {"instance", "app@default"},
                                                        {"", "app"},
                                                        {"instance", ""}}) {
    CAPTURE(level);
    CHECK(!key_at(kind, level));
  }
}

TEST_CASE("objects: a status says how far an object is, in our words or in Symphony's") {
  using State = ObjectProgress::State;
  for (const char* text : {"", "{}", R"({"state":"Running"})", R"({"state":7})",
                           R"({"provisioningStatus":{"status":"InProgress"}})"}) {
    CAPTURE(text);
    CHECK(progress(text).state == State::open);
  }
  for (const char* text : {R"({"state":"succeeded"})", R"({"state":"Ready"})",
                           R"({"provisioningStatus":{"status":"Succeeded"}})"}) {
    CAPTURE(text);
    CHECK(progress(text).state == State::succeeded);
    CHECK(progress(text, 1).state == State::open);
  }
  const auto bare = progress(R"({"state":"failed"})");
  CHECK(bare.state == State::failed);
  CHECK(bare.failed == 1);
  CHECK(bare.error == "instance/app has failed");
  const auto full = progress(R"({"state":"Error","failedDeploymentCount":3,"error":"no room"})");
  CHECK(full.failed == 3);
  CHECK(full.error == "no room");
  CHECK(progress(R"({"provisioningStatus":{"status":"Failed","failureCause":"x"}})").error == "x");
}

TEST_CASE("config: a field is that of the catalog, by its name or as a path") {
  Catalogs plane;
  plane.have("catalog/c", R"({"properties":{"speed":40,"a.b":1,"a":{"b":2,"c":{"d":[3]}}}})");
  CHECK(plane.config("c", "speed") == "40");
  CHECK(plane.config("c", "a.b") == "1");
  CHECK(plane.config("c", "a.c.d") == "[3]");
  CHECK(plane.config("c", "a.x") == "404 catalog 'c' has no field 'a.x'");
  CHECK(plane.config("c", "speed.x") == "404 catalog 'c' has no field 'speed.x'");
  CHECK(plane.config("none", "speed") == "404 there is no catalog 'none'");
  CHECK(plane.config("a b", "speed").starts_with("400 object name has a character"));
  plane.have("catalog/bare", "{}");
  CHECK(plane.config("bare", "x") == "404 catalog 'bare' has no field 'x'");
}

TEST_CASE("config: what a catalog does not have is looked for above it, in no circle") {
  Catalogs plane;
  plane.have("catalog/base-v-1", R"({"properties":{"speed":40,"unit":"mm"}})");
  plane.have("catalog/line", R"({"parentName":"base:1","properties":{"speed":50}})");
  CHECK(plane.config("line", "speed") == "50");
  CHECK(plane.config("line", "unit") == "\"mm\"");
  plane.have("catalog/orphan", R"({"parentName":"gone","properties":{}})");
  CHECK(plane.config("orphan", "x") == "404 there is no catalog 'gone'");
  plane.have("catalog/round", R"({"parentName":"round","properties":{}})");
  CHECK(plane.config("round", "x") ==
        "1000 catalog 'round' has more than 16 catalogs above it, or is above itself");
}

TEST_CASE("config: the first overlay that has the field hides the others and the object") {
  Catalogs plane;
  plane.have("catalog/c", R"({"properties":{"a":1,"b":1,"c":1}})");
  plane.have("catalog/o1", R"({"properties":{"a":2}})");
  plane.have("catalog/o2", R"({"properties":{"a":3,"b":3}})");
  CHECK(plane.config("c", "a", {"o1", "o2"}) == "2");
  CHECK(plane.config("c", "b", {"o1", "o2"}) == "3");
  CHECK(plane.config("c", "c", {"o1", "o2"}) == "1");
  CHECK(plane.config("c", "a", {"none"}) == "404 there is no catalog 'none'");
}

}  // namespace antiphon::core
