// SPDX-License-Identifier: MIT
// Answers to queries about runs whose values are larger than an answer may be.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/shorten.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/queries.hpp"
#include "tests/unit/plane_fixture.hpp"

namespace antiphon {
namespace {

using core::Value;

std::string text_of(std::size_t bytes) {
  return std::string(bytes, 'x');
}

/// A run of one stage with one task; `outputs` of both.
void fill(store::Store& store, const core::Value& inputs, const core::Value& outputs) {
  const auto rows = store.begin();
  core::Activation run;
  run.id = *core::ActivationId::parse("a1");
  run.stage = "s";
  run.run = 1;
  run.inputs = core::dump(inputs);
  run.trigger = core::dump({{"topic", "t"}, {"payload", text_of(300'000)}});
  rows->insert(run);
  core::StageRun stage_run;
  stage_run.activation = run.id;
  stage_run.run = 1;
  stage_run.stage = "s";
  stage_run.inputs = core::dump(inputs);
  rows->insert(stage_run);
  core::Task task;
  task.key = {run.id, 1, 0};
  task.id = *core::TaskId::parse("t1");
  task.outputs = core::dump(outputs);
  rows->insert(task);
  rows->put_output(run.id, "s", {1, core::dump(outputs)});
  rows->commit();
}

Value asked(store::Store& store, const std::string& what) {
  core::QueryRequest query;
  query.what = what;
  query.activation = "a1";
  const core::Answer answer = runtime::answer_query(*store.reader(), query, {});
  CHECK(answer.status == 200);
  CHECK(answer.body.size() < core::limits::reply_bytes);
  return core::parse_object(answer.body);
}

}  // namespace

TEST_CASE("queries: of a run over the answer's bound the largest values give their size") {
  test::PlaneFixture hq;
  fill(hq.store(), {{"a", text_of(200'000)}, {"b", 1}}, {{"c", text_of(240'000)}, {"d", "small"}});

  const Value item = asked(hq.store(), "activation")["item"];
  CHECK(item["id"] == "a1");
  CHECK(item["trigger"] == Value{{"topic", "t"}, {"payload", {{"omitted", 300'002}}}});
  CHECK(item["outputs"] == Value{{"c", {{"omitted", 240'002}}}, {"d", "small"}});
  CHECK(item["inputs"]["a"] == text_of(200'000));

  CHECK(asked(hq.store(), "tasks")["items"][0]["outputs"]["c"] == text_of(240'000));
  CHECK(asked(hq.store(), "history")["items"][0]["inputs"]["a"] == text_of(200'000));
}

TEST_CASE("queries: a run has its document's labels and annotations, and its status as a label") {
  test::PlaneFixture hq;
  fill(hq.store(), Value::object(), Value::object());
  CHECK(asked(hq.store(), "activation")["item"]["labels"] == Value{{"statusMessage", "Running"}});
  const auto rows = hq.store().begin();
  core::Activation run = *rows->activation(*core::ActivationId::parse("a1"));
  run.metadata = R"({"annotations":{"why":"because"},"labels":{"line":"7","statusMessage":"?"}})";
  run.state = core::ActivationState::failed;
  run.status = core::status::internal_error;
  rows->update(run);
  rows->commit();
  const Value item = asked(hq.store(), "activation")["item"];
  CHECK(item["labels"] == Value{{"line", "7"}, {"statusMessage", "InternalError"}});
  CHECK(item["annotations"] == Value{{"why", "because"}});
}

TEST_CASE("queries: a task or stage run over the bound is a page of its own, shortened") {
  test::PlaneFixture hq;
  const Value large{{"c", text_of(900'000)}, {"d", text_of(200'000)}, {"e", 1}};
  fill(hq.store(), large, large);
  const Value kept{{"c", {{"omitted", 900'002}}}, {"d", text_of(200'000)}, {"e", 1}};
  CHECK(asked(hq.store(), "tasks")["items"][0]["outputs"] == kept);
  CHECK(asked(hq.store(), "history")["items"][0]["inputs"] == kept);
}

TEST_CASE("queries: a campaign is given with its document, the newest version or the named one") {
  test::PlaneFixture hq;
  const auto apply = [&](const std::string& version, const std::string& input) {
    const auto answer =
        hq.apply("metadata: {name: 'c:" + version +
                 "'}\nspec: {firstStage: s, stages: {s: {inputs: {a: " + input + "}}}}\n");
    REQUIRE(answer.status == 200);
  };
  apply("v2", "two");
  apply("v1", "one");
  const auto ask = [&](const std::string& campaign) {
    core::QueryRequest query;
    query.what = "campaign";
    query.campaign = campaign;
    return runtime::answer_query(*hq.store().reader(), query, {});
  };
  const auto input = [&](const std::string& campaign) {
    return core::parse_object(
        ask(campaign).body)["item"]["document"]["spec"]["stages"]["s"]["inputs"]["a"];
  };
  CHECK(input("c") == "one");
  CHECK(input("c:v2") == "two");
  CHECK(ask("c:v3").status == 404);
  CHECK(ask("d").status == 404);
  CHECK(ask("").status == 400);
  apply("v4", text_of(300'000));
  CHECK(ask("c").status == 413);
}

TEST_CASE("shortened: what fits stays, and of many small values the whole is left out") {
  const Value small{{"a", {{"b", 1}}}};
  CHECK(core::shortened(small, 100) == small);
  Value many = Value::object();
  for (int i = 0; i < 1000; ++i) many[std::to_string(i)] = i;
  const std::size_t bytes = core::dump(many).size();
  CHECK(core::shortened({{"many", many}, {"n", 1}}, 100) ==
        Value{{"many", {{"omitted", bytes}}}, {"n", 1}});
  CHECK(core::shortened({{"list", {1, 2, 3}}, {"text", text_of(200)}}, 100) ==
        Value{{"list", {1, 2, 3}}, {"text", {{"omitted", 202}}}});
}

}  // namespace antiphon
