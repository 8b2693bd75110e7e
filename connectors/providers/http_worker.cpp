// SPDX-License-Identifier: MIT
#include "connectors/providers/http_worker.hpp"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

#include "connectors/providers/curl_multi.hpp"
#include "connectors/providers/durable_file.hpp"
#include "connectors/providers/http_judgement.hpp"
#include "connectors/providers/run_folder.hpp"
#include "engine/core/status.hpp"

namespace antiphon::providers {
namespace {

using runtime::WorkReport;
using std::chrono::steady_clock;
namespace limits = core::limits;
namespace status = core::status;

constexpr int longest_sleep_ms = 60'000;

WorkReport report_on(const runtime::Work& work, WorkReport::Kind kind) {
  WorkReport report;
  report.key = work.key;
  report.id = work.id;
  report.attempt = work.attempt;
  report.polls = work.polls;
  report.kind = kind;
  return report;
}

WorkReport end_of(const runtime::Work& work, int number, std::string error) {
  WorkReport report = report_on(work, WorkReport::Kind::finished);
  report.status = number;
  report.error = std::move(error);
  return report;
}

WorkReport stopped(const runtime::Work& work, const char* how) {
  return end_of(work, status::cancelled, how);
}

/// What is asked now: the first request, or the one to wait.url.
HttpMessage message_of(const runtime::Work& work, const HttpCall& call) {
  if (work.polls == 0) return call.first;
  HttpMessage message;
  message.url = call.wait->url;
  message.headers = call.first.headers;
  std::erase(message.headers, json_header);
  return message;
}

}  // namespace

HttpWorker::HttpWorker(HttpOptions options, Sink sink)
    : options_(std::move(options)),
      notes_(options_.state_dir / "http"),
      sink_(std::move(sink)),
      multi_(make_multi()),
      thread_([this] { loop(); }) {}

HttpWorker::~HttpWorker() {
  close();
  curl_multi_cleanup(multi_);
}

void HttpWorker::start(const runtime::Work& work) {
  post(Waiting{work, steady_clock::now() + std::chrono::milliseconds(work.time_left.ms)});
}

void HttpWorker::stop(const core::TaskId& id, int attempt) {
  post(Stop{name_of(id, attempt)});
}

void HttpWorker::forget(const core::TaskId& id, int attempt) {
  post(Forget{name_of(id, attempt)});
}

void HttpWorker::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  curl_multi_wakeup(multi_);
  if (thread_.joinable()) thread_.join();
}

void HttpWorker::post(Request request) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return;
    requests_.push_back(std::move(request));
  }
  curl_multi_wakeup(multi_);
}

bool HttpWorker::closing() {
  const std::lock_guard lock(mutex_);
  return closing_;
}

void HttpWorker::told(WorkReport report) {
  if (!closing()) sink_(std::move(report));
}

void HttpWorker::loop() {
  std::error_code refused;  // then no note can be made, and that is told
  std::filesystem::create_directories(notes_, refused);
  while (!closing()) {
    take_requests();
    launch();
    int still_running = 0;
    curl_multi_perform(multi_, &still_running);
    collect();
    if (running_.size() < options_.max_running && line_.size() > 0) continue;
    curl_multi_poll(multi_, nullptr, 0, longest_sleep_ms, nullptr);
  }
  for (auto& [name, running] : running_) {
    curl_multi_remove_handle(multi_, running.transfer->handle());
  }
  running_.clear();
}

void HttpWorker::take_requests() {
  std::vector<Request> taken;
  {
    const std::lock_guard lock(mutex_);
    taken = std::exchange(requests_, {});
  }
  for (Request& request : taken) {
    if (auto* waiting = std::get_if<Waiting>(&request)) {
      take(std::move(*waiting));
    } else if (const auto* stop = std::get_if<Stop>(&request)) {
      stop_now(stop->name);
    } else {
      std::error_code gone;
      std::filesystem::remove(note_of(std::get<Forget>(request).name), gone);
    }
  }
}

void HttpWorker::take(Waiting waiting) {
  const std::string name = name_of(waiting.work.id, waiting.work.attempt);
  if (running_.contains(name) || line_.contains(name)) return;
  const runtime::Work work = waiting.work;
  if (line_.push(name, std::move(waiting))) return;
  told(end_of(work, status::unavailable, "too many requests wait for their turn on this plane"));
}

