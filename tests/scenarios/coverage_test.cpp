// SPDX-License-Identifier: MIT
// No provider without a scenario: what each of them gives, and how each of them fails, is written
// down in one of these files.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/stages/registry.hpp"

namespace antiphon::scenarios {
namespace {

/// Of all scenarios, those lines that `show` prints of a task: "    a1/1/0 hq: mock done 200 {}";
/// and those that a document's stage has.
std::string transcripts() {
  std::string all;
  for (const auto& entry :
       std::filesystem::directory_iterator(ANTIPHON_SOURCE_DIR "/tests/scenarios")) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      const bool of_task = line.starts_with("    ") && line.find("/") != std::string::npos;
      if (of_task || line.find("provider: ") != std::string::npos) all += line + "\n";
    }
  }
  return all;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("scenarios: every provider of the registry succeeds in one and fails in one") {
  const std::string all = transcripts();
  REQUIRE_FALSE(all.empty());
  const core::Providers providers = stages::standard_providers();
  for (const core::ProviderInfo& info : providers.all()) {
    const std::string name(info.name);
    CAPTURE(name);
    CHECK((has(all, "provider: " + name + ",") || has(all, "provider: " + name + "}") ||
           has(all, "provider: " + name + "\n")));
    CHECK(has(all, ": " + name + " failed "));
    // What a site did is shown by the operation's name.
    if (info.executor != core::Executor::remote) CHECK(has(all, ": " + name + " done "));
  }
}

}  // namespace antiphon::scenarios
