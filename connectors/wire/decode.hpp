// SPDX-License-Identifier: MIT
// From a message as the broker delivered it to what it says, or to why it is refused and whom to
// tell. Total: any bytes on any topic give one or the other.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "connectors/bus/bus.hpp"
#include "connectors/wire/plane_messages.hpp"
#include "connectors/wire/topics.hpp"
#include "engine/core/messages.hpp"

namespace antiphon::wire {

/// A command that could not be read, but whose id could: its origin is owed a `rejected` reply.
struct CommandAddress {
  core::PlaneName origin;
  core::TaskId id;
  int attempt = 1;
};

struct Refused {
  core::Error error;
  std::string sender{};                ///< as the topic names it; empty: it names nobody
  std::optional<core::Asker> asker{};  ///< set for requests; answer where it has a reply_to
  std::optional<CommandAddress> command{};
  bool quiet = false;         ///< a retained leftover: to be counted, not to be answered
  bool confidential = false;  ///< it may hold secrets: nothing of it is kept or shown
};

/// In an array each bad element is refused by itself.
struct FromOrigin {
  core::PlaneName origin;
  std::vector<OriginMessage> messages;
  std::vector<Refused> refused;
};

struct FromSite {
  core::PlaneName site;
  std::variant<std::vector<core::Reply>, core::Hello> said;
  std::vector<Refused> refused;
};

/// `presence` is empty if the retained one was cleared. The plane's own comes as well.
struct SeenPresence {
  core::PlaneName plane;
  std::optional<core::Presence> presence;
};

/// A request of this plane's own. `kept`: the broker had it from before.
struct SeenRequest {
  core::ActivationId activation;
  core::TaskId task;
  bool kept = false;
};

using Inbound =
    std::variant<FromOrigin, FromSite, SeenPresence, SeenRequest, core::ActivateRequest,
                 core::VerbRequest, core::StepRequest, core::VoteRequest, core::SignalRequest,
                 core::ApplyRequest, core::DeleteRequest, core::SwitchRequest, core::QueryRequest,
                 core::ObjectReport, core::OriginObject, core::TopicMessage>;

/// Whose mailbox it is, and where its answers may go.
class Mailbox {
 public:
  /// Answers may go below the plane's own answer topic and below each of `answer_prefixes` (levels,
  /// no wildcards).
  Mailbox(Topics topics, std::vector<std::string> answer_prefixes);

  const Topics& topics() const { return topics_; }

  /// Where the message was put. A copy that the broker delivered for other filters than the
  /// mailbox's is Elsewhere, whatever its topic: the mailbox gets a copy of its own. Where the
  /// broker does not say, the mailbox comes first.
  core::Result<Address> address_of(const bus::Received& received) const;

  /// Empty, or why no answer may go to `topic`.
  std::optional<core::Error> answer_topic_problem(const std::string& topic) const;

 private:
  Topics topics_;
  std::vector<std::string> filters_;
  std::vector<std::string> answer_prefixes_;  ///< each ends in '/'
};

/// How the message must be received.
Care care_of(const Mailbox& mailbox, const bus::Received& received);

tl::expected<Inbound, Refused> decode(const Mailbox& mailbox, const bus::Received& received);

}  // namespace antiphon::wire
