// SPDX-License-Identifier: MIT
// JSON text -> tree, with positions and duplicate keys, which nlohmann's own values would lose.
#pragma once

#include "engine/campaign/node.hpp"

namespace antiphon::campaign {

/// Null after a problem that stops the parser.
NodePtr read_json(const Source& source, Problems& problems);

}  // namespace antiphon::campaign
