// SPDX-License-Identifier: MIT
// The list of accounts and the rules that make-acl makes of it.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using antiphon::test::run;
using antiphon::test::TempDir;

const std::string production = std::string(ANTIPHON_SOURCE_DIR) + "/broker-config/production/";
const std::string make_acl = production + "make-acl";

std::string shipped_rules() {
  std::ifstream file(production + "acl");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("broker acl: the shipped rules are those of the shipped accounts") {
  const auto made = run({make_acl});
  CHECK(made.exit_code == 0);
  CHECK(made.out == shipped_rules());
}

TEST_CASE("broker acl: a list with a mistake makes no rules and names the line") {
  const std::map<std::string, std::string> mistakes{
      {"hq fool", "is not a role"},
      {"-hq origin", "is not a name"},
      {"hq origin\nhq device writes=a", "already in line 1"},
      {"hq origin reads=#", "reads=#"},
      {"hq origin reads=antiphon/tokyo/#", "reads=antiphon/tokyo/#"},
      {"hq origin reads=$SYS/#", "reads=$SYS/#"},
      {"hq origin reads=a/b#", "reads=a/b#"},
      {"hq origin writes=antiphon/tokyo/presence", "writes=antiphon/tokyo/presence"},
      {"hq origin read=a", "expected reads="},
      {"press device", "needs writes="},
      {"press device writes=+/x", "writes=+/x"},
      {"press device writes=antiphon/hq/command/press", "writes=antiphon/hq/command/press"},
      {"press device writes=antiphon/hq/campaign/+/activate/press", "campaign/+"},
      {"press device writes=antiphon/hq/campaign/c/activate/other", "activate/other"},
      {"edge caller writes=a", "needs writes=TOPIC and reads=TOPIC"},
      {"edge caller writes=a/+ reads=b", "writes=a/+"},
      {"edge caller writes=a reads=antiphon/hq/command/top", "reads=antiphon/hq/command/top"},
      {"edge caller writes=a reads=b at=hq", "nothing for the role"},
      {"ann operator acts=all", "needs at="},
      {"ann operator at=hq", "needs acts="},
      {"ann operator at=+ acts=all", "not a plane name"},
      {"ann operator at=hq acts=fly", "unknown act \"fly\""},
      {"ann operator at=hq acts=all kinds=instance", "nothing for the role"},
      {"hq origin parents=top", "nothing for the role"},
      {"tokyo site parents=+", "parents=+"},
      {"robot reconciler kinds=instance", "needs at="},
      {"robot reconciler at=hq", "needs kinds="},
      {"robot reconciler at=+ kinds=instance", "not a plane name"},
      {"robot reconciler at=hq kinds=+", "kinds=+"},
      {"robot reconciler at=hq kinds=Instance", "in lower case"},
  };
  const TempDir files;
  for (const auto& [list, complaint] : mistakes) {
    std::ofstream(files / "accounts") << list << '\n';
    const auto made = run({make_acl, (files / "accounts").string()});
    CHECK_MESSAGE(made.exit_code == 1, list);
    CHECK_MESSAGE(made.out.empty(), list);
    CHECK_MESSAGE(made.err.find(complaint) != std::string::npos, (list + " -> " + made.err));
  }
  std::ofstream(files / "accounts")
      << "press device writes=antiphon/hq/campaign/c/activate/press\n";
  CHECK(run({make_acl, (files / "accounts").string()}).exit_code == 0);
}
