// SPDX-License-Identifier: MIT
// The `spec` of an activation document: which campaign, where to begin, with what.
#pragma once

#include "engine/campaign/documents.hpp"
#include "engine/campaign/fields.hpp"
#include "engine/campaign/metadata.hpp"

namespace antiphon::campaign {

/// Of no use after problems.
ActivationDocument read_activation(Fields& document, const Metadata& metadata);

}  // namespace antiphon::campaign
