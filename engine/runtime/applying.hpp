// SPDX-License-Identifier: MIT
// Documents that somebody applies: what becomes of each, and what the answer says.
#pragma once

#include <string>
#include <vector>

#include "engine/core/effects.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/provider.hpp"
#include "engine/store/store.hpp"

namespace antiphon::runtime {

/// What applying a set of documents came to.
struct Applied {
  core::Answer answer;
  /// Of an activation document, to be started in the same transaction.
  struct Start {
    core::ActivateRequest request;
    std::size_t item;  ///< its place among the answer's items
  };
  std::vector<Start> starts;
  bool triggers_changed = false;
  std::vector<core::Effect> effects;  ///< of objects
};

/// Checks every document of the request and stores all of them or none. Triggers on what planes say
/// below `topic_root` are refused: the engine's own words never start a run. What is stored already
/// changes nothing. Other content under a version that there is: refused with what has changed, or
/// stored as another version if the request says so.
Applied apply_documents(store::Transaction& rows, const core::ApplyRequest& request,
                        const core::Providers& providers, core::Instant now,
                        const std::string& topic_root);

}  // namespace antiphon::runtime
