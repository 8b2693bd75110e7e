// SPDX-License-Identifier: MIT
// One message as one trigger sees it: what its expressions read, whether it is wanted, and which
// event it tells of.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/core/campaign.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/object_configs.hpp"
#include "engine/core/random.hpp"
#include "engine/core/run_scope.hpp"

namespace antiphon::runtime {

/// A message that is refused says why.
class EventReading {
 public:
  /// The payload in the form that the trigger asks for, or why it has none.
  static core::Result<core::Value> payload_of(const core::TopicMessage& message,
                                              core::PayloadKind kind);

  /// `rows` must outlive it.
  EventReading(core::Rows& rows, const core::Namespace& name_space, const core::TriggerSpec& spec,
               std::string_view topic, core::Value payload, core::Instant now, core::Seed seed);
  EventReading(const EventReading&) = delete;
  EventReading& operator=(const EventReading&) = delete;

  /// What `when` says; without one, yes.
  core::Result<bool> is_wanted() const;
  /// Empty: the message names no event, and need not.
  core::Result<std::string> identity(const core::TopicMessage& message) const;
  /// The lane's key; empty without `key`.
  core::Result<std::string> key() const;
  core::Result<core::Value> inputs() const;
  /// The text of Activation::trigger.
  core::JsonText trigger_text(std::string_view topic) const;

 private:
  core::Scope scope() const;
  core::Result<std::string> identity_in_payload() const;
  core::Result<std::string> cloud_event(const core::TopicMessage& message) const;
  core::Error without_identity() const;

  const core::TriggerSpec& spec_;
  core::Value payload_;
  std::map<std::string, std::string> named_;
  core::TopicLevels topic_;
  core::RowSites sites_;
  core::ObjectConfigs configs_;
  core::Instant now_;
  mutable core::Draws draws_;
};

}  // namespace antiphon::runtime
