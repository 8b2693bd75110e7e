// SPDX-License-Identifier: MIT
#include "connectors/providers/script_worker.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

#include "engine/core/status.hpp"

namespace antiphon::providers {
namespace {

using std::chrono::steady_clock;

UniqueFd make_wake() {
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) throw std::system_error(errno, std::generic_category(), "cannot make an eventfd");
  return wake;
}

}  // namespace

ScriptWorker::ScriptWorker(ScriptOptions options, Sink sink)
    : sink_(std::move(sink)),
      wake_(make_wake()),
      table_(std::move(options),
             [this](runtime::WorkReport report) {
               if (!closing()) sink_(std::move(report));
             }),
      thread_([this] { loop(); }) {}

ScriptWorker::~ScriptWorker() {
  close();
}

void ScriptWorker::start(const runtime::Work& work) {
  post(Waiting{work, steady_clock::now() + std::chrono::milliseconds(work.time_left.ms)});
}

void ScriptWorker::stop(const core::TaskId& id, int attempt) {
  post(Stop{id, attempt});
}

void ScriptWorker::forget(const core::TaskId& id, int attempt) {
  post(Forget{id, attempt});
}

void ScriptWorker::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake();
  if (thread_.joinable()) thread_.join();
}

void ScriptWorker::post(Request request) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return;
    requests_.push_back(std::move(request));
  }
  wake();
}

void ScriptWorker::wake() const {
  const std::uint64_t one = 1;
  // A counter that is full wakes just as well.
  static_cast<void>(!::write(wake_.get(), &one, sizeof one));
}

bool ScriptWorker::closing() {
  const std::lock_guard lock(mutex_);
  return closing_;
}

std::vector<ScriptWorker::Request> ScriptWorker::take_requests() {
  std::uint64_t count = 0;
  static_cast<void>(!::read(wake_.get(), &count, sizeof count));
  const std::lock_guard lock(mutex_);
  return std::exchange(requests_, {});
}

void ScriptWorker::loop() {
  bool more_to_launch = false;
  while (!closing()) {
    std::vector<pollfd> fds{{wake_.get(), POLLIN, 0}};
    table_.watch(fds);
    ::poll(fds.data(), fds.size(), more_to_launch ? 0 : -1);
    table_.awake(fds);
    for (Request& request : take_requests()) {
      if (closing()) return;
      carry_out(std::move(request));
    }
    more_to_launch = table_.launch_next();
  }
}

void ScriptWorker::carry_out(Request request) {
  if (auto* waiting = std::get_if<Waiting>(&request)) {
    table_.start(std::move(*waiting));
  } else if (auto* stop = std::get_if<Stop>(&request)) {
    table_.stop(stop->id, stop->attempt);
  } else if (auto* forget = std::get_if<Forget>(&request)) {
    table_.forget(forget->id, forget->attempt);
  }
}

}  // namespace antiphon::providers
