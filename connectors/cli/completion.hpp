// SPDX-License-Identifier: MIT
// What CLI11 does not have: completion scripts and "did you mean", both read off the tree of
// commands.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace antiphon::cli {

/// A script for bash, zsh or fish that completes commands, options, and the values of those that
/// know theirs; file names where a value may be anything.
std::string completion_script(const CLI::App& app, const std::string& shell);

/// The command or flag that the first unknown word of these probably means; empty if nothing is
/// near.
std::string nearest_word(const CLI::App& app, int argc, const char* const* argv);

}  // namespace antiphon::cli
