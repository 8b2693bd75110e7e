// SPDX-License-Identifier: MIT
// Documents together with their trees, for who has to say where in a text something stands.
#pragma once

#include <string_view>
#include <vector>

#include "engine/campaign/documents.hpp"
#include "engine/campaign/node.hpp"

namespace antiphon::campaign {

struct ReadDocument {
  NodePtr root;
  Document document;
};

/// A text without its byte order mark, which is no part of a document.
std::string_view document_text(std::string_view text);

/// The documents of a YAML or JSON text as trees; what the engine makes of them is not looked at.
/// `file` is what its name says of the format. Meaningless after problems.
std::vector<NodePtr> read_trees(const Source& source, std::string_view file, Problems& problems);

/// What load() does. Meaningless after problems.
std::vector<ReadDocument> read_documents(const Source& source, std::string_view file,
                                         const core::Providers& providers, Problems& problems);

}  // namespace antiphon::campaign
