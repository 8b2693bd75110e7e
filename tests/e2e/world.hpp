// SPDX-License-Identifier: MIT
// Planes as people run them: `antiphon serve` processes on a real Mosquitto, asked things by the
// command line. The script `work` leaves a line each time it runs, so that executions are counted.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/broker.hpp"

namespace antiphon::test {

using Json = nlohmann::json;
using Environment = std::map<std::string, std::string>;

/// For a run that has to get over a death: re-sending doubles its waits, and tests share the
/// machine.
inline constexpr std::chrono::milliseconds run_patience{60'000};

std::string file_text(const std::filesystem::path& path);

/// One `antiphon serve` with a store and a folder of its own, which outlive its processes.
class ServedPlane {
 public:
  ServedPlane(std::string name, std::filesystem::path folder, std::vector<std::string> flags);

  /// With ANTIPHON_FAILPOINT in `env` it is the program that dies there. Returns at once.
  void start(const Environment& env = {});
  /// start(), and it is on the bus.
  void serve(const Environment& env = {});
  void await_on_bus() { await_log("on the bus"); }
  void await_log(const std::string& text);

  void kill9();
  /// SIGTERM; it has to be gone, with exit code 0, within `deadline`.
  void terminate(std::chrono::milliseconds deadline = patience);
  /// It has to be ended by SIGKILL: its failpoint was passed.
  void await_death();

  /// The words that start it.
  std::vector<std::string> command(const std::string& binary = ANTIPHON_BINARY) const;

  /// What the process of now has logged.
  std::string log() const { return process_->out() + process_->err(); }
  ChildProcess& process() { return *process_; }
  const std::string& name() const { return name_; }
  std::filesystem::path store() const { return folder_ / "store.db"; }
  std::filesystem::path data() const { return folder_ / "files" / "data"; }

  /// How often the script `work` ran here for this stage.
  int runs(const std::string& stage) const;
  /// Lines of a file that scripts wrote on this site.
  std::vector<std::string> lines(const std::string& file = "runs") const;

 private:
  std::string name_;
  std::filesystem::path folder_;
  std::vector<std::string> flags_;
  std::unique_ptr<ChildProcess> process_;
};

struct CommandResult {
  int exit_code = 0;
  Json json;
  std::string err;
};

class World {
 public:
  explicit World(bool broker_started = true);

  Broker& broker() { return broker_; }
  /// The plane of that name, made at the first call: hq obeys nobody, the others are its sites.
  /// `more` are further flags, heard at that first call.
  ServedPlane& plane(const std::string& name, const std::vector<std::string>& more = {});
  ServedPlane& hq() { return plane("hq"); }

  /// Runs a client command with --json, as user `tester`, to hq unless it names a --plane.
  CommandResult antiphon(std::vector<std::string> arguments) const;
  /// The same; it has to succeed.
  Json ask(const std::vector<std::string>& arguments) const;
  std::vector<Json> items(const std::vector<std::string>& arguments) const;

  void await_sites(std::vector<std::string> online) const;
  /// Gives hq a document; it has to be accepted.
  void apply(const std::string& document);
  CommandResult try_apply(const std::string& document);
  /// Starts a run as devices do: mosquitto_pub, whether or not hq is there.
  void activate(const std::string& campaign, const std::string& id) const;

  /// `describe`, once the run is in this state.
  Json await_state(const std::string& run, const std::string& state,
                   std::chrono::milliseconds timeout = run_patience) const;

  std::filesystem::path scripts() const { return files_ / "scripts"; }
  void script(const std::string& name, const std::string& text) const;
  std::filesystem::path file(const std::string& name) const { return files_ / name; }
  /// Scripts wait for this file when their inputs name it as `gate`.
  std::filesystem::path gate() const { return files_ / "gate"; }
  void open_gate() const;

 private:
  TempDir files_;
  Broker broker_;
  std::map<std::string, std::unique_ptr<ServedPlane>> planes_;
};

/// Until somebody has subscribed to exactly this filter at the world's broker.
void await_subscribed(World& world, const std::string& filter);

/// The YAML document of a campaign: what stands below `stages:`, indented as there, begins at its
/// first stage. `triggers` is a flow list.
std::string campaign(const std::string& name, const std::string& first, std::string_view stages,
                     const std::string& triggers = "[]");

/// One remote stage that runs `work` in `contexts` ("[tokyo, paris]").
struct WorkStage {
  std::string name;
  std::string contexts;
  std::string next{};
  std::string gate{};
  std::string more{};  ///< further fields of the stage, "idempotent: true"
};
std::string to_yaml(const WorkStage& stage);

}  // namespace antiphon::test
