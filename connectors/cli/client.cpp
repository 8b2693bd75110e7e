// SPDX-License-Identifier: MIT
#include "connectors/cli/client.hpp"

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "connectors/bus/mqtt_bus.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/entropy.hpp"

namespace antiphon::cli {
namespace {

tl::unexpected<Failure> wrong(const core::Error& error) {
  return tl::unexpected(Failure{exit_code::usage, error});
}

std::chrono::milliseconds in_ms(core::Duration duration) {
  return std::chrono::milliseconds(duration.ms);
}

}  // namespace

bool is_refusal(const std::string& reason) {
  return reason.starts_with("the broker refuses");
}

Failure no_connection(const std::string& reason, const ClientOptions& options) {
  if (is_refusal(reason)) {
    const std::string who = options.password_file.empty() ? "no user and password were given"
                                                          : "as user " + options.user;
    return {
        exit_code::refused,
        {core::status::unauthorized, reason + " (" + who + ")", "set --user and --password-file"}};
  }
  return {exit_code::unreachable,
          {core::status::unavailable,
           reason.empty() ? "the broker at " + options.broker + " does not answer" : reason,
           "is it running there? set --broker or ANTIPHON_BROKER"}};
}

Client::Client(wire::Topics topics, core::UserName user, core::Duration timeout)
    : topics_(std::move(topics)),
      user_(std::move(user)),
      timeout_(timeout),
      session_(runtime::fresh_hex()) {}

Client::~Client() {
  bus_->stop(core::seconds(1));
}

Reached<std::unique_ptr<Client>> Client::connect(const ClientOptions& options,
                                                 std::vector<std::string> filters) {
  const auto plane = core::PlaneName::parse(options.plane);
  if (!plane) return wrong(plane.error());
  auto user = core::UserName::parse(options.user);
  if (!user) return wrong(user.error());
  auto topics = wire::Topics::make(options.topic_root, *plane);
  if (!topics) return wrong(topics.error());
  const auto timeout = core::parse_duration(options.timeout);
  if (!timeout) return wrong(timeout.error());
  auto reach = bus_options(options);
  if (!reach) return wrong(reach.error());
  reach->client_id = "antiphon-" + runtime::fresh_hex();
  auto bus = bus::make_mqtt_bus(*std::move(reach));
  if (!bus) return wrong(bus.error());

  std::unique_ptr<Client> client(new Client(std::move(*topics), std::move(*user), *timeout));
  client->broker_ = options.broker;
  client->bus_ = std::move(*bus);
  filters.push_back(client->topics_.all_answers(client->user_));
  Client& self = *client;
  bus::Handlers handlers;
  handlers.connected = [&self](bool) { self.connected(); };
  handlers.lost = [&self](const std::string& reason) { self.lost(reason); };
  handlers.message = [&self](bus::Received message) { self.received(std::move(message)); };
  client->bus_->start(std::move(handlers), std::move(filters));

  std::unique_lock lock(self.mutex_);
  self.changed_.wait_for(lock, in_ms(*timeout),
                         [&self] { return self.connected_ || is_refusal(self.lost_); });
  const bool there = self.connected_;
  const std::string reason = self.lost_;
  lock.unlock();
  if (!there) return tl::unexpected(no_connection(reason, options));
  return client;
}

void Client::connected() {
  const std::lock_guard lock(mutex_);
  if (connected_) std::fprintf(stderr, "antiphon: connected to %s again\n", broker_.c_str());
  connected_ = true;
  lost_.clear();
  changed_.notify_all();
}

void Client::lost(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (connected_) {
    std::fprintf(stderr, "antiphon: %s; trying again until it is back\n", reason.c_str());
  }
  lost_ = reason;
  changed_.notify_all();
}

void Client::published(int request, bus::Published what) {
  const std::lock_guard lock(mutex_);
  if (request == requests_) published_ = what;
  changed_.notify_all();
}

void Client::received(bus::Received message) {
  const std::lock_guard lock(mutex_);
  if (message.topic.starts_with(topics_.answers_prefix())) {
    auto answer = wire::decode_answer(message);
    if (answer && answer->request_id.starts_with(session_)) answer_ = std::move(*answer);
  } else {
    messages_.push_back(std::move(message));
  }
  changed_.notify_all();
}

core::Asker Client::next_asker() {
  core::Asker asker;
  asker.user = user_;
  asker.request_id = session_ + "." + std::to_string(++requests_);
  asker.reply_to = topics_.answer(user_, *wire::RequestId::parse(asker.request_id));
  asker.identity = asker.request_id;
  return asker;
}

Reached<core::Answer> Client::wait_for_answer(bus::Outgoing request, const std::string& id) {
  if (request.payload.size() > core::limits::message_bytes) {
    return tl::unexpected(
        Failure{exit_code::usage,
                {core::status::too_large,
                 "the request has " + std::to_string(request.payload.size()) +
                     " bytes; a plane takes " + std::to_string(core::limits::message_bytes),
                 ""}});
  }
  const std::string topic = request.topic;
  {
    const std::lock_guard lock(mutex_);
    published_ = bus::Published::acknowledged;
  }
  bus_->publish(std::move(request),
                [this, number = requests_](bus::Published what) { published(number, what); });
  std::unique_lock lock(mutex_);
  const auto answered = [&] { return answer_ && answer_->request_id == id; };
  changed_.wait_for(lock, in_ms(timeout_),
                    [&] { return answered() || published_ != bus::Published::acknowledged; });
  if (!answered()) return tl::unexpected(no_answer(topic));
  core::Answer answer = std::move(answer_->answer);
  answer_.reset();
  if (answer.status < core::status::bad_request) return answer;
  return tl::unexpected(Failure{
      exit_code::refused, {answer.status, answer.error, answer.hint}, std::move(answer.body)});
}

/// With mutex_ held.
Failure Client::no_answer(const std::string& topic) const {
  switch (published_) {
    case bus::Published::refused:
      return {
          exit_code::refused,
          {core::status::forbidden,
           "the broker refuses the message: user " + user_.text() + " may not publish to " + topic,
           "its access list says who may ask what of whom; set --user and --password-file"}};
    case bus::Published::unknown:
      return {exit_code::unreachable,
              {core::status::unavailable,
               "the connection to " + broker_ + " went away before the broker had the request",
               "ask again"}};
    case bus::Published::acknowledged:
      break;
  }
  return {exit_code::unreachable,
          {core::status::unavailable,
           "plane " + topics_.plane().text() + " does not answer within " + core::to_text(timeout_),
           "the broker at " + broker_ + " does; is the plane running, and may user " +
               user_.text() + " ask it? set --plane or --user"}};
}

std::optional<bus::Received> Client::next(core::Duration patience) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, in_ms(patience), [this] { return !messages_.empty(); })) {
    return std::nullopt;
  }
  bus::Received message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

int report(const Failure& failure, const ClientOptions& options) {
  const core::Error& error = failure.error;
  if (options.json) {
    core::Value value{{"ok", false}, {"status", error.status}, {"error", error.message}};
    if (!error.hint.empty()) value["hint"] = error.hint;
    value.update(core::parse_object(failure.body));
    print_json(value);
  }
  complain(error);
  return failure.exit_code;
}

}  // namespace antiphon::cli
