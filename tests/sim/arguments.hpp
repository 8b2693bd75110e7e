// SPDX-License-Identifier: MIT
// What an option's value may be, for the programs that run seeds.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace antiphon::sim {

/// Whole numbers from `least` to `most`, in digits.
CLI::Validator whole(std::uint64_t least, std::uint64_t most);

/// The names of planted bugs.
CLI::Validator bug_name();

/// The number that all of the text is.
std::optional<double> decimal(const std::string& text);

}  // namespace antiphon::sim
