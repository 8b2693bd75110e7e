// SPDX-License-Identifier: MIT
// The providers that need nobody, and the registry: symphony.md section 10.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/stages/registry.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

core::PlaneName plane(const char* name) {
  return *core::PlaneName::parse(name);
}

const std::vector<core::SiteView> no_sites;

core::InlineResult run(core::InlineStage stage, const std::string& inputs,
                       const std::vector<core::SiteView>& known = no_sites) {
  const core::Value config = core::Value::object();
  const core::Value given = core::Value::parse(inputs);
  const core::PlaneName self = plane("hq");
  const std::function<std::vector<core::SiteView>()> sites = [&known] { return known; };
  return stage(core::Call{config, given, self, sites});
}

struct Case {
  std::string inputs;
  std::string outputs;
};

void check_done(core::InlineStage stage, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    CAPTURE(one.inputs);
    const auto result = run(stage, one.inputs);
    const auto& finished = std::get<core::Finished>(result);
    CHECK(finished.status == 200);
    CHECK(finished.error == "");
    CHECK(finished.outputs.dump() == core::Value::parse(one.outputs).dump());
  }
}

struct Refusal {
  std::string inputs;
  int status;
  std::string error;
};

void check_refused(core::InlineStage stage, const std::vector<Refusal>& cases) {
  for (const Refusal& one : cases) {
    CAPTURE(one.inputs);
    const auto result = run(stage, one.inputs);
    const auto& finished = std::get<core::Finished>(result);
    CHECK(finished.status == one.status);
    CHECK(finished.error.find(one.error) != std::string::npos);
    CHECK(finished.outputs == core::Value::object());
  }
}

TEST_CASE("stages: mock echoes its inputs and counts foo up") {
  check_done(mock, {
                       {"{}", "{}"},
                       {R"({"a":1,"__site":"hq","b":{"c":[2]}})",
                        R"({"a":1,"__site":"hq","b":{"c":[2]}})"},
                       {R"({"foo":""})", R"({"foo":1})"},
                       {R"({"foo":null})", R"({"foo":1})"},
                       {R"({"foo":"41"})", R"({"foo":42})"},
                       {R"({"foo":41})", R"({"foo":42})"},
                       {R"({"foo":-1})", R"({"foo":0})"},
                       {R"({"foo":41.0})", R"({"foo":42})"},
                       {R"({"foo":1.5})", R"({"foo":1.5})"},
                       {R"({"foo":"bar"})", R"({"foo":"bar"})"},
                       {R"({"foo":"1.5"})", R"({"foo":"1.5"})"},
                       {R"({"foo":true})", R"({"foo":true})"},
                       {R"({"foo":[1]})", R"({"foo":[1]})"},
                       {R"({"foo":9223372036854775807})", R"({"foo":9223372036854775808.0})"},
                   });
}

TEST_CASE("stages: counter adds its inputs to its state") {
  check_done(
      counter,
      {
          {"{}", R"({"__state":{}})"},
          {R"({"n":1})", R"({"n":1,"__state":{"n":1}})"},
          {R"({"n":"2"})", R"({"n":2,"__state":{"n":2}})"},
          {R"({"n":2.9})", R"({"n":2,"__state":{"n":2}})"},
          {R"({"n":-2.9})", R"({"n":-2,"__state":{"n":-2}})"},
          {R"({"n":1,"n.init":10})", R"({"n":11,"__state":{"n":11}})"},
          {R"({"n":1,"n.init":"10"})", R"({"n":11,"__state":{"n":11}})"},
          {R"({"n":1,"n.init":"x"})", R"({"n":1,"__state":{"n":1}})"},
          {R"({"n":1,"n.init":10,"__state":{"n":20}})", R"({"n":21,"__state":{"n":21}})"},
          {R"({"n":-3,"m":1,"__state":{"n":2}})", R"({"n":-1,"m":1,"__state":{"n":-1,"m":1}})"},
          {R"({"n":1,"__state":{"old":7}})", R"({"n":1,"__state":{"n":1,"old":7}})"},
          {R"({"t":"text","b":true,"l":[1],"o":{"a":1},"z":null,"__site":"hq"})",
           R"({"__state":{}})"},
          {R"({"__activationGeneration":"1"})",
           R"({"__activationGeneration":1,"__state":{"__activationGeneration":1}})"},
          {R"({"n":1,"__state":{"n":9223372036854775807}})",
           R"({"n":9223372036854775808.0,"__state":{"n":9223372036854775808.0}})"},
          {R"({"n":1,"__state":{"n":1e300}})", R"({"n":1e300,"__state":{"n":1e300}})"},
          {R"({"n":1,"__state":{"n":"x"}})", R"({"n":1,"__state":{"n":1}})"},
          {R"({"n":1e300})", R"({"__state":{}})"},
      });
  check_refused(counter, {{R"({"n":1,"__state":[1]})", 400, "input '__state' is no object"},
                          {R"({"n":1,"__state":"x"})", 400, "input '__state' is no object"}});
}

