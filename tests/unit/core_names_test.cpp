// SPDX-License-Identifier: MIT
// Names and ids: what is one, and what is said of what is none.
#include "engine/core/names.hpp"

#include <doctest/doctest.h>

#include <unordered_set>

namespace antiphon::core {
namespace {

TEST_CASE("core names: what is a name is kept as it is written") {
  for (const std::string& text :
       {std::string("a"), std::string("0"), std::string("_"), std::string("tokyo-2"),
        std::string("v1.0.3"), std::string("A_b.C-d"), std::string(61, 'x')}) {
    CAPTURE(text);
    CHECK(name_problem(text).empty());
    const auto name = PlaneName::parse(text);
    REQUIRE(name);
    CHECK(name->text() == text);
    CHECK(!name->empty());
  }
}

TEST_CASE("core names: what is no name is refused with its problem") {
  const struct {
    std::string text;
    std::string problem;
  } rows[] = {
      {"", "is empty"},
      {std::string(62, 'x'), "has 62 characters, more than 61"},
      {"-a", "'-a' begins with '-'"},
      {".a", "'.a' begins with '.'"},
      {"a b", "has a character that no name may have, at position 2"},
      {"a/b", "has a character that no name may have, at position 2"},
      {"+", "has a character that no name may have, at position 1"},
      {"a#", "has a character that no name may have, at position 2"},
      {"$SYS", "has a character that no name may have, at position 1"},
      {std::string("ab\0c", 4), "has a character that no name may have, at position 3"},
      {"caf\xc3\xa9", "has a character that no name may have, at position 4"},
      {"line\n", "has a character that no name may have, at position 5"},
  };
  for (const auto& [text, problem] : rows) {
    CAPTURE(text);
    CHECK(name_problem(text) == problem);
    const auto name = PlaneName::parse(text);
    REQUIRE(!name);
    CHECK(name.error().status == 400);
    CHECK(name.error().message == "plane name " + problem);
    CHECK(name.error().hint.find("1 to 61 letters") != std::string::npos);
  }
}

TEST_CASE("core names: a refusal says which kind of name was meant") {
  CHECK(CampaignName::parse("").error().message == "campaign name is empty");
  CHECK(VersionName::parse("").error().message == "version is empty");
  CHECK(ActivationId::parse("").error().message == "activation id is empty");
  CHECK(UserName::parse("").error().message == "user name is empty");
  CHECK(Namespace::parse("").error().message == "namespace is empty");
  CHECK(TaskId::parse("").error().message == "task id is empty");
}

TEST_CASE("core names: names compare and hash by their text") {
  const auto a = PlaneName::parse("a").value();
  const auto b = PlaneName::parse("b").value();
  CHECK(a < b);
  CHECK(a == PlaneName::parse("a").value());
  CHECK(PlaneName{}.empty());
  CHECK(PlaneName{} < a);
  const std::unordered_set<PlaneName> set{a, b, a};
  CHECK(set.size() == 2);
}

}  // namespace
}  // namespace antiphon::core
