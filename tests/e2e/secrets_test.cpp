// SPDX-License-Identifier: MIT
// Secrets over the real program: scripts here and at a site print theirs as loud as they can, and
// everything that was written or said is searched for them.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;
namespace fs = std::filesystem;

namespace {

const std::string filed = "s3cret-of-the-vault-42";
const std::string exported = "s3cret-of-the-shell-77";

const char* stages = R"(    here:
      provider: script
      config: {script: leak, environment: {TOKEN: "${{$secret(vault,key)}}"}}
      inputs: {plain: "<${{$secret(vault,key)}}>", text: "${{$trigger(text,'')}}", shell: "${{$secret(shell,key)}}"}
      stageSelector: there
    there:
      provider: remote
      contexts: [tokyo]
      config: {script: leak, environment: {TOKEN: "Bearer ${{$secret(vault,key)}}"}}
      inputs: {operation: script, gate: "${{$trigger(gate,'')}}", text: "${{$output(here,text)}}"}
      stageSelector: fail
    fail:
      provider: remote
      contexts: [tokyo]
      config: {script: fail, environment: {TOKEN: "${{$secret(vault,key)}}"}}
      inputs: {operation: script}
      stageSelector: end
    end: {provider: mock, handleErrors: true, inputs: {token: "${{$secret(vault,key)}}", error: "${{$output(fail,'tokyo.error')}}"}}
)";

void write_secret(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  REQUIRE(::chmod(path.parent_path().c_str(), 0700) == 0);
  std::ofstream(path) << text;
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
}

bool tells(const std::string& text) {
  return text.find(filed) != std::string::npos || text.find(exported) != std::string::npos;
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> found;
  if (!fs::exists(folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) found.push_back(entry.path());
  }
  return found;
}

/// Everything that the plane keeps for itself; `store` too?
void check_folder(ServedPlane& plane, bool store) {
  for (const fs::path& path : files_below(plane.store().parent_path())) {
    const bool is_store = path.filename().string().starts_with("store.db");
    if (is_store && !store) continue;
    CAPTURE(path.string());
    CHECK_FALSE(tells(file_text(path)));
  }
}

/// In commands to the site, in their config; nowhere else on the bus.
void check_bus(const Subscription& heard) {
  int commands = 0;
  for (const std::string& line : heard.lines()) {
    if (!tells(line)) continue;
    CAPTURE(line);
    const std::string topic = "antiphon/tokyo/command/hq ";
    REQUIRE(line.starts_with(topic));
    Json payload = Json::parse(line.substr(topic.size()));
    if (!payload.is_array()) payload = Json::array({payload});
    for (Json& command : payload) {
      CHECK(command["secrets"].size() == 1);
      command.erase("config");
    }
    CHECK_FALSE(tells(payload.dump()));
    ++commands;
  }
  CHECK(commands >= 2);
}

/// What `antiphon logs` shows of it.
void check_written(World& world) {
  const Json written = world.ask({"logs", "a1"});
  REQUIRE(written["items"].size() == 3);
  for (const Json& log : written["items"]) {
    CAPTURE(log.dump());
    CHECK_FALSE(tells(log.dump()));
    CHECK(log["err"].get<std::string>().find("token ") != std::string::npos);
    CHECK(log["err"].get<std::string>().find("***\n") != std::string::npos);
  }
  CHECK(written["items"][0]["out"].get<std::string>().starts_with("token ***\n"));
  const auto followed = run({ANTIPHON_BINARY, "logs", "a1", "--follow", "--broker",
                             world.broker().uri(), "--user", "tester"});
  CHECK(followed.exit_code == 0);
  CHECK(followed.out.find("--- err\ntoken ***\n") != std::string::npos);
  CHECK_FALSE(tells(followed.out));
}

}  // namespace

