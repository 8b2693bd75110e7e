// SPDX-License-Identifier: MIT
// schemas/: each has an example that is valid and a counter-example that is not; what the encoder
// writes is valid; and the decoder takes what the schema of a message allows and refuses what it
// does not.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "connectors/wire/client.hpp"
#include "connectors/wire/decode.hpp"
#include "connectors/wire/encode.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/json.hpp"
#include "tests/unit/wire_samples.hpp"

using namespace antiphon;
using core::Value;
namespace fs = std::filesystem;

namespace {

const fs::path schemas_folder = fs::path(ANTIPHON_SOURCE_DIR) / "schemas";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), file.string());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Value json_of(const fs::path& file) {
  return Value::parse(text_of(file));
}

/// "reply" of schemas/reply.schema.json, and so on.
std::vector<std::string> schema_names() {
  constexpr std::string_view ending = ".schema.json";
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(schemas_folder)) {
    const auto file = entry.path().filename().string();
    if (file.ends_with(ending)) names.push_back(file.substr(0, file.size() - ending.size()));
  }
  return names;
}

Value example(const std::string& name) {
  return json_of(schemas_folder / "examples" / (name + ".json"));
}
Value counter_example(const std::string& name) {
  return json_of(schemas_folder / "counter-examples" / (name + ".json"));
}

class Schema {
 public:
  explicit Schema(const std::string& name)
      : json_(json_of(schemas_folder / (name + ".schema.json"))) {
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(json_), schema_);
  }

  const Value& json() const { return json_; }

  /// Empty if `value` is valid, else the first reason why it is not.
  std::string problem(const Value& value) const {
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    const valijson::adapters::NlohmannJsonAdapter target(value);
    if (validator.validate(schema_, target, &results)) return {};
    valijson::ValidationResults::Error error;
    return results.popError(error) ? error.description : "no reason given";
  }

 private:
  Value json_;
  valijson::Schema schema_;
};

bool is_inbound(const std::string& topic, const std::string& payload) {
  return wire::decode(samples::mailbox("hq"), samples::received(topic, payload)).has_value();
}

/// For each message: does the decoder take this payload?
const std::map<std::string, std::function<bool(const Value&)>>& decoders() {
  const auto inbound = [](std::string topic) {
    return [topic](const Value& message) { return is_inbound(topic, message.dump()); };
  };
  const auto answer = [](const Value& message) {
    return wire::decode_answer(samples::received("antiphon/hq/answer/ann/1", message.dump()))
        .has_value();
  };
  static const std::map<std::string, std::function<bool(const Value&)>> table{
      {"command", inbound("antiphon/hq/command/top")},
      {"cancel", inbound("antiphon/hq/command/top")},
      {"unknown-notice", inbound("antiphon/hq/command/top")},
      {"hello-answer", inbound("antiphon/hq/command/top")},
      {"reply", inbound("antiphon/hq/reply/tokyo")},
      {"hello", inbound("antiphon/hq/hello/tokyo")},
      {"presence", inbound("antiphon/tokyo/presence")},
      {"activate", inbound("antiphon/hq/campaign/rollout/activate/ann")},
      {"verb", inbound("antiphon/hq/activation/rollout-monday/cancel/ann")},
      {"step", inbound("antiphon/hq/activation/rollout-monday/step/ann")},
      {"vote", inbound("antiphon/hq/activation/rollout-monday/approve/ann")},
      {"signal",
       [](const Value& message) {
         // Without `payload` it is the payload itself, and no message of this schema.
         return message.contains("payload") &&
                is_inbound("antiphon/hq/activation/rollout-monday/signal/go/ann", message.dump());
       }},
      {"apply", inbound("antiphon/hq/apply/ann")},
      {"delete", inbound("antiphon/hq/delete/ann")},
      {"trigger-switch", inbound("antiphon/hq/trigger/rollout/release/disable/ann")},
      {"object-status", inbound("antiphon/hq/object/instance/app/status")},
      {"query", inbound("antiphon/hq/query/tasks/ann")},
      {"answer", answer},
      {"answer-page", answer},
      {"status",
       [](const Value& message) {
         const std::string run = message.value("/activation"_json_pointer, Value()).is_string()
                                     ? message["activation"].get<std::string>()
                                     : "none";
         return wire::decode_status(
                    samples::topics("hq"),
                    samples::received("antiphon/hq/activation/" + run + "/status", message.dump()))
             .has_value();
       }},
      {"event", [](const Value& message) {
         return wire::decode_event(
                    samples::received("antiphon/hq/event/task.settled", message.dump()))
             .has_value();
       }}};
  return table;
}

