// SPDX-License-Identifier: MIT
// A stage's proxy as documents say it, and what is said to who misspells it.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/campaign_fixture.hpp"

namespace antiphon::campaign {
namespace {

std::string document_with(const std::string& stage) {
  return "metadata: {name: a}\nspec:\n  firstStage: s\n  stages:\n    s: {" + stage + "}\n";
}

const std::string mqtt_config =
    "brokerAddress: 'tcp://b:1883', requestTopic: ask, responseTopic: answer";

std::string mqtt_stage(const std::string& more) {
  return "provider: mock, proxy: {provider: proxy.mqtt, config: {" + mqtt_config + more + "}}";
}

}  // namespace

TEST_CASE("campaign proxy: full and short names are read, expressions stay in the config") {
  for (const std::string prefix : {"", "providers.stage."}) {
    const auto document = test::campaign_of(document_with(
        "provider: " + prefix + "counter, proxy: {provider: " + prefix +
        "proxy.http, config: {baseUrl: 'http://r:1', user: '${{$if(true,ann,bob)}}'}}"));
    const auto& stage = document.campaign->stages.at("s");
    CHECK(stage.provider == "counter");
    REQUIRE(stage.proxy);
    CHECK(stage.proxy->provider == "proxy.http");
    CHECK(test::describe(*document.campaign)
              .find("by proxy.http {baseUrl: \"http://r:1\", user: \"ann\"}") != std::string::npos);
  }
}

TEST_CASE("campaign proxy: a provider that only the runner has is named in full") {
  const std::string proxy = ", proxy: {provider: proxy.http, config: {baseUrl: 'http://r:1'}}";
  CHECK(test::problems_of(document_with("provider: providers.stage.acme.weld" + proxy)) == "none");
  CHECK(test::problems_of(document_with("provider: acme.weld" + proxy)) ==
        "5:19: spec.stages.s.provider: there is no provider 'acme.weld' (one that only the runner "
        "has is named in full: providers.stage.acme.weld)");
  CHECK(test::problems_of(document_with("provider: conter" + proxy)) ==
        "5:19: spec.stages.s.provider: there is no provider 'conter' (did you mean 'counter'?)");
  CHECK(test::problems_of(document_with("provider: remote" + proxy)) ==
        "5:19: spec.stages.s.provider: a runner does not carry out 'remote' (a stage has a proxy, "
        "or its provider is remote)");
}

TEST_CASE("campaign proxy: seconds may be a number of JSON, as what is stored has them") {
  const auto text = [](const std::string& seconds) {
    return R"({"metadata":{"name":"a"},"spec":{"firstStage":"s","stages":{"s":{"provider":"mock",)"
           R"("proxy":{"provider":"proxy.http","config":{"baseUrl":"http://r","timeoutSeconds":)" +
           seconds + "}}}}}}";
  };
  CHECK(test::problems_of(text("30")) == "none");
  CHECK(test::problems_of(text("0")).find("timeoutSeconds is '0'") != std::string::npos);
  CHECK(test::problems_of(text("true")).find("timeoutSeconds is true") != std::string::npos);
}

TEST_CASE("campaign proxy: the config of the stage's provider is the runner's to judge") {
  CHECK(test::problems_of(document_with(mqtt_stage("") + ", config: {anything: 1}")) == "none");
}

TEST_CASE("campaign proxy: what is wrong with it is said with the nearest name") {
  struct Row {
    std::string stage;
    const char* problem;
  };
  for (const Row& row : std::vector<Row>{
           {mqtt_stage(""), "none"},
           {mqtt_stage(", timeoutSeconds: 30, keepAliveSeconds: '2', pingTimeoutSeconds: 1"),
            "none"},
           {mqtt_stage(", timeoutSeconds: '${{$trigger(t,5)}}'"), "none"},
           {mqtt_stage(", timeoutSecond: 30"),
            "unknown field 'timeoutSecond' (did you mean 'timeoutSeconds'?)"},
           {mqtt_stage(", timeoutSeconds: soon"),
            "timeoutSeconds is 'soon' (whole seconds, from 1 to 86400)"},
           {mqtt_stage(", timeoutSeconds: 0"), "timeoutSeconds is '0'"},
           {mqtt_stage(", timeoutSeconds: 1.5"), "timeoutSeconds is '1.5'"},
           {mqtt_stage(", timeoutSeconds: [5]"), "timeoutSeconds is a list"},
           {"provider: mock, proxy: {provider: proxy.mqtt, config: {brokerAddress: b}}",
            "'requestTopic' is missing"},
           {"provider: mock, proxy: {provider: proxy.mqtt}", "'brokerAddress' is missing"},
           {"provider: mock, proxy: {provider: proxy.http, config: {baseUrl: ''}}",
            "'baseUrl' is missing"},
           {"provider: mock, proxy: {provider: proxy.mqqt, config: {}}",
            "there is no proxy 'proxy.mqqt' (did you mean 'proxy.mqtt'?)"},
           {"provider: mock, proxy: {provider: script}",
            "'script' is no proxy (proxies here: proxy.http, proxy.mqtt)"},
           {"provider: mock, proxy: {config: {}}",
            "proxy.provider: is missing (proxies here: proxy.http, proxy.mqtt)"},
           {"provider: mock, proxy: {provider: proxy.mqtt, config: [1]}", "wants a map"},
           {"provider: mock, proxy: proxy.mqtt", "wants a map"},
           {"provider: mock, proxy: {provider: proxy.http, config: {baseUrl: 'http://r'}, x: 1}",
            "unknown field 'x'"},
           {"provider: proxy.mqtt, config: {" + mqtt_config + "}",
            "'proxy.mqtt' carries out nothing itself"}}) {
    CAPTURE(row.stage);
    const std::string problems = test::problems_of(document_with(row.stage));
    CHECK_MESSAGE(problems.find(row.problem) != std::string::npos, problems);
  }
}

}  // namespace antiphon::campaign
