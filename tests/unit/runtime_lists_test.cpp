// SPDX-License-Identifier: MIT
// Lists of many rows in pages, searched by label, and runs that wait for longer than usual.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/runtime/queries.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plane_fixture.hpp"

namespace antiphon {
namespace {

using core::Value;
using test::name;

constexpr int many = 100'000;

core::Activation run_of(const std::string& id, const std::string& campaign) {
  core::Activation run;
  run.id = name<core::ActivationId>(id);
  run.campaign = name<core::CampaignName>(campaign);
  run.version = name<core::VersionName>("v1");
  run.name_space = name<core::Namespace>("default");
  return run;
}

/// Every page of the list, until there is no more; how many pages there were.
std::pair<std::vector<Value>, int> all_of(store::Store& store, core::QueryRequest query,
                                          core::Instant now = {}) {
  const auto reader = store.reader();
  std::vector<Value> items;
  for (int pages = 1;; ++pages) {
    const core::Answer answer = runtime::answer_query(*reader, query, now);
    REQUIRE(answer.status == 200);
    CHECK(answer.body.size() < core::limits::reply_bytes);
    const Value body = core::parse_object(answer.body);
    for (const Value& item : body["items"]) items.push_back(item);
    if (!body.contains("next")) return {std::move(items), pages};
    query.after = body["next"];
  }
}

core::QueryRequest query_for(const std::string& what) {
  core::QueryRequest query;
  query.what = what;
  query.limit = core::limits::page_items;
  return query;
}

/// `many` of everything that is listed; one run in a thousand is of line 7.
void fill(store::Store& store) {
  const auto rows = store.begin();
  for (int i = 0; i < many; ++i) {
    const std::string number = std::to_string(i);
    core::Activation run = run_of("r" + number, "c");
    if (i % 1000 == 0) run.metadata = R"({"labels":{"line":"7"}})";
    rows->insert(run);
    core::StageRun visit;
    visit.activation = name<core::ActivationId>("r0");
    visit.run = i + 1;
    visit.stage = "s";
    rows->insert(visit);
    core::Task task;
    task.key = {visit.activation, 1, i};
    task.id = name<core::TaskId>("t" + number);
    rows->insert(task);
    core::Site site;
    site.name = name<core::PlaneName>("s" + number);
    rows->put(site);
    core::Object object;
    object.key = {name<core::ObjectKind>("target"), run.name_space,
                  name<core::ObjectName>("o" + number)};
    object.document = "{}";
    rows->put(object);
    core::CampaignVersion version;
    version.name_space = run.name_space;
    version.name = run.campaign;
    version.version = name<core::VersionName>("v" + number);
    version.hash = number;
    version.document = R"({"metadata":{},"spec":{"stages":{}}})";
    version.applied_seq = i + 1;
    rows->insert(version);
  }
  rows->commit();
}

}  // namespace

TEST_CASE("lists: of 100000 rows every list gives full pages and goes on behind any row") {
  test::TempDir folder;
  const auto store = store::open_sqlite((folder / "hq.db").string(), name<core::PlaneName>("hq"),
                                        {std::string(32, 'a'), std::string(32, 'b')});
  fill(*store);
  struct List {
    const char* what;
    const char* key;
    const char* after;
    std::size_t left;  ///< behind `after`
  };
  for (const List& list :
       {List{"activations", "id", "r1000", 1000}, List{"campaigns", "version", "98999", 1000},
        List{"objects", "name", "target/o99", 1110}, List{"sites", "name", "s99", 1110},
        List{"tasks", "id", "1.98999", 1000}, List{"history", "run", "99000", 1000}}) {
    CAPTURE(list.what);
    core::QueryRequest query = query_for(list.what);
    if (query.what == "tasks" || query.what == "history") query.activation = "r0";
    const Value first = core::parse_object(runtime::answer_query(*store->reader(), query, {}).body);
    CHECK(first["items"].size() == core::limits::page_items);
    CHECK(first.contains("next"));
    query.after = list.after;
    const auto [items, pages] = all_of(*store, query);
    std::set<std::string> distinct;
    for (const Value& item : items) distinct.insert(core::plain_text(item[list.key]));
    CHECK(distinct.size() == list.left);
    CHECK(items.size() == list.left);
  }
  core::QueryRequest labelled = query_for("activations");
  labelled.labels = {{"line", "7"}};
  const auto [found, pages] = all_of(*store, labelled);
  CHECK(found.size() == many / 1000);
  CHECK(pages > 1);  // no single answer looked through everything
}

TEST_CASE("lists: what is listed by label has all of the labels that are asked for") {
  test::PlaneFixture hq;
  const auto rows = hq.store().begin();
  core::Site tokyo;
  tokyo.name = name<core::PlaneName>("tokyo");
  tokyo.labels = {{"line", "7"}, {"area", "east"}};
  rows->put(tokyo);
  core::Site paris;
  paris.name = name<core::PlaneName>("paris");
  paris.labels = {{"line", "7"}};
  rows->put(paris);
  core::Object object;
  object.key = {name<core::ObjectKind>("target"), name<core::Namespace>("default"),
                name<core::ObjectName>("o")};
  object.document = R"({"metadata":{"labels":{"line":7}}})";
  rows->put(object);
  rows->commit();
  const auto found = [&hq](const std::string& what, std::map<std::string, std::string> labels) {
    core::QueryRequest query = query_for(what);
    query.labels = std::move(labels);
    std::string names;
    for (const Value& item : all_of(hq.store(), query).first) {
      names += item["name"].get<std::string>() + " ";
    }
    return names;
  };
  CHECK(found("sites", {}) == "paris tokyo ");
  CHECK(found("sites", {{"line", "7"}}) == "paris tokyo ");
  CHECK(found("sites", {{"line", "7"}, {"area", "east"}}) == "tokyo ");
  CHECK(found("sites", {{"line", "8"}}) == "");
  CHECK(found("objects", {{"line", "7"}}) == "o ");
  CHECK(found("campaigns", {{"line", "7"}}) == "");
}

TEST_CASE(
    "lists: a run is stuck when its stage takes three times as long as usual, and ten seconds") {
  test::PlaneFixture hq;
  const auto at = [](std::int64_t seconds) { return core::Instant{seconds * 1000}; };
  const auto add = [&](const std::string& id, core::ActivationState state, std::int64_t begun,
                       std::optional<std::int64_t> ended) {
    const auto rows = hq.store().begin();
    core::Activation run = run_of(id, "c");
    run.state = state;
    run.stage = "s";
    run.run = 1;
    rows->insert(run);
    core::StageRun visit;
    visit.activation = run.id;
    visit.run = 1;
    visit.stage = "s";
    visit.state = core::StageRunState::open;
    visit.opened_at = at(begun);
    if (ended) visit.ended_at = at(*ended);
    rows->insert(visit);
    rows->commit();
  };
  const auto stuck = [&](std::int64_t now) {
    core::QueryRequest query = query_for("activations");
    query.state = "stuck";
    std::string ids;
    for (const Value& item : all_of(hq.store(), query, at(now)).first) {
      ids += item["id"].get<std::string>() + " since " + item["stuck"]["since"].get<std::string>() +
             " usually " + item["stuck"]["usual"].get<std::string>();
    }
    return ids;
  };
  add("open", core::ActivationState::running, 1000, std::nullopt);
  add("held", core::ActivationState::paused, 1000, std::nullopt);
  add("d1", core::ActivationState::done, 0, 5);
  add("d2", core::ActivationState::done, 0, 20);
  CHECK(stuck(100'000).empty());  // two visits say nothing
  add("d3", core::ActivationState::done, 0, 900);
  CHECK(stuck(1060).empty());
  CHECK(stuck(1061) == "open since 1970-01-01T00:16:40.000Z usually 20s");
  add("d4", core::ActivationState::done, 0, 1);
  add("d5", core::ActivationState::done, 0, 1);
  add("d6", core::ActivationState::done, 0, 1);
  CHECK(stuck(1010).empty());  // more than three seconds, but not ten
  CHECK(!stuck(1016).empty());
}

}  // namespace antiphon