std::string written(const runtime::Outbound& outbound) {
  return wire::encode(samples::topics("hq"), outbound)->payload;
}

/// What the encoder writes, a message or more for each schema.
std::vector<std::pair<std::string, std::string>> written_messages() {
  const auto tokyo = samples::plane("tokyo");
  const auto topics = samples::topics("hq");
  const auto run = samples::name<core::ActivationId>("rollout-monday");
  core::Reply accepted = samples::reply();
  accepted.state = core::ReplyState::accepted;
  accepted.outputs.clear();
  accepted.error.clear();
  accepted.progress.reset();
  core::Presence offline = samples::presence();
  offline.online = false;
  core::ActivateRequest bare;
  bare.campaign = samples::name<core::CampaignName>("rollout");
  return {
      {"command", written(runtime::ToSite{tokyo, samples::command()})},
      {"cancel", written(runtime::ToSite{tokyo, core::CancelCommand{samples::task_id(), 1, "no"}})},
      {"cancel", written(runtime::ToSite{tokyo, core::CancelCommand{samples::task_id(), 1, ""}})},
      {"unknown-notice", written(runtime::ToSite{tokyo, core::UnknownNotice{samples::task_id()}})},
      {"hello-answer",
       written(runtime::ToSite{tokyo, core::HelloAnswer{samples::noon(), 3, "journal"}})},
      {"reply", written(runtime::ToOrigin{tokyo, samples::reply()})},
      {"reply", written(runtime::ToOrigin{tokyo, accepted})},
      {"hello", written(runtime::ToOrigin{tokyo, core::Hello{"journal", 2, 1, samples::noon()}})},
      {"presence", written(samples::presence())},
      {"presence", written(offline)},
      {"status", written(runtime::StatusOut{samples::status(), true, false})},
      {"event", written(samples::event())},
      {"answer", written(runtime::AnswerOut{samples::asker(), {404, "no", "yes", ""}})},
      {"answer-page", written(runtime::AnswerOut{samples::asker(),
                                                 {200, "", "", R"({"items":[{}],"next":"1"})"}})},
      {"activate", wire::encode(topics, samples::activate()).payload},
      {"activate", wire::encode(topics, bare).payload},
      {"verb",
       wire::encode(topics, core::VerbRequest{samples::asker(), run, core::Verb::cancel, "no"})
           .payload},
      {"step", wire::encode(topics, core::StepRequest{samples::asker(), run, "rollout",
                                                      R"({"n":7})", R"({"a":1})", "t", true})
                   .payload},
      {"step", wire::encode(topics, core::StepRequest{samples::asker(), run}).payload},
      {"vote", wire::encode(topics, core::VoteRequest{samples::asker(), run, false, "no", "line7"})
                   .payload},
      {"vote", wire::encode(topics, core::VoteRequest{samples::asker(), run}).payload},
      {"signal", wire::encode(topics, core::SignalRequest{samples::asker(), run, "go", R"({"n":7})",
                                                          core::hours(2)})
                     .payload},
      {"signal", wire::encode(topics, core::SignalRequest{samples::asker(), run, "go"}).payload},
      {"apply",
       wire::encode(topics, core::ApplyRequest{samples::asker(), "a: 1", "a.yaml"}).payload},
      {"delete",
       wire::encode(topics, core::DeleteRequest{samples::asker(), *core::object_key("target/a")})
           .payload},
      {"trigger-switch",
       wire::encode(
           topics,
           core::SwitchRequest{samples::asker(), samples::name<core::Namespace>("plant"),
                               samples::name<core::CampaignName>("rollout"), "release", false})
           .payload},
      // No plane of ours says it: what a reconciler may say at the least.
      {"object-status", "{}"},
      {"query", wire::encode(topics, samples::query()).payload}};
}

}  // namespace

TEST_CASE("schemas: each has an example that is valid and a counter-example that is not") {
  const auto names = schema_names();
  CHECK(names.size() >= decoders().size());
  for (const auto& name : names) {
    CAPTURE(name);
    const Schema schema(name);
    CHECK(schema.json().contains("title"));
    CHECK(schema.json().contains("description"));
    CHECK(schema.problem(example(name)) == "");
    CHECK(schema.problem(counter_example(name)) != "");
  }
}

