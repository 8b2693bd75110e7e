// SPDX-License-Identifier: MIT
// All workers of a plane behind one port: work goes to the one of its provider.
#pragma once

#include <map>
#include <string>

#include "engine/core/check.hpp"
#include "engine/runtime/worker.hpp"

namespace antiphon::providers {

/// Owns none of them; each has the plane's sink. Stop and forget name no provider, and go to all:
/// of work never heard of a worker says nothing.
class WorkerSwitch final : public runtime::Worker {
 public:
  explicit WorkerSwitch(std::map<std::string, runtime::Worker*> by_provider)
      : by_provider_(std::move(by_provider)) {}

  /// The provider is one of those that were named: the registry's, with a worker for executor.
  void start(const runtime::Work& work) override {
    const auto found = by_provider_.find(work.provider);
    ANTIPHON_CHECK(found != by_provider_.end());
    found->second->start(work);
  }
  void stop(const core::TaskId& id, int attempt) override {
    for (const auto& [provider, worker] : by_provider_) worker->stop(id, attempt);
  }
  void forget(const core::TaskId& id, int attempt) override {
    for (const auto& [provider, worker] : by_provider_) worker->forget(id, attempt);
  }
  void close() override {
    for (const auto& [provider, worker] : by_provider_) worker->close();
  }

 private:
  std::map<std::string, runtime::Worker*> by_provider_;
};

}  // namespace antiphon::providers
