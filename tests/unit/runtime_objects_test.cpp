// SPDX-License-Identifier: MIT
// The registry of a plane: what is applied, deleted, reported and taken from above, what is said of
// it, and that all of it is said again.
#include <doctest/doctest.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/runtime/queries.hpp"
#include "tests/unit/plane_fixture.hpp"

namespace antiphon {
namespace {

using core::Value;

const char* const app = "kind: Instance\nmetadata: {name: app}\nspec: {scope: a}\n";

core::ObjectKey key(const std::string& text) {
  return core::object_key(text).value();
}

/// "instance/app {document}", "instance/app gone": a line for each object that was said.
std::string said(const test::PlaneFixture& hq) {
  std::string lines;
  for (const auto& message : hq.said()) {
    const auto* out = std::get_if<runtime::ObjectOut>(&message);
    if (out == nullptr) continue;
    std::string spec = "gone";
    if (!out->document.empty()) {
      const Value document = Value::parse(out->document);
      spec = document["metadata"]["generation"].dump() + " " +
             document.value("spec", Value::object()).dump();
    }
    lines += core::to_text(out->object) + " " + spec + "\n";
  }
  return lines;
}

core::Answer remove(test::PlaneFixture& hq, const std::string& object) {
  core::DeleteRequest request{{}, key(object)};
  request.asker.reply_to = "antiphon/hq/answer/ann/1";
  hq.tell(std::move(request));
  for (const auto& message : hq.said()) {
    if (const auto* answer = std::get_if<runtime::AnswerOut>(&message)) return answer->answer;
  }
  return {};
}

void report(test::PlaneFixture& hq, const std::string& object, const std::string& status) {
  hq.tell(core::ObjectReport{key(object), status, "antiphon/hq/object/" + object + "/status"});
}

void from_above(test::PlaneFixture& hq, const std::string& object, const std::string& document) {
  hq.tell(core::OriginObject{*core::PlaneName::parse("top"), key(object), document,
                             "antiphon/top/object/" + object});
}

std::optional<core::Object> stored(test::PlaneFixture& hq, const std::string& object) {
  return hq.store().reader()->object(key(object));
}

std::string result_of(const core::Answer& answer) {
  return core::parse_object(answer.body)["items"][0]["result"].get<std::string>();
}

}  // namespace

TEST_CASE("objects: what is applied is kept, said, and counted up when it changes") {
  test::PlaneFixture hq;
  CHECK(result_of(hq.apply(app)) == "applied");
  CHECK(said(hq) == "instance/app 1 {\"scope\":\"a\"}\n");
  CHECK(stored(hq, "instance/app")->author == "unnamed");
  CHECK(result_of(hq.apply(app)) == "unchanged");
  CHECK(said(hq) == "");
  CHECK(result_of(hq.apply("kind: Instance\nmetadata: {name: app}\nspec: {scope: b}\n")) ==
        "changed");
  CHECK(said(hq) == "instance/app 2 {\"scope\":\"b\"}\n");
}

TEST_CASE("objects: campaigns and objects of one text are applied together or not at all") {
  test::PlaneFixture hq;
  const std::string campaign = "---\nmetadata: {name: c}\nspec: {firstStage: s, stages: {s: {}}}\n";
  CHECK(hq.apply(app + campaign).status == 200);
  const std::string other =
      "---\nmetadata: {name: c}\nspec: {firstStage: t, stages: {t: {}}}\n---\n"
      "kind: Target\nmetadata: {name: t}\n";
  CHECK(hq.apply(other).status == 409);
  CHECK(said(hq) == "");
  CHECK(!stored(hq, "target/t"));
}

TEST_CASE("objects: what is deleted is gone, and counts on when it comes back") {
  test::PlaneFixture hq;
  hq.apply(app);
  report(hq, "instance/app", R"({"state":"succeeded"})");
  CHECK(result_of(remove(hq, "instance/app")) == "deleted");
  CHECK(said(hq) == "instance/app gone\n");
  CHECK(!stored(hq, "instance/app"));
  CHECK(remove(hq, "instance/app").status == 404);
  CHECK(remove(hq, "instance/app@plant").error == "there is no object instance/app@plant");
  hq.apply(app);
  CHECK(said(hq) == "instance/app 3 {\"scope\":\"a\"}\n");
  CHECK(stored(hq, "instance/app")->status == "");
}

TEST_CASE("objects: a reconciler's status is kept, of the newest generation only") {
  test::PlaneFixture hq;
  hq.apply(app);
  report(hq, "instance/app", R"({"state":"running","generation":1})");
  CHECK(stored(hq, "instance/app")->status == R"({"generation":1,"state":"running"})");
  hq.apply("kind: Instance\nmetadata: {name: app}\nspec: {scope: b}\n");
  report(hq, "instance/app", R"({"state":"succeeded","generation":1})");
  CHECK(stored(hq, "instance/app")->status.find("running") != std::string::npos);
  CHECK(hq.rejects().empty());
  report(hq, "instance/app", R"({"state":"succeeded","generation":2})");
  CHECK(stored(hq, "instance/app")->status.find("succeeded") != std::string::npos);
  CHECK(said(hq) == "");
  report(hq, "instance/app", "");
  CHECK(stored(hq, "instance/app")->status == "");
}

TEST_CASE("objects: a status of what is not there is refused, and seen") {
  test::PlaneFixture hq;
  hq.apply(app);
  report(hq, "instance/other", R"({"state":"succeeded"})");
  report(hq, "instance/app", R"({"generation":2})");
  REQUIRE(hq.rejects().size() == 2);
  CHECK(hq.rejects()[1].reason == "there is no object instance/other");
  CHECK(hq.rejects()[0].reason == "instance/app has no generation 2 yet, it is at 1");
  CHECK(hq.rejects()[0].topic == "antiphon/hq/object/instance/app/status");
  report(hq, "instance/other", "");
  CHECK(hq.rejects().size() == 2);
}

TEST_CASE("objects: a parent's catalog is kept under its origin's name, and goes with it") {
  test::PlaneFixture hq;
  from_above(hq, "catalogversion/app@plant",
             R"({"metadata":{"name":"app","generation":4},"spec":{"parentName":"base"}})");
  CHECK(said(hq) == "catalogversion/top-app@plant 1 {\"parentName\":\"top-base\"}\n");
  const auto kept = stored(hq, "catalogversion/top-app@plant");
  REQUIRE(kept);
  CHECK(kept->origin.text() == "top");
  CHECK(kept->author == "top");
  CHECK(Value::parse(kept->document)["metadata"]["origins"] == Value{"top"});
  CHECK(remove(hq, "catalogversion/top-app@plant").status == 409);
  CHECK(
      hq.apply("kind: Catalog\nmetadata: {name: top-app, namespace: plant}\nspec: {a: 1}").status ==
      409);
  from_above(hq, "catalogversion/app", "");
  CHECK(said(hq) == "");
  from_above(hq, "catalogversion/app@plant", "");
  CHECK(said(hq) == "catalogversion/top-app@plant gone\n");
}

TEST_CASE("objects: a catalog that was here before, or hides one of ours, is not taken") {
  test::PlaneFixture hq;
  from_above(hq, "catalogversion/app", R"({"metadata":{"origins":["hq","region"]},"spec":{}})");
  CHECK(hq.rejects()[0].reason == R"(the catalog came through ["hq","region"] and is our own)");
  hq.apply("kind: Catalog\nmetadata: {name: top-app}\nspec: {a: 1}");
  from_above(hq, "catalogversion/app", R"({"spec":{}})");
  CHECK(hq.rejects()[0].reason == "catalogversion/top-app is here already, and not top's");
  from_above(hq, "catalogversion/app", "");
  CHECK(stored(hq, "catalogversion/top-app"));
}

TEST_CASE("objects: all of them are said again after a connect, page by page, what is gone too") {
  test::PlaneFixture hq;
  std::string many;
  for (std::size_t i = 0; i < core::limits::object_page + 3; ++i) {
    many += "kind: Target\nmetadata: {name: t" + std::to_string(100 + i) + "}\n---\n";
  }
  hq.apply(many);
  remove(hq, "target/t101");
  hq.restart();
  hq.tell(runtime::Connected{});
  const auto lines = [](const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  };
  CHECK(lines(said(hq)) == core::limits::object_page);
  CHECK(said(hq).starts_with("target/t100 1 {}\ntarget/t101 gone\ntarget/t102 1 {}\n"));
  CHECK(hq.plane().patience() <= core::limits::object_pause);
  hq.advance(core::limits::object_pause);
  std::vector<runtime::Envelope> none;
  hq.step(none);
  CHECK(lines(said(hq)) == 3);
  hq.advance(core::minutes(1));
  hq.step(none);
  CHECK(said(hq) == "");
}

TEST_CASE("objects: a site that comes back hears what went, and it is forgotten in the end") {
  test::PlaneFixture hq;
  hq.apply(app);
  remove(hq, "instance/app");
  hq.tell(runtime::FromSite{*core::PlaneName::parse("tokyo"), core::Hello{"j", 1, 0, {}}, ""});
  hq.advance(core::seconds(2));
  std::vector<runtime::Envelope> none;
  hq.step(none);
  CHECK(said(hq) == "instance/app gone\n");
  hq.advance(core::limits::object_memory);
  hq.tell(runtime::Disconnected{});
  CHECK(hq.store().begin()->count_objects().gone == 0);
}

TEST_CASE("objects: the registry is full at its bound, and changes still go through") {
  test::PlaneFixture hq;
  hq.apply(app);
  {
    const auto rows = hq.store().begin();
    for (std::size_t i = 1; i < core::limits::objects; ++i) {
      core::Object object;
      object.key = key("target/t" + std::to_string(i));
      object.document = "{}";
      object.author = "ann";
      rows->put(object);
    }
    rows->commit();
  }
  const auto refused = hq.apply("kind: Target\nmetadata: {name: more}");
  CHECK(refused.status == 413);
  CHECK(refused.error == "no room for target/more: a plane keeps 10000 objects");
  CHECK(hq.apply("kind: Instance\nmetadata: {name: app}\nspec: {scope: b}\n").status == 200);
  remove(hq, "target/t1");
  CHECK(hq.apply("kind: Target\nmetadata: {name: more}").status == 200);
}

TEST_CASE("objects: a query lists them without their documents, and shows one as a whole") {
  test::PlaneFixture hq;
  hq.apply(app);
  report(hq, "instance/app", R"({"state":"Succeeded"})");
  core::QueryRequest query;
  query.what = "objects";
  query.kind = "Instances";
  const auto answer = runtime::answer_query(*hq.store().reader(), query, {});
  const Value items = core::parse_object(answer.body)["items"];
  REQUIRE(items.size() == 1);
  CHECK(items[0]["kind"] == "instance");
  CHECK(items[0]["state"] == "Succeeded");
  CHECK(!items[0].contains("document"));
  query.object = "instance/app";
  const Value item =
      core::parse_object(runtime::answer_query(*hq.store().reader(), query, {}).body)["item"];
  CHECK(item["document"]["spec"]["scope"] == "a");
  CHECK(item["objectStatus"]["state"] == "Succeeded");
  query.object = "instance/none";
  CHECK(runtime::answer_query(*hq.store().reader(), query, {}).status == 404);
  query.object = "none";
  CHECK(runtime::answer_query(*hq.store().reader(), query, {}).status == 400);
  query.object.clear();
  query.kind = "a/b";
  CHECK(runtime::answer_query(*hq.store().reader(), query, {}).status == 400);
}

}  // namespace antiphon
