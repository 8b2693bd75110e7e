// SPDX-License-Identifier: MIT
#include "connectors/wire/intake.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "connectors/wire/encode.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::wire {
namespace {

/// The first bytes, for people: whatever is not printable ASCII becomes a dot.
std::string sample_of(const std::string& payload) {
  std::string sample = payload.substr(0, core::limits::reject_sample_bytes);
  std::replace_if(
      sample.begin(), sample.end(), [](char c) { return c < ' ' || c > '~'; }, '.');
  return sample;
}

/// The trigger filters that this copy was delivered for; where the broker does not say, all that
/// match.
std::vector<std::string> filters_of(const bus::Received& message, const bus::TopicTree& triggers) {
  std::vector<std::string> filters = triggers.matching(message.topic);
  if (message.filters.empty()) return filters;
  std::erase_if(filters, [&](const std::string& filter) {
    return std::find(message.filters.begin(), message.filters.end(), filter) ==
           message.filters.end();
  });
  return filters;
}

/// One message, taken apart.
class Intake {
 public:
  Intake(const Mailbox& mailbox, const bus::TopicTree& triggers, const bus::Received& message)
      : topics_(mailbox.topics()), triggers_(triggers), message_(message) {
    durable_ = message.qos > 0 && care_of(mailbox, message) != Care::re_askable;
  }

  void take(FromOrigin& from) {
    for (auto& said : from.messages) {
      std::visit(
          [&](auto& one) {
            ask_again({runtime::FromOrigin{from.origin, std::move(one), message_.topic}});
          },
          said);
    }
    for (const Refused& refused : from.refused) take(refused);
  }

  void take(FromSite& from) {
    if (auto* hello = std::get_if<core::Hello>(&from.said)) {
      ask_again(runtime::FromSite{from.site, std::move(*hello), message_.topic});
    } else {
      for (auto& reply : std::get<std::vector<core::Reply>>(from.said)) {
        ask_again(runtime::FromSite{from.site, std::move(reply), message_.topic});
      }
    }
    for (const Refused& refused : from.refused) take(refused);
  }

  void take(SeenPresence& seen) {
    ask_again(runtime::SeenPresence{seen.plane, std::move(seen.presence), message_.retained});
  }

  /// What it says itself comes back to it.
  void take(SeenRequest& seen) {
    if (seen.kept) ask_again(runtime::SeenRequest{seen.activation, seen.task});
  }

  /// What a wide filter (`#`) brings of the planes' own starts nothing: it would be heard again,
  /// and never end.
  void take(core::TopicMessage& message) {
    if (topics_.is_below_root(message.topic)) return;
    message.filters = filters_of(message_, triggers_);
    if (!message.filters.empty()) keep(std::move(message));
  }

  void take(core::QueryRequest& query) { ask_again(std::move(query)); }

  template <class Request>
  void take(Request& request) {
    keep(std::move(request));
  }

  void take(const Refused& refused) {
    runtime::RefusedMessage out{
        message_.topic, refused.sender, refused.error, message_.payload.size(), {}};
    if (!refused.confidential) out.sample = sample_of(message_.payload);
    if (!refused.quiet) {
      out.asker = refused.asker;
      if (refused.command) {
        out.command = {refused.command->origin, refused.command->id, refused.command->attempt};
      }
    }
    ask_again(std::move(out));
  }

  std::vector<Arrival> arrivals() { return std::move(arrivals_); }

 private:
  void keep(runtime::Inbound inbound) {
    arrivals_.push_back(
        {std::move(inbound),
         {message_.duplicate, message_.packet_id, message_.topic + "\n" + message_.payload},
         durable_});
  }
  void ask_again(runtime::Inbound inbound) { arrivals_.push_back({std::move(inbound)}); }

  const Topics& topics_;
  const bus::TopicTree& triggers_;
  const bus::Received& message_;
  bool durable_ = false;
  std::vector<Arrival> arrivals_;
};

}  // namespace

std::vector<Arrival> take_in(const Mailbox& mailbox, const bus::TopicTree& triggers,
                             const bus::Received& message) {
  Intake intake(mailbox, triggers, message);
  auto decoded = decode(mailbox, message);
  if (decoded) {
    std::visit([&intake](auto& said) { intake.take(said); }, *decoded);
  } else {
    intake.take(std::as_const(decoded.error()));
  }
  return intake.arrivals();
}

std::vector<bus::Outgoing> give_out(const Topics& topics, const runtime::Outbound& message,
                                    int mqtt_version) {
  auto outgoing = encode(topics, message);
  if (!outgoing) return {};
  if (const auto* object = std::get_if<runtime::ObjectOut>(&message);
      object != nullptr && object->document.empty()) {
    bus::Outgoing said{topics.object_status(object->object), {}, 1, true};
    return {*std::move(outgoing), std::move(said)};
  }
  if (const auto* notice = std::get_if<runtime::NoticeOut>(&message);
      notice != nullptr && topics.is_below_root(notice->topic)) {
    spdlog::error("nothing is published on {} for a campaign: planes talk there", notice->topic);
    return {};
  }
  const auto* status = std::get_if<runtime::StatusOut>(&message);
  const bool clear = status != nullptr && status->final && status->retain && mqtt_version < 5;
  if (!clear) return {*std::move(outgoing)};
  outgoing->retain = false;
  bus::Outgoing empty{outgoing->topic, {}, 1, true};
  return {*std::move(outgoing), std::move(empty)};
}

}  // namespace antiphon::wire
