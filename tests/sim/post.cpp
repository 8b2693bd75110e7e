// SPDX-License-Identifier: MIT
#include "tests/sim/post.hpp"

namespace antiphon::sim {
namespace {

wire::Topics topics_of(const core::PlaneName& plane, std::vector<core::PlaneName> parents) {
  return *wire::Topics::make("antiphon", plane, std::move(parents));
}

bus::Received received(const Deliver& copy) {
  bus::Received received;
  received.topic = copy.message->topic;
  received.payload = copy.message->payload;
  received.qos = copy.qos;
  received.retained = copy.retained;
  received.duplicate = copy.duplicate;
  received.packet_id = copy.id;
  received.response_topic = copy.message->response_topic;
  received.correlation = copy.message->correlation;
  received.id = copy.message->id;
  if (copy.subscription) received.filters.push_back(copy.subscription->filter);
  return received;
}

MessagePtr message_of(bus::Outgoing outgoing) {
  Message message;
  message.topic = std::move(outgoing.topic);
  message.payload = std::move(outgoing.payload);
  message.qos = outgoing.qos;
  message.retain = outgoing.retain;
  message.expiry = outgoing.expiry;
  message.response_topic = std::move(outgoing.response_topic);
  message.correlation = std::move(outgoing.correlation);
  return std::make_shared<const Message>(std::move(message));
}

bool is_durable(const runtime::Inbound& inbound) {
  return std::holds_alternative<core::TopicMessage>(inbound) ||
         std::holds_alternative<core::ActivateRequest>(inbound) ||
         std::holds_alternative<core::VerbRequest>(inbound) ||
         std::holds_alternative<core::StepRequest>(inbound) ||
         std::holds_alternative<core::VoteRequest>(inbound) ||
         std::holds_alternative<core::SignalRequest>(inbound) ||
         std::holds_alternative<core::ApplyRequest>(inbound) ||
         std::holds_alternative<core::DeleteRequest>(inbound) ||
         std::holds_alternative<core::SwitchRequest>(inbound) ||
         std::holds_alternative<core::ObjectReport>(inbound) ||
         std::holds_alternative<core::OriginObject>(inbound);
}

}  // namespace

Post::Post(core::PlaneName self, bool json, std::vector<core::PlaneName> parents)
    : json_(json),
      self_(std::move(self)),
      mailbox_(topics_of(self_, std::move(parents)), {}),
      filters_(mailbox_.topics().subscriptions()) {}

MessagePtr Post::value(std::string topic, runtime::Inbound inbound, bool retain) const {
  Message message;
  message.topic = std::move(topic);
  message.body = std::make_shared<const runtime::Inbound>(std::move(inbound));
  message.retain = retain;
  return std::make_shared<const Message>(std::move(message));
}

/// Its bytes, too: what the broker keeps is compared with the rows in the end.
std::vector<MessagePtr> Post::object(const runtime::ObjectOut& out) const {
  std::vector<MessagePtr> messages;
  for (auto& outgoing : wire::give_out(mailbox_.topics(), out, 5)) {
    Message message = *message_of(std::move(outgoing));
    if (!message.payload.empty()) {
      message.body = std::make_shared<const runtime::Inbound>(
          core::OriginObject{self_, out.object, out.document, message.topic});
    }
    messages.push_back(std::make_shared<const Message>(std::move(message)));
  }
  return messages;
}

/// The same: none may be left.
std::vector<MessagePtr> Post::request(const runtime::RequestOut& out) const {
  std::vector<MessagePtr> messages;
  for (auto& outgoing : wire::give_out(mailbox_.topics(), out, 5)) {
    Message message = *message_of(std::move(outgoing));
    if (!message.payload.empty()) {
      message.body =
          std::make_shared<const runtime::Inbound>(runtime::SeenRequest{out.activation, out.task});
    }
    messages.push_back(std::make_shared<const Message>(std::move(message)));
  }
  return messages;
}

std::vector<MessagePtr> Post::out(const runtime::Outbound& message) const {
  std::vector<MessagePtr> out;
  const wire::Topics& topics = mailbox_.topics();
  if (json_) {
    for (auto& outgoing : wire::give_out(topics, message, 5)) {
      out.push_back(message_of(std::move(outgoing)));
    }
  } else if (const auto* known = std::get_if<runtime::ObjectOut>(&message)) {
    return object(*known);
  } else if (const auto* asked = std::get_if<runtime::RequestOut>(&message)) {
    return request(*asked);
  } else if (const auto* site = std::get_if<runtime::ToSite>(&message)) {
    out.push_back(std::visit(
        [&](const auto& said) {
          return value(topics.command(site->site), runtime::FromOrigin{self_, said});
        },
        site->message));
  } else if (const auto* origin = std::get_if<runtime::ToOrigin>(&message)) {
    out.push_back(std::visit(
        [&](const auto& said) {
          using Kind = std::decay_t<decltype(said)>;
          const bool hello = std::is_same_v<Kind, core::Hello>;
          return value(hello ? topics.hello(origin->origin) : topics.reply(origin->origin),
                       runtime::FromSite{self_, said});
        },
        origin->message));
  } else if (const auto* presence = std::get_if<core::Presence>(&message)) {
    out.push_back(value(topics.presence(), runtime::SeenPresence{self_, *presence}, true));
  }
  return out;
}

std::vector<wire::Arrival> Post::in(const Deliver& copy,
                                    const std::vector<std::string>& triggers) const {
  const bool nothing = !copy.message->body && copy.message->payload.empty();
  if (json_ || nothing) return wire::take_in(mailbox_, bus::TopicTree(triggers), received(copy));
  auto inbound = *std::static_pointer_cast<const runtime::Inbound>(copy.message->body);
  if (auto* topic = std::get_if<core::TopicMessage>(&inbound)) {
    topic->retained = copy.retained;
    topic->filters = {copy.subscription->filter};
  }
  if (std::holds_alternative<runtime::SeenRequest>(inbound) && !copy.retained) return {};
  wire::Arrival arrival{std::move(inbound), {}, false};
  if (is_durable(arrival.inbound)) {
    arrival.delivery = {copy.duplicate, copy.id,
                        copy.message->topic + "\n" + copy.message->payload};
    arrival.durable = copy.qos > 0;
  }
  std::vector<wire::Arrival> arrivals;
  arrivals.push_back(std::move(arrival));
  return arrivals;
}

MessagePtr letter(bool json, std::string topic, std::string payload, runtime::Inbound meaning,
                  std::optional<std::string> identity) {
  Message message;
  message.topic = std::move(topic);
  message.payload = std::move(payload);
  message.id = std::move(identity);
  if (!json) message.body = std::make_shared<const runtime::Inbound>(std::move(meaning));
  return std::make_shared<const Message>(std::move(message));
}

}  // namespace antiphon::sim
