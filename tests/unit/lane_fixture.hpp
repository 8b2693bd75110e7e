// SPDX-License-Identifier: MIT
// A plane whose trigger's messages wait for each other.
#pragma once

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/core/json.hpp"
#include "tests/unit/trigger_fixture.hpp"

namespace antiphon::test {

/// Its runs last until they are cancelled.
class LaneFixture : public TriggerFixture {
 public:
  explicit LaneFixture(const std::string& fields)
      : TriggerFixture(fields + "\n    inputs: {n: \"${{$payload()}}\"}",
                       "{provider: delay, inputs: {delay: 1h}}") {}

  void hear_number(int n, const std::string& line = "line7") {
    if (restarts_) restart();
    tell(message("plant/" + line + "/alarm", std::to_string(n)));
    settle();
  }

  void pass(core::Duration time) {
    if (restarts_) restart();
    advance(time);
    settle();
  }

  /// Inputs and states, oldest first: "1 running, 2 cancelled".
  std::string shown() {
    std::string all;
    const auto newest_first = runs();
    for (auto run = newest_first.rbegin(); run != newest_first.rend(); ++run) {
      if (!all.empty()) all += ", ";
      all += core::dump(core::parse_object(run->inputs)["n"]) + " " +
             std::string(core::to_text(run->state));
    }
    return all;
  }

  std::int64_t lanes() { return store().begin()->lane_load().lanes; }

  void cancel_newest() {
    core::VerbRequest request;
    request.activation = runs().front().id;
    tell(request);
    settle();
  }

  void restart_always() { restarts_ = true; }

 private:
  /// What is due at once is done.
  void settle() {
    std::vector<runtime::Envelope> none;
    for (int i = 0; i < 20; ++i) step(none);
    CHECK(plane().check_memory().empty());
  }

  bool restarts_ = false;
};

}  // namespace antiphon::test
