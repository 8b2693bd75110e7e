// SPDX-License-Identifier: MIT
#include "connectors/cli/serve/bus_link.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "connectors/wire/encode.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::cli {
namespace {

/// The first bytes, for people: whatever is not printable ASCII becomes a dot.
std::string sample_of(const std::string& payload) {
  std::string sample = payload.substr(0, core::limits::reject_sample_bytes);
  std::replace_if(
      sample.begin(), sample.end(), [](char c) { return c < ' ' || c > '~'; }, '.');
  return sample;
}

}  // namespace

BusLink::BusLink(bus::Bus& bus, wire::Mailbox mailbox, int mqtt_version)
    : bus_(bus), mailbox_(std::move(mailbox)), mqtt_version_(mqtt_version) {}

std::vector<std::string> BusLink::with_mailbox(std::vector<std::string> filters) const {
  const auto own = mailbox_.topics().subscriptions();
  filters.insert(filters.end(), own.begin(), own.end());
  return filters;
}

void BusLink::start(runtime::Plane& plane) {
  triggers_ = plane.trigger_filters();
  bus::Handlers handlers;
  handlers.connected = [&plane](bool session_present) {
    spdlog::info("on the bus{}", session_present ? ", session resumed" : "");
    plane.post(runtime::Connected{});
  };
  handlers.lost = [&plane](const std::string& reason) {
    spdlog::warn("no connection to the broker: {}; trying again until there is one", reason);
    plane.post(runtime::Disconnected{});
  };
  handlers.message = [this, &plane](bus::Received message) { received(plane, std::move(message)); };
  bus_.start(std::move(handlers), with_mailbox(triggers_));
}

void BusLink::listen(std::vector<std::string> filters) {
  {
    const std::lock_guard lock(mutex_);
    if (triggers_ == filters) return;
    triggers_ = filters;
  }
  bus_.subscribe(with_mailbox(std::move(filters)));
}

void BusLink::send(runtime::Outbound message) {
  const auto* status = std::get_if<runtime::StatusOut>(&message);
  const bool clear = status != nullptr && status->final && status->retain && mqtt_version_ != 5;
  auto outgoing = wire::encode(mailbox_.topics(), message);
  if (!outgoing) return;
  if (!clear) {
    bus_.publish(std::move(*outgoing));
    return;
  }
  bus::Outgoing empty{outgoing->topic, {}, 1, true};
  outgoing->retain = false;
  bus_.publish(std::move(*outgoing));
  bus_.publish(std::move(empty));
}

/// The trigger filters that this copy was delivered for; where the broker does not say, all that
/// match.
std::vector<std::string> BusLink::trigger_filters(const bus::Received& message) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> filters;
  for (const std::string& filter : triggers_) {
    const bool named =
        std::find(message.filters.begin(), message.filters.end(), filter) != message.filters.end();
    if (named || (message.filters.empty() && bus::matches(filter, message.topic))) {
      filters.push_back(filter);
    }
  }
  return filters;
}

/// Durable messages are acknowledged by returning, so after the commit; the others are asked for
/// again if they get lost.
void BusLink::post(runtime::Plane& plane, runtime::Inbound inbound, const bus::Received& message) {
  runtime::Delivery delivery{message.duplicate, message.topic + "\n" + message.payload};
  if (wire::care_of(mailbox_, message) == wire::Care::re_askable || message.qos == 0) {
    plane.post(std::move(inbound), std::move(delivery));
  } else {
    plane.post_durable(std::move(inbound), std::move(delivery));
  }
}

void BusLink::refuse(runtime::Plane& plane, const wire::Refused& refused,
                     const bus::Received& message) {
  runtime::RefusedMessage out{message.topic, refused.sender, refused.error, message.payload.size(),
                              sample_of(message.payload)};
  if (!refused.quiet) {
    out.asker = refused.asker;
    if (refused.command) {
      out.command = {refused.command->origin, refused.command->id, refused.command->attempt};
    }
  }
  plane.post(std::move(out));
}

void BusLink::deliver(runtime::Plane& plane, wire::Inbound inbound, const bus::Received& message) {
  if (auto* from = std::get_if<wire::FromOrigin>(&inbound)) {
    for (auto& said : from->messages) {
      std::visit(
          [&](auto& one) {
            plane.post(runtime::FromOrigin{from->origin, std::move(one)});
          },
          said);
    }
    for (const wire::Refused& refused : from->refused) refuse(plane, refused, message);
  } else if (auto* site = std::get_if<wire::FromSite>(&inbound)) {
    if (auto* hello = std::get_if<core::Hello>(&site->said)) {
      plane.post(runtime::FromSite{site->site, std::move(*hello)});
    } else {
      for (auto& reply : std::get<std::vector<core::Reply>>(site->said)) {
        plane.post(runtime::FromSite{site->site, std::move(reply)});
      }
    }
    for (const wire::Refused& refused : site->refused) refuse(plane, refused, message);
  } else if (auto* seen = std::get_if<wire::SeenPresence>(&inbound)) {
    plane.post(runtime::SeenPresence{seen->plane, std::move(seen->presence)});
  } else if (auto* topic = std::get_if<core::TopicMessage>(&inbound)) {
    topic->filters = trigger_filters(message);
    if (!topic->filters.empty()) post(plane, std::move(*topic), message);
  } else if (auto* query = std::get_if<core::QueryRequest>(&inbound)) {
    plane.post(std::move(*query));
  } else if (auto* activate = std::get_if<core::ActivateRequest>(&inbound)) {
    post(plane, std::move(*activate), message);
  } else if (auto* verb = std::get_if<core::VerbRequest>(&inbound)) {
    post(plane, std::move(*verb), message);
  } else {
    post(plane, std::move(std::get<core::ApplyRequest>(inbound)), message);
  }
}

void BusLink::received(runtime::Plane& plane, bus::Received message) {
  auto decoded = wire::decode(mailbox_, message);
  if (decoded) {
    deliver(plane, std::move(*decoded), message);
  } else {
    refuse(plane, decoded.error(), message);
  }
}

}  // namespace antiphon::cli
