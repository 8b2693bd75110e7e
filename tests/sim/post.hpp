// SPDX-License-Identifier: MIT
// How planes, devices and operators put what they say into messages, and take it out: as JSON, or,
// where a seed does without it, as values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "connectors/wire/intake.hpp"
#include "tests/sim/virtual_packets.hpp"

namespace antiphon::sim {

/// The post office of one plane.
class Post {
 public:
  Post(core::PlaneName self, bool json, std::vector<core::PlaneName> parents = {});

  /// What the plane says, as messages; nothing for what nobody here listens to.
  std::vector<MessagePtr> out(const runtime::Outbound& message) const;

  /// What a copy says to the plane, whose trigger filters these are.
  std::vector<wire::Arrival> in(const Deliver& copy,
                                const std::vector<std::string>& triggers) const;

  /// The mailbox's filters.
  const std::vector<std::string>& filters() const { return filters_; }

 private:
  std::vector<MessagePtr> object(const runtime::ObjectOut& out) const;
  std::vector<MessagePtr> request(const runtime::RequestOut& out) const;
  MessagePtr value(std::string topic, runtime::Inbound inbound, bool retain = false) const;

  bool json_;
  core::PlaneName self_;
  wire::Mailbox mailbox_;
  std::vector<std::string> filters_;
};

/// A message of somebody who is no plane. `payload` is JSON; `meaning` what it is to who gets it.
MessagePtr letter(bool json, std::string topic, std::string payload, runtime::Inbound meaning,
                  std::optional<std::string> identity = {});

}  // namespace antiphon::sim
