// SPDX-License-Identifier: MIT
// The providers proxy.mqtt and proxy.http: each piece of work is one question to a runner elsewhere
// (ask_mqtt.hpp, ask_http.hpp), on a thread that waits for the answer.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "connectors/providers/http_options.hpp"
#include "connectors/providers/waiting_line.hpp"
#include "connectors/proxy/marks.hpp"
#include "connectors/proxy/question.hpp"
#include "engine/core/limits.hpp"
#include "engine/runtime/worker.hpp"

namespace antiphon::proxy {

struct ProxyOptions {
  std::filesystem::path state_dir;  ///< the plane's own; marks are below <state_dir>/proxied
  std::size_t running_most = core::limits::running_proxies;
  providers::HttpOptions http{};  ///< whom to trust, and which servers may be asked
};

/// At most `running_most` questions wait for answers at once, more wait in order and beyond the
/// line's bounds are finished with 503. A question that a process before this one began, and whose
/// answer it did not keep, is uncertain: runners do not tell what they have done. A stopped one is
/// finished with 20001; the runner is not told.
class ProxyWorker final : public runtime::Worker {
 public:
  ProxyWorker(ProxyOptions options, Sink sink);
  ~ProxyWorker() override;
  ProxyWorker(const ProxyWorker&) = delete;
  ProxyWorker& operator=(const ProxyWorker&) = delete;

  void start(const runtime::Work& work) override;
  void stop(const core::TaskId& id, int attempt) override;
  void forget(const core::TaskId& id, int attempt) override;
  void close() override;

 private:
  using Lock = std::unique_lock<std::mutex>;
  struct Running {
    std::shared_ptr<StopSignal> stopping;
    bool forgotten = false;  ///< nobody asks how it ends
  };

  void give_reports();
  void ask_questions();
  void carry_out(const providers::Waiting& waiting, StopSignal& stopping);
  void settle(const runtime::Work& work, runtime::WorkReport report);
  runtime::WorkReport known_of(const runtime::Work& work) const;
  bool is_closing();
  void tell(runtime::WorkReport report);

  const std::size_t running_most_;
  const providers::HttpOptions http_;
  const Marks marks_;
  const Sink sink_;

  std::mutex mutex_;  ///< guards what follows
  std::condition_variable changed_;
  providers::WaitingLine line_;
  std::map<std::string, Running> running_;
  std::deque<std::function<runtime::WorkReport()>> later_;  ///< one for each refused or stopped
  std::size_t idle_ = 0;                                    ///< threads without a question
  std::size_t waiting_ = 0;                                 ///< questions in the line
  bool closing_ = false;
  std::vector<std::thread> askers_;
  std::thread reporter_;
};

}  // namespace antiphon::proxy
