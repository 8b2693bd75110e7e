// SPDX-License-Identifier: MIT
#include "tests/contracts/http_world.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/support/await.hpp"

namespace antiphon::test {

using runtime::WorkReport;

HttpWorld::HttpWorld() {
  options.state_dir = dir / "state";
  for (const char* proxy : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    ::unsetenv(proxy);  // the server is on this machine
  }
  restart();
}

void HttpWorld::restart() {
  if (worker) worker->close();
  worker = std::make_unique<providers::HttpWorker>(options, [this](WorkReport report) {
    const std::lock_guard lock(mutex_);
    if (report.kind != WorkReport::Kind::started) reports_.push_back(std::move(report));
  });
}

runtime::Work HttpWorld::work(const core::Value& config, const core::Value& inputs,
                              const std::string& id) const {
  runtime::Work work;
  work.key = {*core::ActivationId::parse("a1"), 1, 0};
  work.id = *core::TaskId::parse(id);
  work.provider = "http";
  work.request = core::Value{{"config", config}, {"inputs", inputs}}.dump();
  work.time_left = core::minutes(5);
  return work;
}

WorkReport HttpWorld::await_report() {
  await([this] {
    const std::lock_guard lock(mutex_);
    return !reports_.empty();
  });
  const std::lock_guard lock(mutex_);
  WorkReport report = reports_.front();
  reports_.erase(reports_.begin());
  return report;
}

WorkReport HttpWorld::end_of(runtime::Work work) {
  while (true) {
    worker->start(work);
    WorkReport report = await_report();
    if (report.kind != WorkReport::Kind::not_yet) return report;
    work.polls = report.polls + 1;
    work.poll_state = report.outputs;
  }
}

}  // namespace antiphon::test