void HttpWorker::stop_now(const std::string& name) {
  if (const auto waiting = line_.remove(name)) {
    told(stopped(waiting->work, "it was stopped before its request was sent"));
    return;
  }
  const auto found = running_.find(name);
  if (found == running_.end()) return;
  curl_multi_remove_handle(multi_, found->second.transfer->handle());
  const Running running = std::move(found->second);
  running_.erase(found);
  told(stopped(running.work,
               only_reads(message_of(running.work, running.call))
                   ? "it was stopped before an answer came"
                   : "it was stopped before an answer came; whether it was done is not known"));
}

void HttpWorker::launch() {
  while (running_.size() < options_.max_running) {
    auto next = line_.pop();
    if (!next) return;
    begin(std::move(*next));
  }
}

void HttpWorker::begin(Waiting waiting) {
  const runtime::Work& work = waiting.work;
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(waiting.due - steady_clock::now());
  if (left.count() <= 0) {
    return told(end_of(work, status::timed_out, "its deadline passed before its turn"));
  }
  if (work.unfit && may_have_been_sent(work)) {
    return told(report_on(work, WorkReport::Kind::uncertain));
  }
  auto call =
      work.unfit ? tl::unexpected<core::Error>(*work.unfit) : read_http_request(work.request);
  if (!call) {
    const core::Error& error = call.error();
    return told(end_of(work, error.status,
                       error.message + (error.hint.empty() ? "" : " (" + error.hint + ")")));
  }
  HttpMessage message = message_of(work, *call);
  if (!may_send(work, message)) return;
  if (work.polls == 0) told(report_on(work, WorkReport::Kind::started));
  core::Duration time = std::min(core::milliseconds(left.count()), limits::http_request_most);
  if (work.most.ms > 0) time = std::min(time, work.most);
  const std::size_t most = call->wait ? limits::http_kept_body_bytes : limits::http_body_bytes;
  auto transfer = std::make_unique<HttpTransfer>(options_, std::move(message), most, time);
  add({std::move(waiting.work), std::move(*call), std::move(transfer)});
}

/// By a process before this one, and nobody knows what came of it.
bool HttpWorker::may_have_been_sent(const runtime::Work& work) const {
  std::error_code none;
  return work.polls == 0 && !work.again &&
         std::filesystem::exists(note_of(name_of(work.id, work.attempt)), none);
}

bool HttpWorker::may_send(const runtime::Work& work, const HttpMessage& message) {
  if (only_reads(message)) return true;
  const std::filesystem::path note = note_of(name_of(work.id, work.attempt));
  std::error_code gone;
  if (work.again) std::filesystem::remove(note, gone);
  const auto made = create_file_once(note, "");
  if (!made) {
    told(end_of(work, status::internal_error,
                "the request is not sent, because it cannot be noted: " + made.error().message));
    return false;
  }
  if (!*made) told(report_on(work, WorkReport::Kind::uncertain));
  return *made;
}

void HttpWorker::add(Running running) {
  if (!running.transfer->prepare()) return conclude(std::move(running));
  const std::string name = name_of(running.work.id, running.work.attempt);
  const auto place = running_.insert_or_assign(name, std::move(running)).first;
  curl_multi_add_handle(multi_, place->second.transfer->handle());
}

void HttpWorker::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const handle = message->easy_handle;
    const CURLcode code = message->data.result;
    curl_multi_remove_handle(multi_, handle);
    const auto found = std::find_if(running_.begin(), running_.end(), [&](const auto& one) {
      return one.second.transfer->handle() == handle;
    });
    if (found == running_.end()) continue;
    Running running = std::move(found->second);
    running_.erase(found);
    if (running.transfer->finished(code)) {
      add(std::move(running));
    } else {
      conclude(std::move(running));
    }
  }
}

void HttpWorker::conclude(Running running) {
  WorkReport report = report_on(running.work, WorkReport::Kind::finished);
  const auto answer = std::move(*running.transfer).answer();
  if (running.work.polls == 0) {
    judge_first(report, running.call, answer);
  } else {
    judge_poll(report, running.call, running.work.poll_state, answer);
  }
  told(std::move(report));
}

}  // namespace antiphon::providers
