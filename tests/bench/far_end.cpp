// SPDX-License-Identifier: MIT
#include "tests/bench/far_end.hpp"

#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <unordered_set>

#include "connectors/bus/mqtt_bus.hpp"
#include "connectors/wire/encode.hpp"
#include "connectors/wire/guard.hpp"
#include "connectors/wire/plane_messages.hpp"
#include "connectors/wire/topics.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"
#include "tests/bench/counts.hpp"

namespace antiphon::bench {
namespace {

const std::string topic_root = "antiphon";
const std::string no_journal(32, '0');

core::Instant now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

core::PlaneName plane(const std::string& name) {
  return *core::PlaneName::parse(name);
}

class FarEnd {
 public:
  FarEnd(const std::string& uri, const std::filesystem::path& counts)
      : counts_(counts), bus_(bench_bus(uri, "far-end")) {
    bus::Handlers handlers;
    handlers.connected = [this](bool) { greet(); };
    handlers.message = [this](const bus::Received& message) {
      if (message.topic == bare_request_topic) {
        bus_->publish({bare_reply_topic, std::string(counts_->reply_bytes, 'x')});
      } else {
        answer(message);
      }
    };
    bus_->start(std::move(handlers), {bare_request_topic, topic_root + "/+/command/" + hq_name});
  }

 private:
  void say(const wire::Topics& topics, const runtime::Outbound& outbound) {
    if (auto message = wire::encode(topics, outbound)) bus_->publish(std::move(*message));
  }

  void greet() {
    for (int i = 0; i < site_count; ++i) {
      const auto topics = *wire::Topics::make(topic_root, plane(site_name(i)));
      core::Presence presence;
      presence.journal = no_journal;
      presence.boot = 1;
      presence.parents = {hq_name};
      presence.offers = {"mock"};
      presence.arrays = true;
      presence.since = now();
      say(topics, presence);
      say(topics, runtime::ToOrigin{plane(hq_name), core::Hello{no_journal, 1, 0, now()}});
    }
  }

  /// Commands come one by one or as an array; each is answered by itself.
  void answer(const bus::Received& message) {
    const auto begin = topic_root.size() + 1;
    const auto site = message.topic.substr(begin, message.topic.find('/', begin) - begin);
    const auto json = wire::parse_guarded(message.payload, core::limits::message_bytes);
    if (!json) return;
    const auto topics = *wire::Topics::make(topic_root, plane(site));
    if (!json->is_array()) return answer(topics, *json, message.payload.size());
    for (const auto& one : *json) answer(topics, one, message.payload.size() / json->size());
  }

  void answer(const wire::Topics& topics, const core::Value& json, std::size_t bytes) {
    const auto said = wire::read_origin_message(json);
    if (!said) return;
    const auto* command = std::get_if<core::Command>(&*said);
    if (command == nullptr) return;
    core::Reply reply;
    reply.id = command->id;
    reply.attempt = command->attempt;
    reply.state = core::ReplyState::done;
    reply.status = core::status::ok;
    reply.outputs = R"({"result":"as it should be"})";
    reply.journal = no_journal;
    reply.boot = 1;
    reply.at = now();
    auto out = wire::encode(topics, runtime::ToOrigin{plane(hq_name), reply});
    counts_->command_bytes = bytes;
    counts_->reply_bytes = out->payload.size();
    bus_->publish(std::move(*out));
    ++(known_.insert(command->id.text()).second ? counts_->stages : counts_->repeats);
  }

  SharedCounts counts_;
  std::unordered_set<std::string> known_;
  std::unique_ptr<bus::Bus> bus_;
};

}  // namespace

std::string site_name(int number) {
  return "site" + std::to_string(number);
}

std::unique_ptr<bus::Bus> bench_bus(const std::string& uri, const std::string& name) {
  bus::BusOptions options;
  options.uri = uri;
  options.client_id = "bench-" + name;
  options.persistent_session = false;
  options.heartbeat_topic = "bench/" + name + "/heartbeat";
  auto bus = bus::make_mqtt_bus(std::move(options));
  if (!bus) throw std::runtime_error(bus.error().message);
  return std::move(*bus);
}

void play_far_end(const std::string& uri, const std::filesystem::path& counts) {
  const FarEnd far_end(uri, counts);
  while (true) pause();
}

}  // namespace antiphon::bench
