// SPDX-License-Identifier: MIT
// Port: how a plane is heard. The runtime says what goes to whom; topics and bytes are
// connectors/wire's.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/messages.hpp"

namespace antiphon::runtime {

struct ToSite {
  core::PlaneName site;
  std::variant<core::Command, core::CancelCommand, core::UnknownNotice, core::HelloAnswer> message;
};

struct ToOrigin {
  core::PlaneName origin;
  std::variant<core::Reply, core::Hello> message;
};

/// A run's status. `retain`: keep it at the broker; a final one leaves the broker within the hour.
struct StatusOut {
  core::Status status;
  bool retain = false;
  bool final = false;
};

struct AnswerOut {
  core::Asker asker;
  core::Answer answer;
};

/// An object as everybody may read it. No document: it is gone, and so is what was said of it.
struct ObjectOut {
  core::ObjectKey object;
  core::JsonText document;
};

/// What people are asked by a run's task; empty: it no longer asks.
struct RequestOut {
  core::ActivationId activation;
  core::TaskId task;
  core::JsonText request;
};

/// Something for a topic that a campaign names.
struct NoticeOut {
  std::string topic;
  core::JsonText payload;
};

using Outbound = std::variant<ToSite, ToOrigin, core::Presence, StatusOut, ObjectOut, RequestOut,
                              NoticeOut, core::LifeCycle, AnswerOut>;

class Messenger {
 public:
  virtual ~Messenger() = default;

  /// Hands the message over; never blocks. What cannot be sent now is dropped: whoever owes it
  /// sends it again.
  virtual void send(Outbound message) = 0;

  /// The trigger filters that have to be subscribed from now on.
  virtual void listen(std::vector<std::string> filters) = 0;
};

}  // namespace antiphon::runtime
