// SPDX-License-Identifier: MIT
#include "connectors/cli/check_site/origin.hpp"

#include <chrono>
#include <future>

#include "connectors/bus/mqtt_bus.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/wire/plane_messages.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/entropy.hpp"

namespace antiphon::cli {
namespace {

constexpr core::Duration publish_patience = core::seconds(10);

std::chrono::milliseconds as_chrono(core::Duration duration) {
  return std::chrono::milliseconds(duration.ms);
}

tl::unexpected<Failure> misused(const core::Error& error) {
  return tl::unexpected(Failure{exit_code::usage, error});
}

core::Instant wall() {
  return runtime::SystemClock().wall();
}

Said read(const bus::Received& message, core::Value body) {
  Said said{
      message.topic, std::move(body), {}, {}, message.retained, runtime::SystemClock().monotonic()};
  auto reply = wire::read_reply(said.body);
  if (reply) {
    said.reply = *std::move(reply);
  } else {
    said.problem = reply.error().message;
  }
  return said;
}

bool is_about(const Said& said, const std::string& id) {
  return said.body.is_object() && said.body.value("id", core::Value()) == id;
}

}  // namespace

Origin::Origin(wire::Topics own, wire::Topics stranger, wire::Topics site)
    : own_(std::move(own)),
      stranger_(std::move(stranger)),
      site_(std::move(site)),
      journal_(runtime::fresh_hex()) {}

Origin::~Origin() {
  if (bus_) bus_->stop(core::seconds(1));
}

Reached<std::unique_ptr<Origin>> Origin::connect(const ClientOptions& options,
                                                 const core::PlaneName& self,
                                                 const core::PlaneName& site) {
  const auto stranger = core::PlaneName::parse(self.text() + "-stranger");
  if (!stranger) return misused(stranger.error());
  auto own_topics = wire::Topics::make(options.topic_root, self);
  if (!own_topics) return misused(own_topics.error());
  auto stranger_topics = wire::Topics::make(options.topic_root, *stranger);
  auto site_topics = wire::Topics::make(options.topic_root, site);
  const auto timeout = core::parse_duration(options.timeout);
  if (!timeout) return misused(timeout.error());
  auto reach = bus_options(options);
  if (!reach) return misused(reach.error());
  reach->client_id = "antiphon-" + runtime::fresh_hex();
  reach->retain_as_published = true;  // replies must not be
  auto bus = bus::make_mqtt_bus(*std::move(reach));
  if (!bus) return misused(bus.error());

  std::unique_ptr<Origin> origin(
      new Origin(*std::move(own_topics), *std::move(stranger_topics), *std::move(site_topics)));
  Origin& me = *origin;
  me.bus_ = *std::move(bus);
  bus::Handlers handlers;
  handlers.connected = [&me](bool) {
    const std::lock_guard lock(me.mutex_);
    me.connected_ = true;
    me.changed_.notify_all();
  };
  handlers.lost = [&me](const std::string& reason) {
    const std::lock_guard lock(me.mutex_);
    me.lost_ = reason;
    me.changed_.notify_all();
  };
  handlers.message = [&me](const bus::Received& message) { me.received(message); };
  // To whomever the site says it: what it says in the wrong place is to be seen.
  const std::string all_replies = options.topic_root + "/+/reply/" + site.text();
  me.bus_->start(std::move(handlers), {all_replies, me.site_.hello(self), me.site_.presence()});
  std::unique_lock lock(me.mutex_);
  me.changed_.wait_for(lock, as_chrono(*timeout),
                       [&me] { return me.connected_ || is_refusal(me.lost_); });
  if (!me.connected_) {
    const std::string reason = me.lost_;
    lock.unlock();
    return tl::unexpected(no_connection(reason, options));
  }
  lock.unlock();
  return origin;
}

std::string Origin::reply_topic(bool to_stranger) const {
  return site_.reply(to_stranger ? stranger() : self());
}

bus::Published Origin::tell(std::string payload, bool as_stranger) {
  bus::Outgoing message;
  message.topic = (as_stranger ? stranger_ : own_).command(site());
  message.payload = std::move(payload);
  const auto promise = std::make_shared<std::promise<bus::Published>>();
  auto future = promise->get_future();
  bus_->publish(std::move(message),
                [promise](bus::Published published) { promise->set_value(published); });
  if (future.wait_for(as_chrono(publish_patience)) != std::future_status::ready)
    return bus::Published::unknown;
  return future.get();
}

core::Value Origin::await_presence(std::int64_t boot, core::Duration patience) {
  const auto there = [&] {
    return presence_.is_object() && presence_.value("state", core::Value()) == "online" &&
           (!presence_.contains("boot") || !presence_["boot"].is_number_integer() ||
            presence_["boot"] > boot);
  };
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, as_chrono(patience), there);
  return presence_;
}

std::optional<Said> Origin::next(const std::string& id, std::size_t& from,
                                 core::Duration patience) {
  std::unique_lock lock(mutex_);
  const auto found = [&] {
    while (from < said_.size() && !is_about(said_[from], id)) ++from;
    return from < said_.size();
  };
  if (!changed_.wait_for(lock, as_chrono(patience), found)) return std::nullopt;
  return said_[from++];
}

std::vector<Said> Origin::said() const {
  const std::lock_guard lock(mutex_);
  return said_;
}

bool Origin::presence_was_retained() const {
  const std::lock_guard lock(mutex_);
  return presence_was_retained_;
}

void Origin::received(const bus::Received& message) {
  if (message.topic == site_.hello(self())) {
    answer_hello();
    return;
  }
  const std::lock_guard lock(mutex_);
  if (message.topic == site_.presence()) {
    presence_ = core::Value::parse(message.payload, nullptr, false);
    presence_was_retained_ = presence_was_retained_ || message.retained;
    if (presence_.is_discarded()) presence_ = "no JSON: " + message.payload.substr(0, 80);
  } else {
    take_replies(message);
  }
  changed_.notify_all();
}

void Origin::take_replies(const bus::Received& message) {
  auto body = core::Value::parse(message.payload, nullptr, false);
  if (body.is_discarded()) body = "no JSON: " + message.payload.substr(0, 80);
  if (body.is_array()) {
    for (auto& element : body) said_.push_back(read(message, std::move(element)));
  } else {
    said_.push_back(read(message, std::move(body)));
  }
  if (message.payload.size() > core::limits::reply_bytes) {
    said_.back().problem = "it has " + std::to_string(message.payload.size()) + " bytes";
  }
}

void Origin::answer_hello() {
  const core::Value answer{{"v", 1},
                           {"hello", true},
                           {"at", core::to_rfc3339(wall())},
                           {"owed", 0},
                           {"journal", journal_}};
  bus_->publish({own_.command(site()), core::dump(answer)});
}

}  // namespace antiphon::cli
