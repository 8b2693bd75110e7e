// SPDX-License-Identifier: MIT
// Versions of a campaign: what makes one of another, and what the next is called.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/campaign/changes.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::campaign {
namespace {

std::string shown(const Changes& changes) {
  std::string text;
  for (const Change& change : changes.fields) {
    text += change.field + ": " + (change.before ? change.before->dump() : "") + " -> " +
            (change.after ? change.after->dump() : "") + "\n";
  }
  return text;
}

core::VersionName version(const std::string& text) {
  return core::VersionName::parse(text).value();
}

}  // namespace

TEST_CASE("campaign: what has changed is told field by field, whole parts as one") {
  const char* const before = R"({"spec":{"firstStage":"a","stages":{
      "a":{"timeout":"1m","inputs":{"x":[1,2]}},"b c":{}}}})";
  const char* const after = R"({"spec":{"firstStage":"a","stages":{
      "a":{"timeout":"2m","inputs":{"x":[1,3,4]}},"d":{"provider":"mock"}}}})";
  CHECK(shown(changes_between(before, after)) ==
        R"m(spec.stages.a.inputs.x[1]: 2 -> 3
spec.stages.a.inputs.x[2]:  -> 4
spec.stages.a.timeout: "1m" -> "2m"
spec.stages['b c']: {} -> 
spec.stages.d:  -> {"provider":"mock"}
)m");
  CHECK(shown(changes_between(R"({"a":[1]})", R"({"a":{"b":1}})")) == "a: [1] -> {\"b\":1}\n");
  CHECK(changes_between("{}", "{}").fields.empty());
}

TEST_CASE("campaign: of very many changes the first are kept and the others counted") {
  core::Value many = core::Value::object();
  for (int i = 0; i < 500; ++i) many[std::to_string(i)] = i;
  const Changes changes = changes_between("{}", core::dump(many));
  CHECK(changes.fields.size() == core::limits::document_problems);
  CHECK(changes.dropped == 500 - core::limits::document_problems);
}

TEST_CASE("campaign: the next version has its last number one higher") {
  const std::vector<std::pair<const char*, const char*>> rows{
      {"1", "2"},         {"v9", "v10"},   {"1.9", "1.10"}, {"007", "008"}, {"2026-12", "2026-13"},
      {"beta", "beta-2"}, {"rc1x", "rc2x"}};
  for (const auto& [before, after] : rows) {
    CAPTURE(before);
    CHECK(next_version(version(before)).value().text() == after);
  }
  CHECK(!next_version(version(std::string(61, 'a'))));
  CHECK(!next_version(version(std::string(61, '9'))));
}

TEST_CASE("campaign: another version stands in the name, or in the spec where the name has none") {
  const auto name = core::CampaignName::parse("c").value();
  CHECK(with_version(R"({"metadata":{"name":"c-v-1"},"spec":{"version":"1"}})", name,
                     version("2")) == R"({"metadata":{"name":"c-v-2"},"spec":{"version":"2"}})");
  CHECK(with_version(R"({"metadata":{"name":"c:1"},"spec":{}})", name, version("2")) ==
        R"({"metadata":{"name":"c-v-2"},"spec":{}})");
  CHECK(with_version(R"({"metadata":{"name":"c"},"spec":{}})", name, version("2")) ==
        R"({"metadata":{"name":"c"},"spec":{"version":"2"}})");
}

}  // namespace antiphon::campaign
