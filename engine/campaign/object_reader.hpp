// SPDX-License-Identifier: MIT
// A document of another group than campaigns: only its name is checked, all else is its own affair.
#pragma once

#include "engine/campaign/documents.hpp"
#include "engine/campaign/metadata.hpp"

namespace antiphon::campaign {

/// `fields` are those of `root`, after read_kind and read_metadata.
ObjectDocument read_object(const Node& root, Fields& fields, const Metadata& metadata);

}  // namespace antiphon::campaign
