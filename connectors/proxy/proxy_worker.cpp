// SPDX-License-Identifier: MIT
#include "connectors/proxy/proxy_worker.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "connectors/proxy/ask_http.hpp"
#include "connectors/proxy/ask_mqtt.hpp"
#include "engine/core/json.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/failpoint.hpp"

namespace antiphon::proxy {
namespace {

namespace status = core::status;
using runtime::Work;
using runtime::WorkReport;
using std::chrono::steady_clock;

std::string name_of(const core::TaskId& id, int attempt) {
  return id.text() + "-" + std::to_string(attempt);
}

WorkReport report_of(const Work& work, WorkReport::Kind kind) {
  return {work.key, work.id, work.attempt, kind, 0, {}, {}};
}

WorkReport report_of(const Work& work, const core::Finished& end) {
  WorkReport report = report_of(work, WorkReport::Kind::finished);
  report.status = end.status;
  report.outputs = core::dump(end.outputs);
  report.error = end.error;
  return report;
}

core::Finished ask(const Work& work, const providers::HttpOptions& http, SteadyTime deadline,
                   StopSignal& stopping) {
  const core::Value request = core::parse_object(work.request);
  const Question question{name_of(work.id, work.attempt), request.at("config"),
                          core::dump(request.at("inputs")), deadline, stopping};
  return work.provider == "proxy.http" ? ask_over_http(question, http) : ask_over_mqtt(question);
}

}  // namespace

ProxyWorker::ProxyWorker(ProxyOptions options, Sink sink)
    : running_most_(options.running_most),
      http_(options.http),
      marks_(options.state_dir / "proxied"),
      sink_(std::move(sink)),
      reporter_([this] { give_reports(); }) {
  marks_.sweep();
}

ProxyWorker::~ProxyWorker() {
  close();
}

void ProxyWorker::start(const Work& work) {
  const std::string name = name_of(work.id, work.attempt);
  const Lock lock(mutex_);
  if (closing_ || running_.contains(name) || line_.contains(name)) return;
  const auto due = steady_clock::now() + std::chrono::milliseconds(work.time_left.ms);
  if (!line_.push(name, {work, due})) {
    later_.emplace_back([work] {
      return report_of(work, failed(status::unavailable, "too many stages wait for their proxies"));
    });
  } else if (++waiting_ > idle_ && askers_.size() < running_most_) {
    askers_.emplace_back([this] { ask_questions(); });
  }
  changed_.notify_all();
}

void ProxyWorker::stop(const core::TaskId& id, int attempt) {
  const std::string name = name_of(id, attempt);
  const Lock lock(mutex_);
  if (const auto running = running_.find(name); running != running_.end()) {
    running->second.stopping->stop();
  } else if (auto waiting = line_.remove(name)) {
    --waiting_;
    later_.emplace_back([this, work = std::move(waiting->work)] { return known_of(work); });
    changed_.notify_all();
  }
}

void ProxyWorker::forget(const core::TaskId& id, int attempt) {
  const std::string name = name_of(id, attempt);
  const Lock lock(mutex_);
  if (const auto running = running_.find(name); running != running_.end()) {
    running->second.forgotten = true;
  } else {
    marks_.forget(name);
  }
}

void ProxyWorker::close() {
  {
    const Lock lock(mutex_);
    closing_ = true;
    for (auto& [name, running] : running_) running.stopping->stop();
    changed_.notify_all();
  }
  for (std::thread& asker : askers_) asker.join();
  askers_.clear();
  if (reporter_.joinable()) reporter_.join();
}

/// What an earlier process left of work that is to be stopped; nothing: it has not begun.
WorkReport ProxyWorker::known_of(const Work& work) const {
  const std::string name = name_of(work.id, work.attempt);
  if (const auto end = marks_.kept(name)) return report_of(work, *end);
  if (marks_.has_begun(name)) return report_of(work, WorkReport::Kind::uncertain);
  return report_of(work, stopped(false));
}

void ProxyWorker::give_reports() {
  Lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closing_ || !later_.empty(); });
    if (closing_) return;
    const auto make = std::move(later_.front());
    later_.pop_front();
    lock.unlock();
    tell(make());
    lock.lock();
  }
}

void ProxyWorker::ask_questions() {
  Lock lock(mutex_);
  while (true) {
    ++idle_;
    std::optional<providers::Waiting> waiting;
    changed_.wait(lock, [&] { return closing_ || (waiting = line_.pop()).has_value(); });
    --idle_;
    if (closing_) return;
    --waiting_;
    const std::string name = name_of(waiting->work.id, waiting->work.attempt);
    const auto stopping = std::make_shared<StopSignal>();
    running_.emplace(name, Running{stopping});
    lock.unlock();
    carry_out(*waiting, *stopping);
    lock.lock();
  }
}

void ProxyWorker::carry_out(const providers::Waiting& waiting, StopSignal& stopping) {
  const Work& work = waiting.work;
  const std::string name = name_of(work.id, work.attempt);
  if (work.again) marks_.forget(name);
  if (const auto end = marks_.kept(name)) return settle(work, report_of(work, *end));
  if (marks_.has_begun(name)) return settle(work, report_of(work, WorkReport::Kind::uncertain));
  if (steady_clock::now() >= waiting.due) return settle(work, report_of(work, too_late()));
  if (work.unfit) return settle(work, report_of(work, failed(*work.unfit)));
  if (const auto begun = marks_.begin(name, work.time_left); !begun) {
    return settle(work, report_of(work, failed(begun.error())));
  }
  failpoint("proxy-before-asking");
  tell(report_of(work, WorkReport::Kind::started));
  const core::Finished end = ask(work, http_, waiting.due, stopping);
  failpoint("proxy-before-keeping");
  if (is_closing() && end.status == status::cancelled) return;
  marks_.keep(name, end);
  settle(work, report_of(work, end));
}

/// First it runs no more: the report may have it started again at once.
void ProxyWorker::settle(const Work& work, WorkReport report) {
  {
    const std::string name = name_of(work.id, work.attempt);
    const Lock lock(mutex_);
    const auto ended = running_.find(name);
    if (ended->second.forgotten) marks_.forget(name);
    running_.erase(ended);
  }
  tell(std::move(report));
}

bool ProxyWorker::is_closing() {
  const Lock lock(mutex_);
  return closing_;
}

void ProxyWorker::tell(WorkReport report) {
  if (!is_closing()) sink_(std::move(report));
}

}  // namespace antiphon::proxy
