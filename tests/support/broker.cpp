// SPDX-License-Identifier: MIT
// The broker's own log says when it listens and when a subscription stands: nothing here guesses a
// time.
#include "tests/support/broker.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace antiphon::test {
namespace {

std::string next_client_id() {
  static std::atomic<int> counter{0};
  return "test-sub-" + std::to_string(getpid()) + "-" + std::to_string(++counter);
}

bool has(const std::vector<std::string>& arguments, const std::string& one) {
  return std::find(arguments.begin(), arguments.end(), one) != arguments.end();
}

}  // namespace

Subscription::Subscription(const std::vector<std::string>& argv)
    : process_(std::make_unique<ChildProcess>(argv)) {}

std::vector<std::string> Subscription::lines() const {
  std::vector<std::string> lines;
  const std::string text = process_->out();
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string Subscription::await_line(const std::function<bool(const std::string&)>& wanted,
                                     std::chrono::milliseconds timeout) {
  std::string found;
  const auto arrived = [&] {
    const auto all = lines();
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(std::min(passed_, all.size()));
    const auto line = std::find_if(from, all.end(), wanted);
    if (line == all.end()) return false;
    passed_ = static_cast<std::size_t>(line - all.begin()) + 1;
    found = *line;
    return true;
  };
  try {
    await(arrived, timeout, "a line from mosquitto_sub");
  } catch (const std::runtime_error& late) {
    throw std::runtime_error(late.what() + ("; there were:\n" + process_->out()) + process_->err());
  }
  return found;
}

std::string Subscription::await_line(const std::string& text, std::chrono::milliseconds timeout) {
  return await_line([&](const auto& line) { return line.find(text) != std::string::npos; },
                    timeout);
}

Broker::Broker(BrokerConfig config, bool started) : config_(std::move(config)), port_(free_port()) {
  if (!started) return;
  // Another test may take the port between our look and the broker's bind; a few other ports settle
  // it.
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (try_start()) return;
    port_ = free_port();
  }
  start();
}

void Broker::write_config() const {
  std::ofstream file(folder() / "mosquitto.conf");
  // Started by root it would become the user `mosquitto`, who may not write here.
  if (geteuid() == 0) file << "user root\n";
  for (const auto& line : config_.global) file << line << '\n';
  file << "set_tcp_nodelay true\n"
       << "persistence true\n"
       << "persistence_location " << folder().string() << "/\n"
       << "log_dest stderr\n"
       << "log_type error\nlog_type warning\nlog_type notice\nlog_type information\nlog_type "
          "subscribe\n"
       << "listener " << port_ << " 127.0.0.1\n";
  for (const auto& line : config_.listener) file << line << '\n';
}

bool Broker::try_start() {
  write_config();
  process_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{"mosquitto", "-c", (folder() / "mosquitto.conf").string()});
  await([this] { return !process_->running() || log().find(" running") != std::string::npos; },
        patience, "mosquitto runs");
  return process_->running();
}

void Broker::start() {
  if (!try_start()) throw std::runtime_error("mosquitto does not start:\n" + log());
}

std::string Broker::log() const {
  return process_ ? process_->out() + process_->err() : "";
}

void Broker::stop() {
  process_->kill(SIGTERM);
  process_->wait();
}

void Broker::kill9() {
  process_->kill(SIGKILL);
  process_->wait();
}

void Broker::publish(const std::string& topic, const std::string& payload,
                     const std::vector<std::string>& extra) const {
  std::vector<std::string> argv{"mosquitto_pub",       "-h", "127.0.0.1", "-p",
                                std::to_string(port_), "-t", topic};
  argv.push_back(payload.empty() ? "-n" : "-s");
  argv.insert(argv.end(), extra.begin(), extra.end());
  ProcessOptions options;
  options.stdin_text = payload;
  const auto result = run(argv, options);
  if (result.exit_code != 0) {
    throw std::runtime_error("mosquitto_pub to " + topic + ": " + result.out + result.err);
  }
}

Subscription Broker::subscribe(const std::vector<std::string>& filters,
                               const std::vector<std::string>& extra) const {
  std::vector<std::string> argv{"mosquitto_sub", "-h", "127.0.0.1", "-p", std::to_string(port_)};
  for (const auto& filter : filters) argv.insert(argv.end(), {"-t", filter});
  if (!has(extra, "-F")) argv.insert(argv.end(), {"-F", "%t %p"});
  std::string id = next_client_id();
  const auto given = std::find(extra.begin(), extra.end(), "-i");
  if (given != extra.end() && given + 1 != extra.end()) {
    id = *(given + 1);
  } else {
    argv.insert(argv.end(), {"-i", id});
  }
  argv.insert(argv.end(), extra.begin(), extra.end());
  Subscription subscription(argv);
  for (const auto& filter : filters) {
    const std::string what = std::string(id).append(" has subscribed to ").append(filter);
    await(
        [&] {
          const auto text = log();
          for (const char* qos : {" 0 ", " 1 ", " 2 "}) {
            std::string line = id;
            line.append(qos).append(filter).append("\n");
            if (text.find(line) != std::string::npos) return true;
          }
          return false;
        },
        patience, what);
  }
  return subscription;
}

}  // namespace antiphon::test
