// SPDX-License-Identifier: MIT
// The small parts of engine/campaign on their own: nearest names, trigger filters, version
// references.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/campaign/nearest.hpp"
#include "engine/campaign/trigger_filter.hpp"
#include "engine/campaign/version_reference.hpp"

namespace antiphon::campaign {
namespace {

std::string filter_of(const std::string& topic) {
  const auto parsed = parse_trigger_filter(topic);
  if (!parsed) return "error: " + parsed.error().message;
  std::string text = parsed->filter;
  for (const std::string& name : parsed->level_names) text += " '" + name + "'";
  return text;
}

std::string reference_of(const std::string& text) {
  const auto reference = parse_reference(text);
  if (!reference) return "error: " + reference.error().message;
  return reference->campaign.text() + " | " + reference->version.text();
}

struct Example {
  std::string text;
  const char* expected;
};

}  // namespace

TEST_CASE("campaign: a letter inserted, deleted, replaced or swapped is one edit, case is none") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("stage", "stages") == 1);
  CHECK(edit_distance("stgae", "stage") == 1);
  CHECK(edit_distance("stagE", "STAGe") == 0);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("campaign: the nearest name is given only if it can be meant") {
  const std::vector<std::string> known{"stageSelector", "inputs", "name", "contexts"};
  CHECK(nearest("stageselecter", known) == "stageSelector");
  CHECK(nearest("input", known) == "inputs");
  CHECK(nearest("nmae", known) == "name");
  CHECK(nearest("x", known) == std::nullopt);
  CHECK(nearest("", known) == std::nullopt);
  CHECK(nearest("timeout", known) == std::nullopt);
  CHECK(nearest(std::string(41, 'a'), {std::string(40, 'a')}) == std::nullopt);
}

TEST_CASE("campaign: a trigger's topic is an MQTT filter whose '+' levels may have names") {
  const std::vector<Example> cases{
      {"a", "a ''"},
      {"plant/+line/release", "plant/+/release '' 'line' ''"},
      {"+/+b/#", "+/+/# '' 'b' ''"},
      {"#", "# ''"},
      {"/a//", "/a// '' '' '' ''"},
      {"$SYS/x", "$SYS/x '' ''"},
      {"a b/é", "a b/é '' ''"},
      {"", "error: the topic is empty"},
      {"a/#/b", "error: '#' stands alone, as the last level"},
      {"a/b#", "error: '#' stands alone, as the last level"},
      {"a+/b", "error: 'a+' has a '+' that does not begin the level"},
      {"+a-b", "error: '+a-b' names no level"},
      {"+1", "error: '+1' names no level"},
      {"+a+", "error: '+a+' names no level"},
      {"+a/+a", "error: two levels are named 'a'"},
      {"$share/g/a", "error: a shared subscription cannot be a trigger"},
      {std::string("a\0b", 3), "error: the topic has a control character"},
      {"a\nb", "error: the topic has a control character"},
      {std::string(65'536, 'a'), "error: the topic has more than 65,535 bytes"},
  };
  for (const Example& row : cases) {
    CAPTURE(row.text.substr(0, 40));
    CHECK(filter_of(row.text) == row.expected);
  }
}

TEST_CASE("campaign: a version is named behind a colon or behind the last '-v-'") {
  const std::string longest(61, 'x');
  const std::vector<Example> cases{
      {"a", "a | "},
      {"a:1", "a | 1"},
      {"a-v-1", "a | 1"},
      {"a:b:c", "a-v-b | c"},
      {"a-v-b-v-c", "a-v-b | c"},
      {"a-v1", "a-v1 | "},
      {"", "error: campaign name is empty"},
      {":1", "error: campaign name is empty"},
      {"a:", "error: version is empty"},
      {"a-v-", "error: version is empty"},
      {"a:v-1", "error: version 'v-1' begins with 'v-' or contains '-v-'"},
      {"a:1-v-2", "error: version '1-v-2' begins with 'v-' or contains '-v-'"},
      {"a/b:1", "error: campaign name has a character that no name may have, at position 2"},
      {longest + "x", "error: campaign name has 62 characters, more than 61"},
  };
  for (const Example& row : cases) {
    CAPTURE(row.text);
    CHECK(reference_of(row.text) == row.expected);
  }
  CHECK(parse_reference(longest + "-v-" + longest).has_value());
}

}  // namespace antiphon::campaign
