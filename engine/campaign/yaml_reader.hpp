// SPDX-License-Identifier: MIT
// YAML text -> trees, one a document. The only place that knows yaml-cpp, which gives positions but
// lets duplicate keys, tags, bad UTF-8, unclosed quotes and alias bombs through: those are refused
// here and in TreeBuilder.
#pragma once

#include <vector>

#include "engine/campaign/node.hpp"

namespace antiphon::campaign {

/// Documents that hold nothing are left out. After a problem that stops the parser the documents
/// before it are given.
std::vector<NodePtr> read_yaml(const Source& source, Problems& problems);

}  // namespace antiphon::campaign
