// SPDX-License-Identifier: MIT
// The commands, a file each. Each adds itself to the program's tree; parsing sets `run` to what the
// given one does, and that gives the exit code.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace antiphon::cli {

using Run = std::function<int()>;

void add_apply(CLI::App& app, Run& run);
void add_delete(CLI::App& app, Run& run);
void add_validate(CLI::App& app, Run& run);
void add_activate(CLI::App& app, Run& run);
void add_verbs(CLI::App& app, Run& run);
void add_trigger(CLI::App& app, Run& run);
void add_votes(CLI::App& app, Run& run);
void add_signal(CLI::App& app, Run& run);
void add_step(CLI::App& app, Run& run);
void add_get(CLI::App& app, Run& run);
void add_describe(CLI::App& app, Run& run);
void add_logs(CLI::App& app, Run& run);
void add_watch(CLI::App& app, Run& run);
void add_top(CLI::App& app, Run& run);
void add_run(CLI::App& app, Run& run);
void add_dev(CLI::App& app, Run& run);
void add_lint(CLI::App& app, Run& run);
void add_graph(CLI::App& app, Run& run);
void add_eval(CLI::App& app, Run& run);
void add_check_site(CLI::App& app, Run& run);
void add_runner(CLI::App& app, Run& run);
void add_verify(CLI::App& app, Run& run);
void add_version(CLI::App& app, Run& run);
void add_context(CLI::App& app, Run& run);
void add_completion(CLI::App& app, Run& run);
void add_man(CLI::App& app, Run& run);

}  // namespace antiphon::cli
