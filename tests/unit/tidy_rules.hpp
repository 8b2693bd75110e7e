// SPDX-License-Identifier: MIT
// The rules of the house that a machine can check on one source. Each complaint is "path:line: what
// is wrong; what to do".
#pragma once

#include <string>
#include <vector>

#include "tests/unit/tidy_source.hpp"

namespace antiphon::test {

using Complaints = std::vector<std::string>;

/// Who may include whom, room by room (ARCHITECTURE.md), and that our includes begin at the root of
/// the tree.
Complaints include_arrows(const Source& source);
/// A library's header appears in one folder, so that the library can be replaced there.
Complaints third_party_headers(const Source& source);
/// No clock, thread, randomness, file or log where the engine has to be pure.
Complaints purity(const Source& source);
/// Words that stand for something better, each with what that is.
Complaints banned_words(const Source& source);
/// The licence first, then what the file is for.
Complaints file_head(const Source& source);
/// Files, functions and lines that have grown past what can be read at once.
Complaints sizes(const Source& source);

}  // namespace antiphon::test
