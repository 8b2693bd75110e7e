// SPDX-License-Identifier: MIT
// What kind of document a tree is: by `apiVersion` and `kind`, in both of Symphony's generations,
// or by its fields.
#pragma once

#include <optional>

#include "engine/campaign/fields.hpp"

namespace antiphon::campaign {

enum class DocumentKind { campaign_version, activation, container, object };

/// Reads the fields `apiVersion` and `kind`. Nothing after a problem: a kind that is not known.
std::optional<DocumentKind> read_kind(const Node& root, Fields& document);

}  // namespace antiphon::campaign
