// SPDX-License-Identifier: MIT
// The http provider: requests over libcurl, all on one thread, none of which waits for another. Its
// wait is durable polling: between two requests to wait.url nothing of it is here (docs/http.md).
#pragma once

#include <curl/curl.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "connectors/providers/http_options.hpp"
#include "connectors/providers/http_transfer.hpp"
#include "connectors/providers/waiting_line.hpp"
#include "engine/runtime/worker.hpp"

namespace antiphon::providers {

/// A request that may not be sent twice is noted in a file before it is sent; a process that finds
/// such a note does not send it and says `uncertain`. At most `max_running` requests run at once,
/// more wait in order, and past the line's bounds they end with 503. A stopped one ends with 20001.
class HttpWorker final : public runtime::Worker {
 public:
  HttpWorker(HttpOptions options, Sink sink);
  ~HttpWorker() override;
  HttpWorker(const HttpWorker&) = delete;
  HttpWorker& operator=(const HttpWorker&) = delete;

  void start(const runtime::Work& work) override;
  void stop(const core::TaskId& id, int attempt) override;
  void forget(const core::TaskId& id, int attempt) override;
  /// What runs is given up; the next process decides what to do with it.
  void close() override;

 private:
  struct Stop {
    std::string name;
  };
  struct Forget {
    std::string name;
  };
  using Request = std::variant<Waiting, Stop, Forget>;
  struct Running {
    runtime::Work work;
    HttpCall call;
    std::unique_ptr<HttpTransfer> transfer;
  };

  void post(Request request);
  void loop();
  bool closing();
  void take_requests();
  void take(Waiting waiting);
  void stop_now(const std::string& name);
  void launch();
  void begin(Waiting waiting);
  /// False: it is not to be sent, and was reported.
  bool may_have_been_sent(const runtime::Work& work) const;
  bool may_send(const runtime::Work& work, const HttpMessage& message);
  void add(Running running);
  void collect();
  void conclude(Running running);
  void told(runtime::WorkReport report);
  std::filesystem::path note_of(const std::string& name) const { return notes_ / name; }

  HttpOptions options_;
  std::filesystem::path notes_;
  Sink sink_;
  CURLM* multi_;
  std::mutex mutex_;
  std::vector<Request> requests_;  ///< guarded by mutex_; emptied at each turn of the thread
  bool closing_ = false;           ///< guarded by mutex_
  WaitingLine line_;               ///< the thread's, as all below
  std::map<std::string, Running> running_;
  std::thread thread_;
};

}  // namespace antiphon::providers
