// SPDX-License-Identifier: MIT
// Symphony's request format: messages written by hand from its description are read, ours are what
// such a hand would write, and what is wrong is said to the one who sent it.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "connectors/symphony/envelope.hpp"
#include "connectors/symphony/stage_call.hpp"
#include "engine/core/base64.hpp"
#include "engine/core/limits.hpp"

using namespace antiphon;
using core::Value;
namespace limits = core::limits;

namespace {

std::string schema_file(const std::string& name) {
  std::ifstream in(std::string(ANTIPHON_SOURCE_DIR) + "/schemas/" + name, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// As Symphony 0.49 sends it: QoS and topic aside, these are the bytes.
const std::string request_text =
    R"({"method":"POST","route":"processor","contentType":"application/json",)"
    R"("body":"eyJzdGFnZSI6ImEifQ==","metadata":{"request-id":"r-1"},"parameters":null})";

}  // namespace

TEST_CASE("symphony request: one that was written by hand is read") {
  const auto read = symphony::read_request(request_text);
  CHECK_FALSE(read.problem);
  CHECK(read.request.route == "processor");
  CHECK(read.request.method == "POST");
  CHECK(read.request.body == R"({"stage":"a"})");
  CHECK(read.request.id == "r-1");
}

TEST_CASE("symphony request: ours is what Symphony writes, its optional fields aside") {
  symphony::Request request{"processor", "POST", "application/json", R"({"stage":"a"})", "r-1"};
  Value wanted = Value::parse(request_text);
  wanted.erase("parameters");
  CHECK(Value::parse(to_text(request)) == wanted);
}

TEST_CASE("symphony request: what is wrong is said, with the id of who is to be told") {
  struct Row {
    const char* text;
    const char* problem;
    const char* id;
  };
  for (const Row& row : std::vector<Row>{
           {"", "", ""},
           {"[]", "the request is no JSON object", ""},
           {R"({"route":"processor","body":"e30","metadata":{"request-id":"7"}})",
            "body is no base64", "7"},
           {R"({"route":"processor","body":7,"metadata":{"request-id":"7"}})", "body", "7"},
           {R"({"body":"e30=","metadata":{"request-id":"7"}})", "route", "7"},
           {R"({"route":"","metadata":{"request-id":"7"}})", "route", "7"},
           {R"({"route":"processor","metadata":{"request-id":7}})", "metadata", ""},
           {R"({"route":"processor","metadata":[]})", "metadata", ""}}) {
    CAPTURE(row.text);
    const auto read = symphony::read_request(row.text);
    REQUIRE(read.problem);
    CHECK(read.problem->status == 400);
    CHECK_MESSAGE(read.problem->message.find(row.problem) != std::string::npos,
                  read.problem->message);
    CHECK(read.request.id == row.id);
  }
}

TEST_CASE("symphony request: one that is too large is 413, an over-long id is refused") {
  const auto large = symphony::read_request(std::string(limits::message_bytes + 1, ' '));
  REQUIRE(large.problem);
  CHECK(large.problem->status == 413);
  Value message = Value::parse(request_text);
  message["metadata"]["request-id"] = std::string(limits::identity_bytes + 1, 'x');
  const auto read = symphony::read_request(message.dump());
  REQUIRE(read.problem);
  CHECK(read.problem->message.find("request-id") != std::string::npos);
}

TEST_CASE("symphony response: it is written and read") {
  const symphony::Response response{404, "text/plain", "route not found", "r-1"};
  const auto read = symphony::read_response(to_text(response));
  REQUIRE(read);
  CHECK(read->state == 404);
  CHECK(read->content_type == "text/plain");
  CHECK(read->body == "route not found");
  CHECK(read->id == "r-1");
  CHECK_FALSE(symphony::read_response(R"({"body":"e30="})"));
  CHECK_FALSE(symphony::read_response(R"({"state":200,"body":"%%"})"));
  CHECK(symphony::read_response(R"({"state":200,"metadata":null})"));
}

TEST_CASE("symphony activation: both generations of names are read") {
  for (const char* field : {"campaignversion", "campaign"}) {
    const auto data = symphony::read_activation(
        Value{{field, "app-v-2"}, {"stage", "s"}, {"needsReport", false}}.dump());
    REQUIRE(data);
    CHECK(data->campaign_version == "app-v-2");
    CHECK(data->name_space == "default");
  }
}

TEST_CASE("symphony activation: all that a stage needs is read, null counts as missing") {
  const auto data = symphony::read_activation(
      R"({"campaignversion":"c-v-1","namespace":"n","activation":"a","activationGeneration":"3",)"
      R"("stage":"s","triggeringStage":"t","provider":"providers.stage.mock","schedule":"",)"
      R"("inputs":{"x":1},"outputs":{"t":{"k":"v"}},"config":null,"proxy":null})");
  REQUIRE(data);
  CHECK(data->generation == "3");
  CHECK(data->triggering_stage == "t");
  CHECK(data->inputs == Value{{"x", 1}});
  CHECK(data->outputs["t"]["k"] == "v");
  CHECK(data->config == Value::object());
  CHECK_FALSE(data->has_proxy);
  CHECK(symphony::read_activation(R"({"proxy":{"provider":"p"}})")->has_proxy);
  const auto built_in = symphony::built_in_outputs(*data, "edge");
  CHECK(built_in["__previousStage"] == "t");
  CHECK(built_in["__site"] == "edge");
}

TEST_CASE("symphony activation: a field of another type is refused by name") {
  for (const char* field : {"stage", "inputs", "outputs", "config", "provider", "namespace"}) {
    CAPTURE(field);
    const auto data = symphony::read_activation(Value{{field, 7}}.dump());
    REQUIRE_FALSE(data);
    CHECK(data.error().status == 400);
    CHECK(data.error().message.find(field) != std::string::npos);
  }
}

TEST_CASE("symphony stage status: only 9996 is a success") {
  symphony::StageStatus done;
  done.outputs = {{"k", "v"}};
  done.status = 9996;
  const auto good = symphony::finished(*symphony::read_stage_status(to_text(done)));
  CHECK(good.status == 200);
  CHECK(good.outputs == done.outputs);
  CHECK(good.error.empty());
  for (const int status : {0, 200, 400, 9994, 9995}) {
    CAPTURE(status);
    symphony::StageStatus other;
    other.status = status;
    const auto bad = symphony::finished(other);
    CHECK(bad.status == status);
    CHECK(bad.error.find("not 9996") != std::string::npos);
  }
}

TEST_CASE("symphony stage status: the error's text is kept, else the status's") {
  const auto error_of = [](const char* text) {
    return symphony::finished(*symphony::read_stage_status(text)).error;
  };
  CHECK(error_of(R"({"status":500,"errorMessage":"no disk","statusMessage":"Bad"})") == "no disk");
  CHECK(error_of(R"({"status":9995,"statusMessage":"Paused"})") == "Paused");
}

TEST_CASE("symphony: the examples of the schemas are read, the counter-examples refused") {
  const auto request = symphony::read_request(schema_file("examples/coa-request.json"));
  CHECK_FALSE(request.problem);
  const auto data = symphony::read_activation(request.request.body);
  REQUIRE(data);
  CHECK(data->provider == "providers.stage.counter");
  CHECK(symphony::read_activation(schema_file("examples/activation-data.json")));
  const auto response = symphony::read_response(schema_file("examples/coa-response.json"));
  REQUIRE(response);
  CHECK(symphony::read_stage_status(response->body)->status == 9996);
  CHECK(symphony::read_stage_status(schema_file("examples/stage-status.json")));
  CHECK(symphony::read_request(schema_file("counter-examples/coa-request.json")).problem);
  CHECK_FALSE(symphony::read_response(schema_file("counter-examples/coa-response.json")));
  CHECK_FALSE(symphony::read_activation(schema_file("counter-examples/activation-data.json")));
  CHECK_FALSE(symphony::read_stage_status(schema_file("counter-examples/stage-status.json")));
}