TEST_CASE("stages: a counter's state leads from visit to visit") {
  std::string inputs = R"({"val":1,"val.init":5})";
  for (int visit = 1; visit <= 3; ++visit) {
    const auto result = run(counter, inputs);
    const auto& outputs = std::get<core::Finished>(result).outputs;
    CHECK(outputs.at("val") == 5 + visit);
    inputs = core::Value{{"val", 1}, {"val.init", 5}, {"__state", outputs.at("__state")}}.dump();
  }
}

TEST_CASE("stages: delay is due after numbers of seconds and durations as text") {
  struct Wait {
    std::string inputs;
    std::int64_t ms;
  };
  for (const Wait& one : std::vector<Wait>{{R"({"delay":30})", 30'000},
                                           {R"({"delay":0})", 0},
                                           {R"({"delay":1.5})", 1'500},
                                           {R"({"delay":"30"})", 30'000},
                                           {R"({"delay":"30s"})", 30'000},
                                           {R"({"delay":"1h2m3s"})", 3'723'000},
                                           {R"({"delay":"1.5m"})", 90'000},
                                           {R"({"delay":"250ms"})", 250}}) {
    CAPTURE(one.inputs);
    const auto result = run(delay, one.inputs);
    CHECK(std::get<core::DueAfter>(result).wait == core::Duration{one.ms});
  }
  check_done(delay, {{"{}", "{}"}});
}

TEST_CASE("stages: delay refuses what is no duration") {
  check_refused(delay, {
                           {R"({"delay":""})", 500, "input 'delay'"},
                           {R"({"delay":"soon"})", 500, "'soon' is no duration"},
                           {R"({"delay":"10 s"})", 500, "is no duration"},
                           {R"({"delay":"-5s"})", 500, "is no duration"},
                           {R"({"delay":-5})", 500, "the number is out of range"},
                           {R"({"delay":1e300})", 500, "the number is out of range"},
                           {R"({"delay":true})", 500, "neither a number nor text"},
                           {R"({"delay":null})", 500, "neither a number nor text"},
                           {R"({"delay":["1s"]})", 500, "neither a number nor text"},
                       });
}

TEST_CASE("stages: list gives the sites as names or as objects") {
  const std::vector<core::SiteView> sites{
      {plane("paris"), true, {{"region", "eu"}}, core::Instant{1'700'000'000'250}},
      {plane("tokyo"), false, {}, core::Instant{}}};
  const auto outputs = [&sites](const char* inputs) {
    const auto result = run(list, inputs, sites);
    CHECK(std::get<core::Finished>(result).status == 200);
    return std::get<core::Finished>(result).outputs;
  };
  const core::Value names{{"items", {"paris", "tokyo"}}, {"objectType", "sites"}};
  CHECK(outputs(R"({"objectType":"sites","namesOnly":true})") == names);
  CHECK(outputs(R"({"objectType":"sites","namesOnly":"true"})") == names);
  const core::Value objects = core::Value::parse(R"([
      {"id":"paris", "metadata":{"name":"paris","labels":{"region":"eu"}},
       "spec":{"name":"paris","isSelf":false,"properties":{}},
       "status":{"isOnline":true,"lastReported":"2023-11-14T22:13:20.250Z"}},
      {"id":"tokyo", "metadata":{"name":"tokyo","labels":{}},
       "spec":{"name":"tokyo","isSelf":false,"properties":{}},
       "status":{"isOnline":false,"lastReported":"0001-01-01T00:00:00Z"}}])");
  CHECK(outputs(R"({"objectType":"sites"})").at("items") == objects);
  CHECK(outputs(R"({"objectType":"sites","namesOnly":false})").at("items") == objects);
  check_done(list, {{R"({"objectType":"sites"})", R"({"items":[],"objectType":"sites"})"}});
}

TEST_CASE("stages: list refuses other types by name") {
  check_refused(list, {
                          {R"({"objectType":"Sites"})", 500, "'objectType' is 'Sites'"},
                          {R"({"objectType":7})", 500, "'objectType' is no text"},
                          {"{}", 500, "one of instance, sites, catalogversions"},
                      });
}

TEST_CASE("stages: flaky fails as often as it is told, counting over visits, and then echoes") {
  struct Row {
    const char* config;
    const char* inputs;
    int attempt;
    int status;
    const char* outputs;
  };
  for (const Row& row : std::vector<Row>{
           {"{}", R"({"v":1})", 1, 500, R"({"__state":{"calls":1}})"},
           {"{}", R"({"v":1})", 2, 200, R"({"v":1,"__state":{"calls":2}})"},
           {R"({"failTimes":"2"})", "{}", 2, 500, R"({"__state":{"calls":2}})"},
           {R"({"failTimes":2})", R"({"__state":{"calls":2}})", 1, 200,
            R"({"__state":{"calls":3}})"},
           {R"({"failTimes":0})", "{}", 1, 200, R"({"__state":{"calls":1}})"},
           {R"({"failTimes":2})", R"({"__state":[1]})", 1, 500, R"({"__state":{"calls":1}})"},
           {R"({"failTimes":"often"})", "{}", 1, 400, "{}"}}) {
    CAPTURE(row.config);
    CAPTURE(row.inputs);
    const core::Value config = core::Value::parse(row.config);
    const core::Value inputs = core::Value::parse(row.inputs);
    const core::PlaneName self = plane("hq");
    const std::function<std::vector<core::SiteView>()> sites = [] { return no_sites; };
    const auto result = flaky(core::Call{config, inputs, self, sites, row.attempt});
    const auto& finished = std::get<core::Finished>(result);
    CHECK(finished.status == row.status);
    CHECK(finished.error.empty() == (row.status == 200));
    CHECK(finished.outputs == core::Value::parse(row.outputs));
  }
}

TEST_CASE("stages: the registry says who carries a provider out and what a restart means") {
  using core::Executor;
  using core::RestartRule;
  struct Row {
    const char* name;
    Executor executor;
    RestartRule on_restart;
    bool offered;
    core::InlineStage run;
  };
  const core::Providers providers = standard_providers();
  for (const Row& row : std::vector<Row>{
           {"mock", Executor::inline_stage, RestartRule::rerun, true, mock},
           {"counter", Executor::inline_stage, RestartRule::rerun, true, counter},
           {"delay", Executor::inline_stage, RestartRule::due_row, true, delay},
           {"flaky", Executor::inline_stage, RestartRule::rerun, false, flaky},
           {"list", Executor::inline_stage, RestartRule::rerun, true, list},
           {"http", Executor::worker, RestartRule::rerun_reads, false, nullptr},
           {"wait", Executor::inline_stage, RestartRule::rerun, true, wait},
           {"materialize", Executor::inline_stage, RestartRule::rerun, true, materialize},
           {"create", Executor::inline_stage, RestartRule::rerun, false, create},
           {"patch", Executor::inline_stage, RestartRule::rerun, false, patch},
           {"script", Executor::worker, RestartRule::reattach_else_uncertain, false, nullptr},
           {"proxy.http", Executor::worker, RestartRule::uncertain, false, nullptr},
           {"proxy.mqtt", Executor::worker, RestartRule::uncertain, false, nullptr},
           {"remote", Executor::remote, RestartRule::resend, false, nullptr}}) {
    CAPTURE(row.name);
    const core::ProviderInfo* found = providers.find(row.name);
    REQUIRE(found != nullptr);
    CHECK(found->executor == row.executor);
    CHECK(found->on_restart == row.on_restart);
    CHECK(found->offered_by_default == row.offered);
    CHECK((found->run == row.run));
    CHECK(providers.find("providers.stage." + std::string(row.name)) == found);
  }
  CHECK(providers.names() ==
        "approval, counter, create, delay, event, flaky, http, list, materialize, mock, patch, "
        "remote, "
        "script, "
        "wait");
  CHECK(providers.proxies() == "proxy.http, proxy.mqtt");
  CHECK(providers.find("flight") == nullptr);
}

}  // namespace
}  // namespace antiphon::stages
