// SPDX-License-Identifier: MIT
#include "tests/bench/ceiling.hpp"

#include <stdexcept>

#include "tests/bench/far_end.hpp"

namespace antiphon::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Milliseconds longest_drain{10'000};

}  // namespace

Ceiling::Ceiling(const std::string& uri) : bus_(bench_bus(uri, "ceiling")) {
  bus::Handlers handlers;
  handlers.message = [this](const bus::Received&) {
    ++answered_;
    if (going_) {
      ask();
    } else {
      --unanswered_;
    }
  };
  bus_->start(std::move(handlers), {bare_reply_topic});
  if (!reached([this] { return bus_->connected(); }, longest_drain)) {
    throw std::runtime_error("the broker at " + uri + " does not answer");
  }
}

Ceiling::~Ceiling() {
  bus_->stop(core::seconds(1));
}

void Ceiling::ask() {
  bus_->publish({bare_request_topic, request_});
}

double Ceiling::measure(int depth, Milliseconds time, std::size_t bytes) {
  request_.assign(bytes, 'x');
  going_ = true;
  unanswered_ = depth;
  const auto first = answered_.load();
  for (int i = 0; i < depth; ++i) ask();
  if (!reached([&] { return answered_ - first >= depth; }, longest_drain)) {
    throw std::runtime_error("bare requests are not answered");
  }
  const auto begin = Clock::now();
  const auto before = answered_.load();
  pass(time);
  const auto count = answered_ - before;
  const std::chrono::duration<double> took = Clock::now() - begin;
  going_ = false;
  if (!reached([this] { return unanswered_ == 0; }, longest_drain)) {
    throw std::runtime_error("bare requests were lost");
  }
  return static_cast<double>(count) / took.count();
}

}  // namespace antiphon::bench
