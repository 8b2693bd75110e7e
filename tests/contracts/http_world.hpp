// SPDX-License-Identifier: MIT
// A plane's http worker, and what it reports.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/providers/http_worker.hpp"
#include "engine/core/value.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace antiphon::test {

class HttpWorld {
 public:
  HttpWorld();

  /// Another process on the same folder: what the one before ran is given up.
  void restart();
  runtime::Work work(const core::Value& config, const core::Value& inputs = core::Value::object(),
                     const std::string& id = "task-1") const;
  /// The next report that is not only `started`.
  runtime::WorkReport await_report();
  /// Asks again, as the plane does, until it is no longer `not_yet`.
  runtime::WorkReport end_of(runtime::Work work);

  TempDir dir;
  providers::HttpOptions options;
  std::unique_ptr<providers::HttpWorker> worker;

 private:
  std::mutex mutex_;
  std::vector<runtime::WorkReport> reports_;  ///< guarded by mutex_
};

}  // namespace antiphon::test