TEST_CASE("secrets: what work prints of them is nowhere but with the work") {
  World world;
  const fs::path vault = world.file("secrets");
  write_secret(vault / "vault", "key=" + filed + "\n");
  world.script("leak", R"sh(
    gate=$(jq -r '.gate // empty' "$1")
    echo "token $ANTIPHON_ENV_TOKEN"; echo "token $ANTIPHON_ENV_TOKEN" >&2
    while [ -n "$gate" ] && [ ! -e "$gate" ]; do sleep 0.02; done
    jq -c '{inputs: ., text: .text, token: $ENV.ANTIPHON_ENV_TOKEN,
            coded: ($ENV.ANTIPHON_ENV_TOKEN | @base64)}' "$1")sh");
  world.script("fail", "echo \"bad token $ANTIPHON_ENV_TOKEN\" >&2; exit 3");
  const Environment environment{{"ANTIPHON_SECRET_SHELL_KEY", exported}};
  auto& hq =
      world.plane("hq", {"--secret-files", vault.string(), "--secret-prefix", "ANTIPHON_SECRET_",
                         "--scripts", world.scripts().string(), "--log-level", "debug"});
  auto heard = world.broker().subscribe({"#"});
  hq.serve(environment);
  auto& tokyo = world.plane("tokyo", {"--log-level", "debug"});
  tokyo.serve();
  world.await_sites({"tokyo"});
  world.apply(campaign("loud", "here", stages));

  const Json inputs{{"text", "${{$secret(vault,key)}}"}, {"gate", world.gate().string()}};
  world.broker().publish("antiphon/hq/campaign/loud/activate",
                         Json{{"activation", "a1"}, {"inputs", inputs}}.dump(), {"-q", "1"});

  std::string logs = hq.log() + tokyo.log();
  heard.await_line("\"state\":\"started\"", run_patience);
  await([&] {
    return world.antiphon({"describe", "a1"}).json.dump().find("\"stage\":\"there\"") !=
           std::string::npos;
  });
  // Both die while the site works, and know afterwards what they may not tell.
  hq.kill9();
  tokyo.kill9();
  logs += hq.log() + tokyo.log();
  hq.serve(environment);
  tokyo.serve();
  world.open_gate();

  const Json ended = world.await_state("a1", "done");
  const std::string told = ended.dump() + world.ask({"get", "tasks", "a1"}).dump();
  CHECK_FALSE(tells(told));
  CHECK(told.find("Bearer ***") != std::string::npos);
  CHECK(told.find("<***>") != std::string::npos);
  CHECK(told.find("bad token ***") != std::string::npos);
  CHECK(told.find("${{$secret(vault,key)}}") != std::string::npos);
  CHECK(told.find(filed.substr(0, 12)) == std::string::npos);

  check_written(world);
  logs += hq.log() + tokyo.log();
  CHECK_FALSE(tells(logs));
  check_bus(heard);
  check_folder(hq, true);
  hq.terminate();
  tokyo.terminate();
  check_folder(hq, true);
  check_folder(tokyo, false);
}

TEST_CASE(
    "secrets: a missing one fails its stage by name, and --check says which files are wrong") {
  World world;
  const fs::path vault = world.file("secrets");
  write_secret(vault / "vault", "key=" + filed + "\n");
  auto& hq =
      world.plane("hq", {"--secret-files", vault.string(), "--scripts", world.scripts().string()});
  hq.serve();
  world.apply(campaign("none", "only",
                       "    only: {provider: script, config: {script: work}, inputs: {a: "
                       "'${{$secret(vault,pin)}}'}}\n"));
  world.activate("none", "a1");
  const Json run = world.await_state("a1", "failed");
  const std::string error = run["item"]["error"];
  CHECK(error.find("$secret(vault, pin): secret 'vault' has no field 'pin'") != std::string::npos);

  REQUIRE(::chmod((vault / "vault").c_str(), 0644) == 0);
  auto command = hq.command();
  command.emplace_back("--check");
  const auto checked = antiphon::test::run(command);
  CHECK(checked.exit_code == 2);
  CHECK(checked.err.find("secretFiles: others may read or change " + (vault / "vault").string()) !=
        std::string::npos);
  CHECK(checked.err.find("chmod 600") != std::string::npos);
  CHECK_FALSE(tells(checked.out + checked.err));
}
