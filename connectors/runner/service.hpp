// SPDX-License-Identifier: MIT
// A runner's routes, the same whether a question came over MQTT or HTTP.
#pragma once

#include "connectors/runner/request_book.hpp"
#include "connectors/runner/stage_desk.hpp"
#include "connectors/symphony/envelope.hpp"

namespace antiphon::runner {

class Service {
 public:
  explicit Service(StageDesk& desk) : desk_(desk) {}

  /// Any thread. `reply` is called once, from here or on another thread, and must not wait: 200
  /// with a StageStatus that is done, 500 with one that is not; 404 an unknown route, 405 another
  /// method than POST, 400 a body that is no ActivationData, 409 see RequestBook.
  void handle(symphony::Request request, const Reply& reply);

 private:
  void process(const symphony::Request& request, const Reply& reply);

  StageDesk& desk_;
  RequestBook book_;
};

/// An error as text.
symphony::Response refusal(const core::Error& error, const std::string& id);

}  // namespace antiphon::runner
