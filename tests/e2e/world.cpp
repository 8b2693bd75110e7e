// SPDX-License-Identifier: MIT
#include "tests/e2e/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace antiphon::test {
namespace fs = std::filesystem;

std::string file_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void await_subscribed(World& world, const std::string& filter) {
  await([&] { return world.broker().log().find(" " + filter + "\n") != std::string::npos; },
        patience, "somebody subscribes " + filter);
}

ServedPlane::ServedPlane(std::string name, fs::path folder, std::vector<std::string> flags)
    : name_(std::move(name)), folder_(std::move(folder)), flags_(std::move(flags)) {
  fs::create_directories(folder_);
}

std::vector<std::string> ServedPlane::command(const std::string& binary) const {
  std::vector<std::string> argv{
      binary,    "serve",          "--name",  name_,
      "--store", store().string(), "--files", (folder_ / "files").string()};
  argv.insert(argv.end(), flags_.begin(), flags_.end());
  return argv;
}

void ServedPlane::start(const Environment& env) {
  const bool mortal = env.contains("ANTIPHON_FAILPOINT");
  ProcessOptions options;
  options.env = env;
  process_ = std::make_unique<ChildProcess>(
      command(mortal ? ANTIPHON_FAILPOINT_BINARY : ANTIPHON_BINARY), options);
}

void ServedPlane::serve(const Environment& env) {
  start(env);
  await_on_bus();
}

void ServedPlane::await_log(const std::string& text) {
  const auto said = [&] { return log().find(text) != std::string::npos; };
  try {
    await([&] { return said() || !process_->running(); }, patience, name_ + " says " + text);
  } catch (const std::runtime_error& late) {
    throw std::runtime_error(late.what() + ("; it said:\n" + log()));
  }
  if (!said()) throw std::runtime_error(name_ + " ended before '" + text + "':\n" + log());
}

void ServedPlane::kill9() {
  process_->kill(SIGKILL);
  process_->wait();
}

void ServedPlane::terminate(std::chrono::milliseconds deadline) {
  process_->kill(SIGTERM);
  const int code = process_->wait(deadline);
  CHECK_MESSAGE(code == 0, log());
}

void ServedPlane::await_death() {
  const int code = process_->wait(run_patience);
  REQUIRE_MESSAGE(code == 128 + SIGKILL, log());
}

std::vector<std::string> ServedPlane::lines(const std::string& file) const {
  std::ifstream in(data() / file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

int ServedPlane::runs(const std::string& stage) const {
  const auto all = lines();
  return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const std::string& line) {
    return line.rfind(stage + " ", 0) == 0;
  }));
}

World::World(bool broker_started) : broker_({}, broker_started) {
  fs::create_directories(scripts());
  script("work", R"sh(
    stage=$(jq -r .stage "$1") gate=$(jq -r '.gate // empty' "$1")
    echo "$PPID" > "$ANTIPHON_DATA/runner"
    echo "$stage $ANTIPHON_TASK" >> "$ANTIPHON_DATA/runs"
    while [ -n "$gate" ] && [ ! -e "$gate" ] && [ -e "$ANTIPHON_DATA/runs" ]; do sleep 0.02; done
    echo "{\"site\":\"$ANTIPHON_SITE\"}")sh");
}

ServedPlane& World::plane(const std::string& name, const std::vector<std::string>& more) {
  auto& plane = planes_[name];
  if (!plane) {
    std::vector<std::string> flags{"--broker", broker_.uri()};
    if (name != "hq") {
      flags.insert(flags.end(), {"--parents", "hq", "--offers", "script,mock,delay,counter",
                                 "--scripts", scripts().string()});
    }
    flags.insert(flags.end(), more.begin(), more.end());
    plane = std::make_unique<ServedPlane>(name, files_ / name, std::move(flags));
  }
  return *plane;
}

CommandResult World::antiphon(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), ANTIPHON_BINARY);
  if (std::find(arguments.begin(), arguments.end(), "--plane") == arguments.end()) {
    arguments.insert(arguments.end(), {"--plane", "hq"});
  }
  arguments.insert(arguments.end(),
                   {"--json", "--broker", broker_.uri(), "--user", "tester", "--timeout", "50s"});
  const auto result = run(arguments, {}, run_patience);
  return {result.exit_code, Json::parse(result.out, nullptr, false), result.err};
}

Json World::ask(const std::vector<std::string>& arguments) const {
  const auto result = antiphon(arguments);
  if (result.exit_code != 0 || result.json.is_discarded()) {
    throw std::runtime_error("antiphon " + arguments.front() + ": " + result.err);
  }
  return result.json;
}

std::vector<Json> World::items(const std::vector<std::string>& arguments) const {
  return ask(arguments)["items"].get<std::vector<Json>>();
}

void World::await_sites(std::vector<std::string> online) const {
  std::sort(online.begin(), online.end());
  await(
      [&] {
        std::vector<std::string> there;
        for (const Json& site : items({"get", "sites"})) {
          if (site["online"] == true) there.push_back(site["name"]);
        }
        std::sort(there.begin(), there.end());
        return there == online;
      },
      run_patience, "the sites are online");
}

CommandResult World::try_apply(const std::string& document) {
  const auto path = file("document.yaml");
  std::ofstream(path) << document;
  return antiphon({"apply", "-f", path.string()});
}

void World::apply(const std::string& document) {
  const auto result = try_apply(document);
  REQUIRE_MESSAGE(result.exit_code == 0, result.err);
}

void World::activate(const std::string& campaign, const std::string& id) const {
  broker_.publish("antiphon/hq/campaign/" + campaign + "/activate", Json{{"activation", id}}.dump(),
                  {"-q", "1"});
}

Json World::await_state(const std::string& run, const std::string& state,
                        std::chrono::milliseconds timeout) const {
  Json seen;
  const auto reached = [&] {
    auto result = antiphon({"describe", run});
    if (result.exit_code != 0) return false;
    seen = std::move(result.json);
    return seen["item"]["state"] == state;
  };
  try {
    await(reached, timeout, run + " is " + state);
  } catch (const std::runtime_error& late) {
    throw std::runtime_error(late.what() + ("; it was\n" + seen.dump(2)));
  }
  return seen;
}

void World::script(const std::string& name, const std::string& text) const {
  const auto path = scripts() / name;
  std::ofstream(path) << "#!/bin/sh\n" << text << '\n';
  fs::permissions(path, fs::perms::owner_all);
}

void World::open_gate() const {
  std::ofstream(gate()) << '\n';
}

std::string campaign(const std::string& name, const std::string& first, std::string_view stages,
                     const std::string& triggers) {
  return "apiVersion: workflow.symphony/v1\nkind: CampaignVersion\nmetadata: {name: " + name +
         "-v-v1}\nspec:\n  rootResource: " + name + "\n  version: v1\n  selfDriving: true\n" +
         "  firstStage: " + first + "\n  triggers: " + triggers + "\n  stages:\n" +
         std::string(stages);
}

std::string to_yaml(const WorkStage& stage) {
  return "    " + stage.name + ":\n      provider: remote\n      contexts: " + stage.contexts +
         "\n      config: {script: work}\n      inputs: {operation: script, stage: " + stage.name +
         ", gate: '" + stage.gate + "'}\n      stageSelector: '" + stage.next + "'\n      " +
         stage.more + "\n";
}

}  // namespace antiphon::test
