// SPDX-License-Identifier: MIT
// Where a plane opens secrets, and what it does with those that come back.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "tests/unit/plane_fixture.hpp"

namespace antiphon {
namespace {

using core::Value;
using test::name;

constexpr const char* work_here =
    "metadata: {name: c}\nspec:\n  firstStage: s\n  stages:\n    s:\n      provider: script\n"
    "      config: {script: go.sh}\n      inputs: {token: 'x${{$secret(db,password)}}'}\n";
constexpr const char* work_there =
    "metadata: {name: c}\nspec:\n  firstStage: s\n  stages:\n    s:\n      provider: remote\n"
    "      contexts: tokyo\n      inputs: {operation: mock}\n"
    "      config: {id: 'x${{$secret(db,password)}}'}\n";

void activate(test::PlaneFixture& hq, const std::string& document) {
  hq.secrets().put("db", "password", "s3cret");
  REQUIRE(hq.apply(document).status == 200);
  core::ActivateRequest request;
  request.campaign = name<core::CampaignName>("c");
  request.name_space = name<core::Namespace>("default");
  request.activation = name<core::ActivationId>("a1");
  hq.tell(std::move(request));
}

core::Task task_of(test::PlaneFixture& hq) {
  return hq.store().begin()->task({name<core::ActivationId>("a1"), 1, 0}).value();
}

std::vector<core::Command> commands(const test::PlaneFixture& hq) {
  std::vector<core::Command> found;
  for (const auto& message : hq.said()) {
    const auto* to = std::get_if<runtime::ToSite>(&message);
    const auto* command = to == nullptr ? nullptr : std::get_if<core::Command>(&to->message);
    if (command != nullptr) found.push_back(*command);
  }
  return found;
}

bool is_told(const test::PlaneFixture& hq, const std::string& text) {
  for (const auto& message : hq.said()) {
    if (const auto* event = std::get_if<core::LifeCycle>(&message)) {
      if (event->data.find(text) != std::string::npos) return true;
    }
    if (const auto* out = std::get_if<runtime::StatusOut>(&message)) {
      if (out->status.error.find(text) != std::string::npos) return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("plane: work gets its secrets in plain, the row does not") {
  test::PlaneFixture hq;
  activate(hq, work_here);
  REQUIRE(hq.works().size() == 1);
  CHECK(core::parse_object(hq.works()[0].request).at("inputs").at("token") == "xs3cret");
  CHECK(task_of(hq).request.find("s3cret") == std::string::npos);
  CHECK_FALSE(is_told(hq, "s3cret"));

  hq.restart();
  REQUIRE(hq.works().size() == 2);
  CHECK(core::parse_object(hq.works()[1].request).at("inputs").at("token") == "xs3cret");
}

TEST_CASE("plane: work whose secret is gone after a restart is told why it cannot begin") {
  test::PlaneFixture hq;
  activate(hq, work_here);
  hq.secrets().drop("db", "password");
  hq.restart();
  REQUIRE(hq.works().size() == 2);
  REQUIRE(hq.works()[1].unfit);
  CHECK(hq.works()[1].unfit->message ==
        "$secret(db, password): secret 'db' has no field "
        "'password'");
}

TEST_CASE("plane: what work says is stored and told without its secrets") {
  test::PlaneFixture hq;
  activate(hq, work_here);
  runtime::WorkReport report;
  report.key = hq.works()[0].key;
  report.id = hq.works()[0].id;
  report.status = 10036;
  report.outputs = R"({"seen":"it is s3cret","s3cret":1})";
  report.error = "login with s3cret refused";
  hq.tell(report);
  const core::Task task = task_of(hq);
  CHECK(task.outputs == R"({"***":1,"seen":"it is ***"})");
  CHECK(task.error == "login with *** refused");
  CHECK(is_told(hq, "login with ***"));
  CHECK_FALSE(is_told(hq, "s3cret"));
}

TEST_CASE("plane: a command has its secrets in its config and says where") {
  test::PlaneFixture hq;
  activate(hq, work_there);
  const auto sent = commands(hq);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].config == R"({"id":"xs3cret"})");
  CHECK(sent[0].secrets == std::vector<core::SecretSpan>{{"/id", 1, 6}});
  CHECK(task_of(hq).request.find("s3cret") == std::string::npos);

  core::Reply reply;
  reply.id = sent[0].id;
  reply.state = core::ReplyState::failed;
  reply.status = 500;
  reply.outputs = R"({"echo":"xs3cret"})";
  reply.error = "s3cret is wrong";
  hq.tell(runtime::FromSite{name<core::PlaneName>("tokyo"), reply, "antiphon/hq/reply/tokyo"});
  CHECK(task_of(hq).outputs == R"({"echo":"x***"})");
  CHECK(task_of(hq).error == "*** is wrong");
  CHECK_FALSE(is_told(hq, "s3cret"));
}

TEST_CASE("plane: a command that cannot be opened stays here and is tried again") {
  test::PlaneFixture hq;
  activate(hq, work_there);
  hq.secrets().drop("db", "password");
  std::vector<runtime::Envelope> nothing;
  hq.advance(core::minutes(2));
  hq.step(nothing);
  CHECK(commands(hq).empty());
  hq.secrets().put("db", "password", "other");
  hq.advance(core::minutes(2));
  hq.step(nothing);
  REQUIRE(commands(hq).size() == 1);
  CHECK(commands(hq)[0].config == R"({"id":"xother"})");
}

}  // namespace antiphon
