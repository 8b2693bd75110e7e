// SPDX-License-Identifier: MIT
#include "connectors/cli/client.hpp"

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "connectors/bus/mqtt_bus.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"
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
  handlers.connected = [&self](bool) {
    const std::lock_guard lock(self.mutex_);
    self.connected_ = true;
    self.changed_.notify_all();
  };
  handlers.lost = [&self](const std::string& reason) {
    const std::lock_guard lock(self.mutex_);
    self.lost_ = reason;
  };
  handlers.message = [&self](bus::Received message) { self.received(std::move(message)); };
  client->bus_->start(std::move(handlers), std::move(filters));

  std::unique_lock lock(self.mutex_);
  if (!self.changed_.wait_for(lock, in_ms(*timeout), [&self] { return self.connected_; })) {
    const std::string why =
        self.lost_.empty() ? "the broker at " + options.broker + " does not answer" : self.lost_;
    lock.unlock();
    return tl::unexpected(Failure{
        exit_code::unreachable,
        {core::status::unavailable, why, "is it running there? set --broker or ANTIPHON_BROKER"}});
  }
  lock.unlock();
  return client;
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
  bus_->publish(std::move(request));
  std::unique_lock lock(mutex_);
  const bool answered = changed_.wait_for(lock, in_ms(timeout_),
                                          [&] { return answer_ && answer_->request_id == id; });
  if (!answered) {
    return tl::unexpected(Failure{
        exit_code::unreachable,
        {core::status::unavailable,
         "plane " + topics_.plane().text() + " does not answer within " + core::to_text(timeout_),
         "the broker at " + broker_ + " does; is the plane running, and may user " + user_.text() +
             " ask it? set --plane or --user"}});
  }
  core::Answer answer = std::move(answer_->answer);
  answer_.reset();
  if (answer.status < core::status::bad_request) return answer;
  return tl::unexpected(Failure{exit_code::refused, {answer.status, answer.error, answer.hint}});
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
    print_json(value);
  }
  complain(error);
  return failure.exit_code;
}

}  // namespace antiphon::cli
