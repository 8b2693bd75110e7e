// SPDX-License-Identifier: MIT
#include "connectors/proxy/ask_mqtt.hpp"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <optional>
#include <utility>

#include "connectors/bus/mqtt_bus.hpp"
#include "connectors/symphony/envelope.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::proxy {
namespace {

namespace status = core::status;

/// What was asked is answered or given up: nothing is left to be said but goodbye.
constexpr core::Duration goodbye = core::milliseconds(100);
constexpr core::Duration symphonys_keep_alive = core::seconds(2);

struct Topics {
  std::string request;
  std::string response;
};

core::Result<Topics> topics_of(const core::Value& config) {
  auto request = text_in(config, "requestTopic");
  if (!request) return tl::unexpected(request.error());
  auto response = text_in(config, "responseTopic");
  if (!response) return tl::unexpected(response.error());
  if (const auto problem = bus::topic_problem(*request); !problem.empty()) {
    return core::failure(status::bad_config, "proxy config.requestTopic " + problem);
  }
  if (const auto problem = bus::topic_problem(*response); !problem.empty()) {
    return core::failure(status::bad_config, "proxy config.responseTopic " + problem);
  }
  return Topics{std::move(*request), std::move(*response)};
}

core::Result<bus::BusOptions> options_of(const Question& question) {
  const auto address = text_in(question.config, "brokerAddress");
  if (!address) return tl::unexpected(address.error());
  const auto keep_alive = seconds_in(question.config, "keepAliveSeconds", symphonys_keep_alive);
  if (!keep_alive) return tl::unexpected(keep_alive.error());
  const auto user = text_in(question.config, "user", "");
  if (!user) return tl::unexpected(user.error());
  const auto password = text_in(question.config, "password", "");
  if (!password) return tl::unexpected(password.error());
  bus::BusOptions options;
  options.uri = broker_uri(*address);
  options.client_id = "proxy-" + question.id;
  options.persistent_session = false;
  options.keep_alive = *keep_alive;
  if (!user->empty()) options.credentials = bus::Credentials{*user, *password};
  return options;
}

/// What the bus's threads have noted, for the one that waits.
class Talk {
 public:
  Talk(const Question& question, Topics topics, Wait wait)
      : question_(question), topics_(std::move(topics)), wait_(wait) {}

  core::Finished hold(bus::Bus& bus) {
    question_.stopping.on_stop([this] { note([&] { stop_noted_ = true; }); });
    bus.start(handlers(), {topics_.response});
    core::Finished end = ask(bus);
    question_.stopping.on_stop({});
    bus.stop(goodbye);
    return end;
  }

 private:
  core::Finished ask(bus::Bus& bus) {
    std::unique_lock lock(mutex_);
    if (!wait_for(lock, [this] { return connected_; })) {
      return given_up(false, status::mqtt_publish_failed,
                      "no connection to the runner's broker" + because());
    }
    lock.unlock();
    bus.publish({topics_.request, request_text(), 1},
                [this](bus::Published published) { note([&] { published_ = published; }); });
    lock.lock();
    const auto refused = [this] { return published_ == bus::Published::refused; };
    wait_for(lock, [&] { return answer_ || refused(); });
    if (answer_) return judge_answer(answer_->state, answer_->body);
    if (refused()) {
      return failed(status::mqtt_publish_failed,
                    "the broker does not take messages for " + topics_.request);
    }
    return given_up(
        true, status::internal_error,
        "didn't get response to Get() call over MQTT: nothing on " + topics_.response + because());
  }

  bus::Handlers handlers() {
    bus::Handlers handlers;
    handlers.connected = [this](bool) { note([&] { connected_ = true; }); };
    handlers.lost = [this](const std::string& reason) { note([&] { trouble_ = reason; }); };
    handlers.message = [this](const bus::Received& message) { hear(message); };
    return handlers;
  }

  /// Answers to others are on the same topic.
  void hear(const bus::Received& message) {
    auto response = symphony::read_response(message.payload);
    if (!response) {
      note([&] { trouble_ = "an answer was passed over: " + response.error().message; });
    } else if (response->id == question_.id) {
      note([&] { answer_ = std::move(*response); });
    }
  }

  template <class Change>
  void note(const Change& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }

  /// False: it was stopped, or the time is over.
  template <class Condition>
  bool wait_for(std::unique_lock<std::mutex>& lock, const Condition& condition) {
    const auto ended = [&] { return condition() || stop_noted_; };
    return changed_.wait_until(lock, wait_.until, ended) && condition();
  }

  core::Finished given_up(bool sent, int status, const std::string& error) const {
    if (stop_noted_) return stopped(sent);
    if (wait_.by_deadline) return too_late();
    return failed(status, error + " within " + core::to_text(wait_.timeout));
  }

  std::string because() const { return trouble_.empty() ? "" : " (" + trouble_ + ")"; }

  std::string request_text() const {
    symphony::Request request;
    request.route = "processor";
    request.body = question_.body;
    request.id = question_.id;
    return to_text(request);
  }

  const Question& question_;
  const Topics topics_;
  const Wait wait_;
  std::mutex mutex_;  ///< guards what follows
  std::condition_variable changed_;
  bool stop_noted_ = false;
  bool connected_ = false;
  std::optional<bus::Published> published_;
  std::optional<symphony::Response> answer_;
  std::string trouble_;
};

}  // namespace

std::string broker_uri(const std::string& address) {
  const auto end = address.find("://");
  if (end == std::string::npos) return "mqtt://" + address;
  const std::string scheme = address.substr(0, end);
  const std::string rest = address.substr(end);
  if (scheme == "tcp") return "mqtt" + rest;
  if (scheme == "ssl" || scheme == "tls" || scheme == "tcps") return "mqtts" + rest;
  return address;
}

core::Finished ask_over_mqtt(const Question& question) {
  auto topics = topics_of(question.config);
  if (!topics) return failed(topics.error());
  auto options = options_of(question);
  if (!options) return failed(options.error());
  const auto wait = wait_of(question);
  if (!wait) return failed(wait.error());
  auto bus = bus::make_mqtt_bus(std::move(*options));
  if (!bus) {
    return failed(status::bad_config, "proxy config.brokerAddress: " + bus.error().message);
  }
  return Talk(question, std::move(*topics), *wait).hold(**bus);
}

}  // namespace antiphon::proxy
