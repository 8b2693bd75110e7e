// SPDX-License-Identifier: MIT
// scripts/demo as a newcomer runs it: it must succeed, must not claim success, and must leave
// nothing behind.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/world.hpp"

using namespace antiphon::test;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds demo_patience{120'000};

/// The tree that the demo shows, without what is built.
void copy_tree(const fs::path& to) {
  fs::create_directory(to);
  for (const char* part : {"scripts", "examples", "broker-config"}) {
    fs::copy(fs::path(ANTIPHON_SOURCE_DIR) / part, to / part, fs::copy_options::recursive);
  }
}

void write_program(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "#!/bin/sh\n" << text << '\n';
  fs::permissions(path, fs::perms::owner_all);
}

/// Runs the demo of `tree`; what it makes goes below `scratch`.
RunResult demo(const fs::path& tree, const fs::path& scratch, const std::vector<std::string>& words,
               Environment env = {}) {
  std::vector<std::string> argv{(tree / "scripts" / "demo").string()};
  argv.insert(argv.end(), words.begin(), words.end());
  env["TMPDIR"] = scratch.string();
  ProcessOptions options;
  options.env = std::move(env);
  return run(argv, options, demo_patience);
}

/// Command lines of living processes that name the folder.
std::vector<std::string> processes_in(const fs::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string words = file_text(entry.path() / "cmdline");
    if (words.find(folder.string()) != std::string::npos) found.push_back(words);
  }
  return found;
}

}  // namespace

TEST_CASE("demo: it shows the rollout, compares the result and leaves nothing") {
  const TempDir scratch;
  const auto result = demo(ANTIPHON_SOURCE_DIR, scratch.path(), {"--binary", ANTIPHON_BINARY});
  CHECK_MESSAGE(result.exit_code == 0, result.out << result.err);
  CHECK(result.out.find("\nas expected") != std::string::npos);
  CHECK_MESSAGE(result.err.empty(), result.err);
  CHECK(fs::is_empty(scratch.path()));
  CHECK(processes_in(scratch.path()).empty());
}

TEST_CASE("demo: another result than the expected one fails, and the logs stay where it says") {
  const TempDir folder;
  const fs::path tree = folder / "tree";
  copy_tree(tree);
  std::ofstream(tree / "examples" / "expected" / "multisite-rollout.json") << "{}\n";
  const fs::path scratch = folder / "scratch";
  fs::create_directory(scratch);
  const auto result = demo(tree, scratch, {"--binary", ANTIPHON_BINARY});
  CHECK(result.exit_code == 1);
  CHECK(result.out.find("as expected") == std::string::npos);
  REQUIRE_FALSE(fs::is_empty(scratch));
  const std::string kept = fs::directory_iterator(scratch)->path().string();
  CHECK_MESSAGE(result.err.find("logs are in " + kept) != std::string::npos, result.err);
  CHECK(fs::file_size(fs::path(kept) / "hq" / "log") > 0);
  CHECK(processes_in(scratch).empty());
}

TEST_CASE("demo: a plane that does not start fails it at once") {
  const TempDir scratch;
  const auto result = demo(ANTIPHON_SOURCE_DIR, scratch.path(), {"--binary", "/bin/false"});
  CHECK(result.exit_code == 1);
  CHECK_MESSAGE(result.err.find("ended") != std::string::npos, result.err);
  CHECK(processes_in(scratch.path()).empty());
}

TEST_CASE("demo: a build that fails is not covered by a program of before") {
  const TempDir folder;
  const fs::path tree = folder / "tree";
  copy_tree(tree);
  write_program(tree / "scripts" / "setup", "exit 0");
  fs::create_directories(tree / "build" / "release");
  std::ofstream(tree / "build" / "release" / "build.ninja") << '\n';
  fs::create_symlink(ANTIPHON_BINARY, tree / "build" / "release" / "antiphon");
  write_program(folder / "bin" / "cmake", "echo 'main.cpp:1: error'; exit 1");
  const fs::path scratch = folder / "scratch";
  fs::create_directory(scratch);
  const std::string path = (folder / "bin").string() + ":" + std::getenv("PATH");
  const auto result = demo(tree, scratch, {}, {{"PATH", path}});
  CHECK(result.exit_code == 1);
  CHECK_MESSAGE(result.out.find("main.cpp:1: error") != std::string::npos, result.out);
  CHECK_MESSAGE(result.err.find("build failed") != std::string::npos, result.err);
  CHECK(fs::is_empty(scratch));
}
