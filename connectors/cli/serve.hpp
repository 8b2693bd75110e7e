// SPDX-License-Identifier: MIT
// `antiphon serve`: a control plane as a process. This is the composition root: serve.cpp alone
// sees every part.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace antiphon::cli {

/// Adds the command; `run` is set to what carries it out (its result is the exit code) when it was
/// the one given.
void add_serve(CLI::App& app, std::function<int()>& run);

}  // namespace antiphon::cli