TEST_CASE("schemas: no example or counter-example is without a schema") {
  const auto names = schema_names();
  const std::set<std::string> known(names.begin(), names.end());
  for (const auto* folder : {"examples", "counter-examples"}) {
    for (const auto& entry : fs::directory_iterator(schemas_folder / folder)) {
      CAPTURE(entry.path().string());
      CHECK(known.contains(entry.path().stem().string()));
    }
  }
}

TEST_CASE("schemas: the decoder takes each message's example and refuses its counter-example") {
  for (const auto& [name, takes] : decoders()) {
    CAPTURE(name);
    CHECK(takes(example(name)));
    CHECK_FALSE(takes(counter_example(name)));
  }
}

TEST_CASE("schemas: each JSON block of the protocol's pages is one of the examples") {
  std::vector<Value> examples;
  for (const auto& name : schema_names()) examples.push_back(example(name));
  const fs::path docs = fs::path(ANTIPHON_SOURCE_DIR) / "docs";
  std::istringstream page(text_of(docs / "protocol.md") + text_of(docs / "site-protocol.md"));
  std::size_t blocks = 0;
  std::string line;
  while (std::getline(page, line)) {
    if (line != "```json") continue;
    std::string block;
    while (std::getline(page, line) && line != "```") block += line + "\n";
    CAPTURE(block);
    const Value shown = Value::parse(block);
    CHECK(std::find(examples.begin(), examples.end(), shown) != examples.end());
    ++blocks;
  }
  CHECK(blocks >= decoders().size());
}

TEST_CASE("schemas: what the encoder writes is valid") {
  std::set<std::string> covered;
  for (const auto& [name, payload] : written_messages()) {
    CAPTURE(payload);
    CHECK(Schema(name).problem(Value::parse(payload)) == "");
    covered.insert(name);
  }
  CHECK(covered.size() == decoders().size());
}

TEST_CASE("schemas: what people are asked is published as its schema says, and taken back") {
  Value asked = example("approval");
  const runtime::RequestOut out{samples::name<core::ActivationId>("rollout-4k7d9s2m"),
                                samples::name<core::TaskId>("0f3k9t2m5q8s1v4b7d0h6j2n8p"), "{}"};
  runtime::RequestOut full = out;
  Value request = asked;
  for (const char* field : {"v", "activation", "task", "approve", "reject"}) request.erase(field);
  full.request = core::dump(request);
  CHECK(Value::parse(written(full)) == asked);
  CHECK(Schema("approval").problem(Value::parse(written(out))) != "");
  runtime::RequestOut gone = out;
  gone.request.clear();
  const auto cleared = wire::encode(samples::topics("hq"), gone);
  CHECK(cleared->payload.empty());
  CHECK(cleared->retain);
  CHECK(cleared->topic ==
        "antiphon/hq/activation/rollout-4k7d9s2m/approval/0f3k9t2m5q8s1v4b7d0h6j2n8p");
}

TEST_CASE("schemas: the decoder refuses a field exactly where the schema does") {
  // Read more tolerantly than promised, not read at all, or judged by the plane's configuration.
  const std::set<std::string> apart{"v",     "limits", "statusMessage", "datacontenttype",
                                    "items", "next",   "traceparent",   "replyTo"};
  const std::vector<std::string> values{
      "true",  "-1", "0",  "1.5", "4294967297", "18446744073709551615", "\"\"",        "\"a b\"",
      "\"2\"", "[]", "{}", "[7]", "[\"a\"]",    R"({"x":7})",           R"({"x":"y"})"};
  for (const auto& [name, takes] : decoders()) {
    const Schema schema(name);
    for (const auto& [field, description] : schema.json()["properties"].items()) {
      if (apart.contains(field)) continue;
      CAPTURE(name);
      CAPTURE(field);
      Value message = example(name);
      message.erase(field);
      // An apply without `document` is itself the document, and no message of this schema.
      if (field != "document") CHECK(takes(message) == schema.problem(message).empty());
      for (const auto& value : values) {
        CAPTURE(value);
        message[field] = *wire::parse_guarded(value, 100);
        CHECK(takes(message) == schema.problem(message).empty());
      }
    }
  }
}
