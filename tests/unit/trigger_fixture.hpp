// SPDX-License-Identifier: MIT
// A plane with one campaign of one trigger, `t` on plant/+line/alarm: tests say what else the
// trigger says, and count the runs.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/plane_fixture.hpp"

namespace antiphon::test {

class TriggerFixture : public PlaneFixture {
 public:
  /// `fields`: further fields of the trigger, a line. `stage`: the campaign's only one.
  explicit TriggerFixture(const std::string& fields,
                          const std::string& stage = "{provider: mock}") {
    apply_version("1", fields, stage);
  }

  void apply_version(const std::string& version, const std::string& fields,
                     const std::string& stage = "{provider: mock}") {
    const core::Answer answer = apply(
        "metadata: {name: a-v-" + version + "}\nspec:\n  firstStage: s\n  stages: {s: " + stage +
        "}\n  triggers:\n  - name: t\n    topic: plant/+line/alarm\n    " + fields + "\n");
    if (answer.status != 200) throw std::runtime_error(answer.error);
  }

  static core::TopicMessage message(const std::string& topic, std::string payload) {
    core::TopicMessage message;
    message.topic = topic;
    message.payload = std::move(payload);
    message.filters = {"plant/+/alarm"};
    return message;
  }

  /// How many runs there are then.
  std::size_t hear(core::TopicMessage message) {
    tell(std::move(message));
    return runs().size();
  }
  std::size_t hear(std::string payload, const std::string& topic = "plant/line7/alarm") {
    return hear(message(topic, std::move(payload)));
  }

  /// Newest first.
  std::vector<core::Activation> runs() { return store().reader()->activations({}, {{}, 100}); }

  /// Why messages were refused, newest first.
  std::vector<std::string> reasons() {
    std::vector<std::string> all;
    for (const core::Reject& reject : rejects()) all.push_back(reject.reason);
    return all;
  }

  template <class Request>
  core::Answer ask(Request request) {
    tell(std::move(request));
    for (const auto& message : said()) {
      if (const auto* answer = std::get_if<runtime::AnswerOut>(&message)) return answer->answer;
    }
    return {};
  }
};

}  // namespace antiphon::test
