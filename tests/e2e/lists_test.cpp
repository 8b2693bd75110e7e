// SPDX-License-Identifier: MIT
// `antiphon get` on a plane with 100,000 runs: filtered, sorted, in pages and in every form.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "engine/store/sqlite_store.hpp"
#include "tests/e2e/world.hpp"

using namespace antiphon::test;
namespace core = antiphon::core;

namespace {

constexpr int many = 100'000;

template <class Name>
Name name(const std::string& text) {
  return Name::parse(text).value();
}

/// Runs that are over, each a second younger than the one before; every thousandth is of line 7.
void fill(const std::filesystem::path& file) {
  std::filesystem::create_directories(file.parent_path());
  const auto store = antiphon::store::open_sqlite(file.string(), name<core::PlaneName>("hq"),
                                                  {std::string(32, 'a'), std::string(32, 'b')});
  const auto rows = store->begin();
  for (int i = 0; i < many; ++i) {
    core::Activation run;
    run.id = name<core::ActivationId>("r" + std::to_string(i));
    run.campaign = name<core::CampaignName>(i % 2 == 0 ? "even" : "odd");
    run.version = name<core::VersionName>("v1");
    run.name_space = name<core::Namespace>("default");
    run.state = i % 10'000 == 0 ? core::ActivationState::failed : core::ActivationState::done;
    run.created = core::Instant{1'000'000 + i * 1000};
    run.updated = run.created;
    run.ended_at = run.created;
    if (i % 1000 == 0) run.metadata = R"({"labels":{"line":"7"}})";
    rows->insert(run);
  }
  rows->commit();
  store->close();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("lists: get works on 100000 runs, with filters, orders and forms") {
  World world;
  fill(world.hq().store());
  world.hq().serve();
  const auto get = [&world](std::vector<std::string> words) {
    words.insert(words.begin(), {ANTIPHON_BINARY, "get", "activations"});
    words.insert(words.end(),
                 {"--broker", world.broker().uri(), "--user", "ann", "--timeout", "1m"});
    const RunResult result = run(words, {}, 4 * run_patience);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    return result.out;
  };
  const auto names = [&get](std::vector<std::string> words) {
    words.insert(words.end(), {"-o", "name"});
    return lines_of(get(words));
  };
  using Names = std::vector<std::string>;
  const Names all = names({"--all"});
  CHECK(all.size() == many);
  CHECK(all.front() == "r99999");
  CHECK(all.back() == "r0");

  CHECK(names({"-l", "line=7", "--all"}).size() == many / 1000);
  CHECK(names({"-l", "line=7", "--state", "failed", "--all"}).size() == many / 10'000);
  CHECK(names({"-l", "line=7", "-l", "area=east"}).empty());
  CHECK(names({"--campaign", "odd", "--limit", "2"}) == Names{"r99999", "r99997"});
  CHECK(names({"--limit", "2", "--after", "r99998"}) == Names{"r99997", "r99996"});
  CHECK(names({"--state", "failed", "--sort-by", "created"}).front() == "r0");
  CHECK(names({"-l", "line=7", "--sort-by", "created", "--limit", "2"}) == Names{"r0", "r1000"});
  CHECK(names({"-l", "line=7", "--sort-by", "id", "--reverse", "--limit", "1"}) == Names{"r99000"});

  // Nothing of line 8 is on any page: not a page of nothing, but the end.
  CHECK(get({"-l", "line=8"}) == "no activations\n");
  const std::string table = get({"--limit", "1", "-o", "wide"});
  CHECK(lines_of(table).front().find("LABELS") != std::string::npos);
  CHECK(lines_of(table).back() == "there are more: --all, or --after r99999");
  CHECK(get({"--limit", "1", "-o", "yaml"}).find("\n  - campaign: odd\n") != std::string::npos);
  CHECK(Json::parse(get({"--limit", "1", "-o", "json"}))["next"] == "r99999");
}

TEST_CASE("lists: a label without a value is refused, with how to write it") {
  const RunResult result = run({ANTIPHON_BINARY, "get", "sites", "-l", "line"});
  CHECK(result.exit_code == 2);
  CHECK_MESSAGE(result.err.find("write it as name=value") != std::string::npos, result.err);
}
