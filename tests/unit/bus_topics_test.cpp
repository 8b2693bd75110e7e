// SPDX-License-Identifier: MIT
// What may be sent and subscribed, and which filter matches which topic, row by row.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "connectors/bus/topic_tree.hpp"

using namespace antiphon::bus;

namespace {

struct Text {
  std::string text;
  std::string problem;
};

std::string levels(int n) {
  std::string text = "a";
  for (int i = 1; i < n; ++i) text += "/a";
  return text;
}

}  // namespace

TEST_CASE("bus topics: a topic that could make a broker hang up has a problem") {
  const std::vector<Text> table{
      {"antiphon/hq/presence", ""},
      {"/", ""},
      {"a//b", ""},
      {"$SYS/x", ""},
      {"gr\xC3\xBC\xC3\x9F/\xE2\x82\xAC/\xF0\x9F\x8E\xB5", ""},
      {std::string(65'535, 'x'), ""},
      {levels(201), ""},
      {"", "is empty"},
      {std::string(65'536, 'x'), "is longer than 65535 bytes"},
      {levels(202), "has more than 200 levels"},
      {"a/b#", "has a wildcard"},
      {"a/+/b", "has a wildcard"},
      {std::string("a\0b", 3), "has a control character"},
      {"a\nb", "has a control character"},
      {"a\x7F", "has a control character"},
      {"a\xC2\x85", "has a control character"},
      {"a\xEF\xBF\xBF", "has a control character"},
      {"a\x80", "is not valid UTF-8"},
      {"a\xC3", "is not valid UTF-8"},
      {"a\xC3(", "is not valid UTF-8"},
      {"a\xC0\xAF", "is not valid UTF-8"},
      {"a\xE0\x80\xAF", "is not valid UTF-8"},
      {"a\xED\xA0\x80", "is not valid UTF-8"},
      {"a\xF0\x80\x80\x80", "is not valid UTF-8"},
      {"a\xF4\x90\x80\x80", "is not valid UTF-8"},
      {"a\xFF", "is not valid UTF-8"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text.substr(0, 40));
    CHECK(topic_problem(row.text) == row.problem);
  }
}

TEST_CASE("bus topics: a filter has whole-level wildcards, '#' last") {
  const std::vector<Text> table{
      {"#", ""},
      {"+", ""},
      {"a/+/b/#", ""},
      {"+/+", ""},
      {"$SYS/#", ""},
      {"plain", ""},
      {"", "is empty"},
      {"a#", "has a wildcard that is not a whole level"},
      {"a/+b", "has a wildcard that is not a whole level"},
      {"#/a", "has a '#' that is not at the end"},
      {std::string("a/\0", 3), "has a control character"},
      {"$share/g/a", "is a shared subscription"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(filter_problem(row.text) == row.problem);
  }
}

TEST_CASE("bus topics: filters match by MQTT's rules") {
  struct Row {
    std::string filter;
    std::string topic;
    bool matched;
  };
  const std::vector<Row> table{
      {"a/b", "a/b", true},       {"a/b", "a/B", false},      {"a/b", "a", false},
      {"a/b", "a/b/c", false},    {"a/+", "a/b", true},       {"a/+", "a/", true},
      {"a/+", "a", false},        {"a/+", "a/b/c", false},    {"+/b", "a/b", true},
      {"+", "/", false},          {"+/+", "/", true},         {"/+", "/a", true},
      {"a/#", "a", true},         {"a/#", "a/", true},        {"a/#", "a/b/c", true},
      {"a/#", "ab", false},       {"#", "a/b", true},         {"#", "/", true},
      {"#", "$SYS/a", false},     {"+/a", "$SYS/a", false},   {"$SYS/#", "$SYS/a", true},
      {"$SYS/+", "$SYS/a", true}, {"a/+/c/#", "a/b/c", true}, {"a/+/c/#", "a/b/d", false},
      {"a/$b", "a/$b", true},     {"a/+", "a/$b", true},
  };
  for (const auto& row : table) {
    CAPTURE(row.filter);
    CAPTURE(row.topic);
    CHECK(matches(row.filter, row.topic) == row.matched);
  }
}

TEST_CASE("bus topics: overlapping filters are replaced by a common cover") {
  using Filters = std::vector<std::string>;
  const std::vector<std::pair<Filters, Filters>> table{
      {{}, {}},
      {{"a", "a"}, {"a"}},
      {{"a/b", "a/c"}, {"a/b", "a/c"}},
      {{"a/+", "a/b"}, {"a/+"}},
      {{"a/+", "+/b"}, {"+/+"}},
      {{"a/#", "a/b/c"}, {"a/#"}},
      {{"a", "a/#"}, {"a/#"}},
      {{"a/+", "a/b/#"}, {"a/+/#"}},
      {{"#", "$SYS/a"}, {"#", "$SYS/a"}},
      {{"+/a", "$SYS/+"}, {"$SYS/+", "+/a"}},
      // Two that only meet through the cover of others.
      {{"a/b/+", "a/+/c", "a/x/y"}, {"a/+/+"}},
      {{"plant/+/release", "plant/1line/+", "plant/#", "other"}, {"other", "plant/#"}},
  };
  for (const auto& [filters, cover] : table) {
    CAPTURE(filters);
    CHECK(disjoint_cover(filters) == cover);
  }
}

TEST_CASE("bus topics: a tree of filters finds those that match, and those that meet another") {
  TopicTree tree({"a/+", "a/b", "a/#", "#", "$SYS/+", "b", "a/b"});
  using Filters = std::vector<std::string>;
  CHECK(tree.filters() == Filters{"#", "$SYS/+", "a/#", "a/+", "a/b", "b"});
  CHECK(tree.matching("a/b") == Filters{"#", "a/#", "a/+", "a/b"});
  CHECK(tree.matching("a") == Filters{"#", "a/#"});
  CHECK(tree.matching("$SYS/a") == Filters{"$SYS/+"});
  tree.erase("#");
  tree.erase("a/#");
  tree.erase("nothing/here");
  CHECK(tree.matching("a/b/c").empty());
  CHECK(tree.overlapping("+/b/#") == "a/b");
  CHECK(tree.overlapping("+") == "b");
  CHECK(tree.overlapping("$SYS/#") == "$SYS/+");
  CHECK_FALSE(tree.overlapping("+/b/c"));
  CHECK_FALSE(tree.overlapping("c/#"));
  tree.clear();
  CHECK(tree.filters().empty());
  CHECK_FALSE(tree.overlapping("#"));
}

TEST_CASE(
    "bus topics: a cover is disjoint and matches all that its filters match, whatever they are") {
  std::mt19937 random(20'260'131);
  const std::vector<std::string> words{"a", "b", "+", "#", "$s"};
  const auto any = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  const auto text = [&](bool filter) {
    std::string made;
    const std::size_t length = 1 + any(4);
    for (std::size_t i = 0; i < length; ++i) {
      std::string word = words[any(words.size())];
      if (!filter && (word == "+" || word == "#")) word = "c";
      if (i > 0) made += '/';
      made += word;
      if (word == "#") break;
    }
    return made;
  };
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::string> filters;
    for (std::size_t i = 0; i < 1 + any(6); ++i) filters.push_back(text(true));
    const auto cover = disjoint_cover(filters);
    const std::string topic = text(false);
    const auto hits = [&](const auto& set) {
      return std::count_if(set.begin(), set.end(),
                           [&](const auto& one) { return matches(one, topic); });
    };
    CAPTURE(filters);
    CAPTURE(cover);
    CAPTURE(topic);
    REQUIRE(hits(cover) <= 1);
    TopicTree tree(filters);
    std::set<std::string> found;
    for (const auto& one : filters) {
      if (matches(one, topic)) found.insert(one);
    }
    REQUIRE(tree.matching(topic) == std::vector<std::string>(found.begin(), found.end()));
    for (const auto& one : filters) tree.erase(one);
    REQUIRE_FALSE(tree.overlapping("#"));
    REQUIRE((hits(filters) == 0 || hits(cover) == 1));
  }
}
