// SPDX-License-Identifier: MIT
// Applying documents: what is known already, what has changed under its version, and which version
// is the newest afterwards.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "tests/unit/plane_fixture.hpp"

namespace antiphon {
namespace {

using core::Value;

/// Version `version` of campaign c, whose stage waits as long as `timeout`.
std::string campaign(const std::string& version, const std::string& timeout) {
  return "metadata: {name: 'c:" + version +
         "'}\nspec: {firstStage: s, stages: {s: {timeout: " + timeout + "}}}\n";
}

core::Answer give(test::PlaneFixture& hq, const std::string& document,
                  const std::string& new_version = {}) {
  core::ApplyRequest request;
  request.asker.reply_to = "antiphon/hq/answer/ann/1";
  request.document = document;
  request.new_version = !new_version.empty();
  if (new_version != "next" && !new_version.empty()) {
    request.new_name = test::name<core::VersionName>(new_version);
  }
  hq.tell(std::move(request));
  return std::get<runtime::AnswerOut>(hq.said().back()).answer;
}

/// "v1 applied" and so on, of each item.
std::string results(const core::Answer& answer) {
  std::string text;
  for (const Value& item : core::parse_object(answer.body).value("items", Value::array())) {
    text += (text.empty() ? "" : ", ") + item.value("name", "") + " " + item.value("result", "") +
            (item.contains("instead") ? " for " + item.value("instead", "") : "");
  }
  return text.empty() ? std::to_string(answer.status) + " " + answer.error : text;
}

std::string newest(test::PlaneFixture& hq) {
  const auto rows = hq.store().begin();
  return rows->newest(test::name<core::Namespace>("default"), test::name<core::CampaignName>("c"))
      .value()
      .version.text();
}

}  // namespace

TEST_CASE("apply: the same content once more changes nothing and says so") {
  test::PlaneFixture hq;
  CHECK(results(give(hq, campaign("v1", "1m"))) == "c:v1 applied");
  const auto before = hq.store().begin()->last_applied_seq();
  CHECK(results(give(hq, campaign("v1", "1m"))) == "c:v1 unchanged");
  CHECK(hq.store().begin()->last_applied_seq() == before);
}

TEST_CASE("apply: an older version once more is the newest again") {
  test::PlaneFixture hq;
  give(hq, campaign("v1", "1m"));
  give(hq, campaign("v2", "2m"));
  CHECK(newest(hq) == "v2");
  CHECK(results(give(hq, campaign("v1", "1m"))) == "c:v1 the newest again");
  CHECK(newest(hq) == "v1");
}

TEST_CASE("apply: of several versions in one text the last one is the newest, again and again") {
  test::PlaneFixture hq;
  const std::string both = campaign("v1", "1m") + "---\n" + campaign("v2", "2m");
  CHECK(results(give(hq, both)) == "c:v1 applied, c:v2 applied");
  CHECK(newest(hq) == "v2");
  const auto before = hq.store().begin()->last_applied_seq();
  CHECK(results(give(hq, both)) == "c:v1 unchanged, c:v2 unchanged");
  CHECK(hq.store().begin()->last_applied_seq() == before);
  give(hq, campaign("v1", "1m"));
  CHECK(results(give(hq, both)) == "c:v1 unchanged, c:v2 the newest again");
  CHECK(newest(hq) == "v2");
}

TEST_CASE("apply: other content under a version is refused with what has changed") {
  test::PlaneFixture hq;
  give(hq, campaign("v1", "1m"));
  give(hq, campaign("v2", "1m"));
  const auto refused = give(hq, campaign("v1", "2m"));
  CHECK(refused.status == 409);
  CHECK(refused.error == "campaign c:v1 exists with other content");
  CHECK(refused.hint.find("v3 is free") != std::string::npos);
  const Value body = core::parse_object(refused.body);
  CHECK(body["campaign"] == "c:v1");
  CHECK(body["free"] == "v3");
  CHECK(body["changes"] ==
        Value::array({{{"field", "spec.stages.s.timeout"}, {"old", "1m"}, {"new", "2m"}}}));
}

TEST_CASE("apply: two contents of one version in one text are refused, twice the same is not") {
  test::PlaneFixture hq;
  const auto refused = give(hq, campaign("v1", "1m") + "---\n" + campaign("v1", "2m"));
  CHECK(refused.status == 409);
  CHECK(!hq.store().begin()->newest(test::name<core::Namespace>("default"),
                                    test::name<core::CampaignName>("c")));
  CHECK(give(hq, campaign("v1", "1m") + "---\n" + campaign("v1", "1m")).status == 200);
  CHECK(newest(hq) == "v1");
}

TEST_CASE("apply: a changed campaign becomes the next free version if that is asked for") {
  test::PlaneFixture hq;
  give(hq, campaign("v1", "1m"));
  CHECK(results(give(hq, campaign("v1", "1m"), "next")) == "c:v1 unchanged");
  CHECK(results(give(hq, campaign("v1", "2m"), "next")) == "c:v2 applied for v1");
  CHECK(results(give(hq, campaign("v1", "2m"), "next")) == "c:v2 unchanged for v1");
  CHECK(results(give(hq, campaign("v1", "3m"), "next")) == "c:v3 applied for v1");
  CHECK(newest(hq) == "v3");
  const auto rows = hq.store().begin();
  const auto third =
      rows->newest(test::name<core::Namespace>("default"), test::name<core::CampaignName>("c"));
  const Value document = core::parse_object(third->document);
  CHECK(document["metadata"]["name"] == "c-v-v3");
  CHECK(document["spec"]["stages"]["s"]["timeout"] == "3m");
}

TEST_CASE("apply: a changed campaign gets the name that is asked for, unless that is taken") {
  test::PlaneFixture hq;
  give(hq, campaign("v1", "1m"));
  CHECK(results(give(hq, campaign("v1", "2m"), "spring")) == "c:spring applied for v1");
  CHECK(results(give(hq, campaign("v1", "2m"), "spring")) == "c:spring unchanged for v1");
  const auto refused = give(hq, campaign("v1", "3m"), "spring");
  CHECK(refused.status == 409);
  CHECK(core::parse_object(refused.body)["changes"][0]["old"] == "2m");
}

TEST_CASE("apply: changes too large for an answer give their size, and the rest is counted") {
  test::PlaneFixture hq;
  const auto with = [](char letter) {
    std::string inputs;
    for (int i = 0; i < 150; ++i) {
      inputs += "i" + std::to_string(i) + ": " + std::string(400, letter) + ", ";
    }
    return "metadata: {name: c}\nspec: {firstStage: s, stages: {s: {inputs: {" + inputs +
           "long: " + std::string(5'000, letter) + "}}}}\n";
  };
  give(hq, with('a'));
  const auto refused = give(hq, with('b'));
  CHECK(refused.status == 409);
  CHECK(refused.body.size() < core::limits::reply_bytes);
  const Value body = core::parse_object(refused.body);
  CHECK(body["changes"].size() + body["more"].get<std::size_t>() == 151);
}

}  // namespace antiphon
