// SPDX-License-Identifier: MIT
// A plane's proxy worker for tests: its folder, the work it is given, and all that it reports.
#pragma once

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "connectors/proxy/proxy_worker.hpp"
#include "tests/support/await.hpp"
#include "tests/support/temp_dir.hpp"

namespace antiphon::test {

inline const std::string stage_done = R"({"status":9996,"outputs":{"seam":"good"}})";

class ProxyWorld {
 public:
  /// Several over one folder are the plane before and after a restart.
  std::unique_ptr<proxy::ProxyWorker> worker(std::size_t running_most = 4) {
    return std::make_unique<proxy::ProxyWorker>(proxy::ProxyOptions{dir.path(), running_most},
                                                [this](runtime::WorkReport report) {
                                                  const std::lock_guard lock(mutex_);
                                                  reports_.push_back(std::move(report));
                                                });
  }

  static runtime::Work work(const std::string& provider, const core::Value& config,
                            const std::string& id = "task-1") {
    runtime::Work work;
    work.key = {core::ActivationId::parse("a1").value(), 1, 0};
    work.id = core::TaskId::parse(id).value();
    work.provider = provider;
    work.request = core::Value{{"config", config},
                               {"inputs", {{"stage", "weld"}, {"inputs", {{"part", "p7"}}}}}}
                       .dump();
    work.time_left = core::minutes(5);
    return work;
  }

  runtime::WorkReport await_end(const std::string& id = "task-1") {
    return *await([&] { return next(id, false); }, patience, "the end of " + id);
  }
  void await_started(const std::string& id = "task-1") {
    await([&] { return next(id, true); }, patience, "the start of " + id);
  }

  /// The end of one piece of work, by a worker of its own that is told to forget it.
  runtime::WorkReport end_of(const runtime::Work& work) {
    const auto one = worker();
    one->start(work);
    auto end = await_end(work.id.text());
    one->forget(work.id, work.attempt);
    return end;
  }

  TempDir dir;

 private:
  /// Takes it away.
  std::optional<runtime::WorkReport> next(const std::string& id, bool started) {
    const std::lock_guard lock(mutex_);
    for (auto report = reports_.begin(); report != reports_.end(); ++report) {
      const bool begins = report->kind == runtime::WorkReport::Kind::started;
      if (report->id.text() != id || begins != started) continue;
      auto found = std::move(*report);
      reports_.erase(report);
      return found;
    }
    return std::nullopt;
  }

  std::mutex mutex_;
  std::vector<runtime::WorkReport> reports_;
};

}  // namespace antiphon::test
