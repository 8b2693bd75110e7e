// SPDX-License-Identifier: MIT
#include "tests/scenarios/runner.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "engine/store/memory_store.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/scenarios/commands.hpp"
#include "tests/support/polling_providers.hpp"
#include "tests/support/temp_dir.hpp"

namespace antiphon::scenarios {
namespace {

struct Way {
  const char* name;
  bool on_disk;
  bool restarts;
};

constexpr Way ways[]{{"in memory", false, false},
                     {"in memory, restarted after every command", false, true},
                     {"on disk", true, false},
                     {"on disk, restarted after every command", true, true}};

const store::Minted minted{std::string(32, '1'), std::string(32, '2')};

World::Open memory() {
  return [](const core::PlaneName& plane, std::unique_ptr<store::Store> old) {
    return old ? store::reopen_memory_store(*old) : store::make_memory_store(plane, minted);
  };
}

World::Open disk(const std::string& path) {
  return [path](const core::PlaneName& plane, std::unique_ptr<store::Store> old) {
    old.reset();
    return store::open_sqlite(path, plane, minted);
  };
}

/// What the commands of a step print; a command that is none prints that.
std::string perform_all(World& world, const Paragraph& step, bool restarts) {
  for (const Command& command : step.commands) {
    try {
      perform(world, command);
    } catch (const std::exception& error) {
      world.say(std::string("no command: ") + error.what());
    }
    if (restarts) world.restart();
  }
  std::string said = world.take_said();
  return said.empty() ? "ok\n" : said;
}

struct Ended {
  std::string at_the_end;
  std::string at_rest;
};

Ended run(Transcript& transcript, World& world, const Way& way, bool rewrite) {
  static const core::Providers providers = test::polling_providers();
  world.plane.self = *core::PlaneName::parse("hq");
  world.plane.providers = &providers;
  for (Paragraph& step : transcript.paragraphs) {
    if (!step.step) continue;
    const std::string said = perform_all(world, step, way.restarts);
    if (rewrite) step.expected = said;
    INFO(transcript.file.string(), ":", step.line, ", ", way.name, "\n", step.prose);
    CHECK(said == step.expected);
  }
  Ended ended{world.dump(), {}};
  world.settle();
  ended.at_rest = world.dump();
  for (const std::string& violation : world.broken()) {
    FAIL_CHECK(transcript.file.string(), ", ", way.name, ": ", violation);
  }
  return ended;
}

}  // namespace

void run_scenario(const std::string& file) {
  const char* wish = std::getenv("ANTIPHON_REWRITE");
  const bool rewrite = wish != nullptr && std::string(wish) == "1";
  Transcript transcript =
      read_transcript(std::filesystem::path(ANTIPHON_SOURCE_DIR) / "tests/scenarios" / file);
  std::optional<Ended> first;
  for (const Way& way : ways) {
    const antiphon::test::TempDir dir;
    World world(way.on_disk ? disk(dir / "plane.db") : memory());
    const Ended ended = run(transcript, world, way, rewrite && !first);
    if (!first) {
      first = ended;
      if (rewrite) write_transcript(transcript);
      continue;
    }
    INFO(file, ", ", way.name);
    CHECK(ended.at_the_end == first->at_the_end);
    CHECK(ended.at_rest == first->at_rest);
  }
}

}  // namespace antiphon::scenarios
