// SPDX-License-Identifier: MIT
// The exit codes of every command (docs/cli.md).
#pragma once

namespace antiphon::cli::exit_code {

inline constexpr int ok = 0;
inline constexpr int failed = 1;         ///< the run, the check or the expression failed
inline constexpr int usage = 2;          ///< the words of the command are off
inline constexpr int unreachable = 3;    ///< the broker or the plane does not answer
inline constexpr int refused = 4;        ///< it answered, and said no
inline constexpr int all_done = 10;      ///< of `step --wait`: the run is done
inline constexpr int interrupted = 130;  ///< Ctrl-C, where a command goes on until then

}  // namespace antiphon::cli::exit_code
