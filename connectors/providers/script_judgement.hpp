// SPDX-License-Identifier: MIT
// What a script's end means: exit code, outputs file and output become status, outputs and error
// (Symphony's numbers).
#pragma once

#include <string_view>

#include "connectors/providers/capped_output.hpp"
#include "connectors/providers/run_folder.hpp"
#include "connectors/providers/script_process.hpp"

namespace antiphon::providers {

/// Outputs: the outputs file, which must be a JSON object (else 10037); without one the last line
/// of stdout that is a JSON object; else {}. Exit code 0: status 200. Another one, or a signal:
/// 10036, with the last line of stderr. Ended by us: 20001 or 11004. A script that did not succeed
/// keeps the outputs that can be read.
RunResult judge(const Ending& ending, const RunFolder& folder, const RunOrder& order,
                const CappedOutput& out, const CappedOutput& err);

/// `text` as one JSON object, no deeper than every other JSON here. Failure: why it is none.
core::Result<core::JsonText> object_text(std::string_view text);

}  // namespace antiphon::providers
