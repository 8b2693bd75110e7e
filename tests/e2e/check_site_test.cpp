// SPDX-License-Identifier: MIT
// `antiphon check-site` against the sites that the tree has, and against one that is broken on
// purpose: the checks can fail.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/broker.hpp"

namespace {

namespace fs = std::filesystem;
using antiphon::test::Broker;
using antiphon::test::RunResult;
using antiphon::test::TempDir;
using Json = nlohmann::json;

constexpr std::chrono::milliseconds check_patience{110'000};

/// A site that a script starts, and starts again; it ends with this object.
class Site {
 public:
  /// `words`: how it is run, in the shell's words, with FOLDER for a folder of its own.
  Site(const std::string& name, std::string words) : name_(name) {
    for (auto at = words.find("FOLDER"); at != std::string::npos; at = words.find("FOLDER")) {
      words.replace(at, 6, folder_.path().string());
    }
    std::ofstream(restart()) << "#!/bin/bash\n"
                             << "if pid=$(cat " << pid_file() << " 2>/dev/null); then\n"
                             << "  kill $pid; while kill -0 $pid 2>/dev/null; do sleep 0.02; done\n"
                             << "fi\n"
                             << "[ \"${1-}\" != stop ] || exit 0\n"
                             << "setsid " << words << " >>" << (folder_ / "log").string()
                             << " 2>&1 </dev/null &\n"
                             << "echo $! >" << pid_file() << '\n';
    fs::permissions(restart(), fs::perms::owner_all);
    REQUIRE(antiphon::test::run({restart()}).exit_code == 0);
  }
  ~Site() {
    if (antiphon::test::run({restart(), "stop"}).exit_code != 0) MESSAGE("the site did not stop");
  }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  const std::string& name() const { return name_; }
  std::string restart() const { return (folder_ / "restart").string(); }

 private:
  std::string pid_file() const { return (folder_ / "pid").string(); }

  TempDir folder_;
  std::string name_;
};

RunResult check(const Broker& broker, const std::string& site, std::vector<std::string> flags) {
  std::vector<std::string> argv{ANTIPHON_BINARY, "check-site", site, "--broker", broker.uri()};
  argv.insert(argv.end(), flags.begin(), flags.end());
  return antiphon::test::run(argv, {}, check_patience);
}

/// Results by the checks' names.
Json results(const RunResult& result) {
  Json out = Json::object();
  const Json all = Json::parse(result.out);
  for (const Json& one : all["checks"]) out[one["name"].get<std::string>()] = one["result"];
  return out;
}

std::string shell_site(const Broker& broker, const std::string& program) {
  return program + " --name paris --dir FOLDER/state --parents hq-check --offers mock,delay" +
         " --broker 127.0.0.1:" + std::to_string(broker.port());
}

const std::string shell_site_folder = std::string(ANTIPHON_SOURCE_DIR) + "/examples/sites";

const std::vector<std::string> tested_apart{"repeat-", "attempt", "cancel-", "restart-"};

bool has_one_of(const std::string& name, const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

/// The checks whose names have one of `words`; without any, those of no such group. Together they
/// are too many for one test on a busy machine: the site is a bash script.
void shell_site_passes(const std::vector<std::string>& words) {
  const Broker broker;
  const Site site("paris", shell_site(broker, shell_site_folder + "/shell-site"));
  std::vector<std::string> flags{"--json", "--restart", site.restart()};
  const Json all = results(check(broker, "paris", {"--json", "--as", "nobody"}));
  for (const auto& [name, unused] : all.items()) {
    const bool wanted = words.empty() ? !has_one_of(name, tested_apart) : has_one_of(name, words);
    if (wanted) flags.insert(flags.end(), {"--only", name});
  }
  REQUIRE(flags.size() > 3);
  const auto result = check(broker, "paris", flags);
  CHECK_MESSAGE(result.exit_code == 0, result.out << result.err);
  const Json made = results(result);
  for (const auto& [name, found] : made.items()) {
    CHECK_MESSAGE(found == (name == "arrays" ? "skipped" : "ok"), name);
  }
}

}  // namespace

TEST_CASE("check-site: a served plane passes every check, also those over its restart") {
  const Broker broker;
  const Site site("tokyo", ANTIPHON_BINARY
                               " serve --name tokyo --store FOLDER/store.db"
                               " --files FOLDER/files --parents hq,hq-check --offers mock,delay"
                               " --broker " +
                               broker.uri());
  const auto result = check(broker, "tokyo", {"--restart", site.restart()});
  CHECK_MESSAGE(result.exit_code == 0, result.out << result.err);
  CHECK_MESSAGE(result.out.find(" 0 failed, 0 skipped") != std::string::npos, result.out);
}

TEST_CASE("check-site: shell-site passes the checks of repeats, attempts and cancels") {
  shell_site_passes({"repeat-", "attempt", "cancel-"});
}

TEST_CASE("check-site: shell-site passes the checks over its restart") {
  shell_site_passes({"restart-"});
}

TEST_CASE(
    "check-site: shell-site passes all other checks but that of arrays, which it does not take") {
  shell_site_passes({});
}

TEST_CASE("check-site: a site that executes repeats again fails the checks of just that") {
  const TempDir files;
  fs::copy(shell_site_folder, files.path(), fs::copy_options::recursive);
  const std::string program = (files / "shell-site").string();
  // Where a repeat is told the latest answer, the broken site accepts it as new.
  const auto patched = antiphon::test::run(
      {"sed", "-i", R"(/"\$attempt" -le "\${answer\[attempt\]}"/{n;s/tell "\$task"/accept/})",
       program});
  REQUIRE(patched.exit_code == 0);
  REQUIRE(
      antiphon::test::run({"cmp", "-s", program, shell_site_folder + "/shell-site"}).exit_code ==
      1);
  const Broker broker;
  const Site site("paris", shell_site(broker, program));
  const auto result = check(broker, "paris",
                            {"--json", "--only", "order", "--only", "repeat-settled", "--only",
                             "lower-attempt", "--only", "cancel-running"});
  CHECK_MESSAGE(result.exit_code == 1, result.out << result.err);
  const Json found = results(result);
  CHECK(found["order"] == "ok");
  CHECK_MESSAGE(found["repeat-settled"] == "FAILED", result.out);
  CHECK_MESSAGE(found["lower-attempt"] == "FAILED", result.out);
  CHECK(found["cancel-running"] == "ok");
}

TEST_CASE("check-site: what it cannot check is said: no site, no parent, no way to restart") {
  const Broker broker;
  const auto nobody = check(broker, "tokyo", {"--timeout", "3s"});
  CHECK(nobody.exit_code == 3);
  CHECK(nobody.err.find("site tokyo has published no presence") != std::string::npos);

  const Site site("paris", shell_site(broker, shell_site_folder + "/shell-site"));
  const auto stranger = check(broker, "paris", {"--json", "--as", "hq"});
  CHECK(stranger.exit_code == 1);
  const Json found = results(stranger);
  for (const auto& [name, result] : found.items()) {
    CHECK_MESSAGE(result == (name == "presence" ? "FAILED" : "skipped"), name);
  }
  const auto mortal = check(broker, "paris", {"--only", "restart-settled"});
  CHECK(mortal.exit_code == 0);
  CHECK(mortal.out.find("--restart COMMAND") != std::string::npos);
  CHECK(check(broker, "paris", {"--only", "everything"}).exit_code == 2);
}
