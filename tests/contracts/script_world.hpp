// SPDX-License-Identifier: MIT
// A site for script tests: folders of its own, scripts written by the test, and all that the
// workers report.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/providers/run_folder.hpp"
#include "connectors/providers/script_worker.hpp"
#include "tests/support/temp_dir.hpp"

namespace antiphon::test {

class ScriptWorld {
 public:
  ScriptWorld();
  /// What still runs is asked to end, so that no test leaves processes behind.
  ~ScriptWorld();
  ScriptWorld(const ScriptWorld&) = delete;
  ScriptWorld& operator=(const ScriptWorld&) = delete;

  /// A bash script in the plane's script folder; returns its name. `data` files:
  /// "$ANTIPHON_DATA/...".
  std::string script(const std::string& body, const std::string& name = "script.sh");
  /// The same, and it appends a line to the data file `runs`, says `begun`, and waits until the
  /// test makes the file `go`.
  std::string waiting_script();
  void let_go() const;
  /// The runner, which is held up before it does anything until the test makes the data file
  /// `wake`.
  std::filesystem::path late_runner() const;

  runtime::Work work(const std::string& script, const std::string& inputs = "{}",
                     const std::string& id = "task-1") const;
  runtime::Work work_with(const std::string& config, const std::string& id = "task-1") const;

  /// A plane's worker; several over one state folder are the plane before and after a restart.
  std::unique_ptr<providers::ScriptWorker> worker() { return worker(options); }
  std::unique_ptr<providers::ScriptWorker> worker(const providers::ScriptOptions& chosen);

  /// The first report not yet passed that says how the task ended (or that this is uncertain).
  runtime::WorkReport await_end(const std::string& id = "task-1");
  runtime::WorkReport await_started(const std::string& id = "task-1");
  /// Starts it with a worker of its own and waits for its end.
  runtime::WorkReport end_of(const runtime::Work& work);

  void await_file(const std::filesystem::path& path) const;
  std::filesystem::path data(const std::string& name) const { return options.data_dir / name; }
  std::size_t lines(const std::string& data_name) const;
  pid_t pid_in(const std::string& data_name) const;
  providers::RunFolder folder(const std::string& name = "task-1.1") const;
  pid_t runner() const;

  TempDir dir;
  providers::ScriptOptions options;

 private:
  runtime::WorkReport await_report(const std::string& id,
                                   const std::function<bool(const runtime::WorkReport&)>& wanted);

  std::mutex mutex_;
  std::vector<runtime::WorkReport> reports_;
};

std::string text_of(const std::filesystem::path& path);
void write_text(const std::filesystem::path& path, const std::string& text);

/// Ended, reaped or not.
bool is_gone(pid_t pid);

/// A variable of this process for as long as the object lives.
class Variable {
 public:
  Variable(const char* name, const char* value);
  ~Variable();
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

}  // namespace antiphon::test
