// SPDX-License-Identifier: MIT
// Documents -> checked campaigns, activations, containers and objects. YAML (one or many in a text)
// or JSON; which texts are documents, and what each field means, is in documents.md.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/campaign/problem.hpp"
#include "engine/core/campaign.hpp"
#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/core/object.hpp"
#include "engine/core/provider.hpp"
#include "engine/core/value.hpp"

namespace antiphon::campaign {

struct CampaignDocument {
  core::CampaignPtr campaign;
  /// The document as compact JSON with sorted keys: what is stored and hashed. The same for the
  /// same content, whether it came as YAML or JSON, in whatever order and layout.
  core::JsonText canonical;
};

struct ActivationDocument {
  core::Namespace name_space;
  core::ActivationId id;  ///< empty: the document gives none
  core::CampaignName campaign;
  core::VersionName version;  ///< empty: the newest
  std::string stage;          ///< empty: the campaign's first
  core::JsonText inputs;      ///< an object
  core::JsonText metadata;    ///< {"labels", "annotations"}; empty: it has neither
};

/// Symphony's parent object of a campaign's versions: accepted, and never needed.
struct ContainerDocument {
  core::Namespace name_space;
  core::CampaignName name;
};

/// Of another group than campaigns: kept in the registry.
struct ObjectDocument {
  core::ObjectKey key;
  core::JsonText canonical;  ///< as CampaignDocument's; without a status and Symphony's bookkeeping
};

using Document =
    std::variant<CampaignDocument, ActivationDocument, ContainerDocument, ObjectDocument>;

/// All documents of a text, in order; or all that is wrong with them, in the order of the text, at
/// most limits::document_problems. `file` is its name for messages; one that ends in ".json" is
/// read as JSON, as is a text that begins with '{' or '['. A text over limits::document_bytes is
/// refused.
tl::expected<std::vector<Document>, std::vector<Problem>> load(std::string_view text,
                                                               const std::string& file,
                                                               const core::Providers& providers);

/// The campaign of a canonical text that load gave. It fails only where this process knows less
/// than the one that stored the text: a provider or a field of a newer version.
core::Result<core::CampaignPtr> load_canonical(std::string_view json,
                                               const core::Providers& providers);

}  // namespace antiphon::campaign
