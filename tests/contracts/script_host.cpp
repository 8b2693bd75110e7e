// SPDX-License-Identifier: MIT
// The program behind the script tests: the runner, with failpoints; and, as `script_host plane
// ...`, a plane that starts one script and then dies without a word as soon as it has begun.
#include <unistd.h>

#include <future>
#include <string_view>

#include "connectors/providers/script_runner.hpp"
#include "connectors/providers/script_worker.hpp"

using namespace antiphon;

namespace {

/// Arguments: state folder, data folder, script folder, task id, request.
int be_a_plane(char** arguments) {
  providers::ScriptOptions options;
  options.state_dir = arguments[0];
  options.data_dir = arguments[1];
  options.script_folders = {arguments[2]};
  runtime::Work work;
  work.key.activation = core::ActivationId::parse("run-1").value();
  work.id = core::TaskId::parse(arguments[3]).value();
  work.provider = "script";
  work.request = arguments[4];
  work.time_left = core::minutes(5);
  std::promise<void> heard;
  providers::ScriptWorker worker(options, [&](const runtime::WorkReport&) { heard.set_value(); });
  worker.start(work);
  heard.get_future().wait();
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 2 ? argv[1] : "";
  if (mode == "script-runner") return providers::run_script(argv[2]);
  if (mode == "plane" && argc == 7) return be_a_plane(argv + 2);
  return 2;
}
