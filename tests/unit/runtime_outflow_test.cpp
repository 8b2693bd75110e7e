// SPDX-License-Identifier: MIT
// Commands on their way: what further attempts do to the order and the window of a site.
#include "engine/runtime/outflow.hpp"

#include <doctest/doctest.h>

#include "engine/core/limits.hpp"
#include "tests/unit/plane_fixture.hpp"

namespace antiphon::test {
namespace {

const core::PlaneName tokyo = name<core::PlaneName>("tokyo");

core::TaskId id_of(int ordinal) {
  return name<core::TaskId>("t" + std::to_string(ordinal));
}

/// A store that owes tokyo some tasks, and what an outflow sends of them.
class Lane {
 public:
  explicit Lane(int tasks) {
    const auto rows = store_->begin();
    core::Activation run;
    run.id = name<core::ActivationId>("a1");
    rows->insert(run);
    for (int i = 0; i < tasks; ++i) {
      core::Task task;
      task.key = {run.id, 1, i};
      task.id = id_of(i);
      task.site = tokyo;
      task.deadline = {1'000'000};
      rows->insert(task);
    }
    rows->commit();
  }

  /// What pump sends, in its order.
  std::string pumped() {
    const auto rows = store_->begin();
    std::string sent;
    outflow.pump(*rows, {}, [&](const core::PlaneName&, const core::Task& task) {
      sent += (sent.empty() ? "" : " ") + task.id.text();
    });
    return sent;
  }

  void take_up_to(int tasks) {
    for (int i = 0; i < tasks; ++i) CHECK(outflow.take(tokyo, id_of(i), {}));
  }

  runtime::Outflow outflow{core::Seed{1, 2}};

 private:
  std::unique_ptr<store::Store> store_ = store::make_memory_store(name<core::PlaneName>("hq"), {});
};

constexpr int window = core::limits::in_flight_per_site;

}  // namespace

TEST_CASE("outflow: a further attempt of an old task is sent, and the younger ones are not again") {
  Lane lane(3);
  lane.take_up_to(3);
  for (int i = 0; i < 3; ++i) lane.outflow.arrived(tokyo, id_of(i));
  CHECK(lane.outflow.take_again(tokyo, id_of(0), {}));
  CHECK_FALSE(lane.outflow.take_again(tokyo, id_of(0), {}));
  CHECK(lane.pumped().empty());
}

TEST_CASE("outflow: a further attempt waits for room and goes before the rest of the backlog") {
  Lane lane(window + 2);
  lane.take_up_to(window);
  CHECK_FALSE(lane.outflow.take(tokyo, id_of(window), {}));
  lane.outflow.arrived(tokyo, id_of(0));
  CHECK(lane.pumped() == "t" + std::to_string(window));
  CHECK_FALSE(lane.outflow.take_again(tokyo, id_of(0), {}));
  CHECK(lane.pumped().empty());
  lane.outflow.arrived(tokyo, id_of(1));
  lane.outflow.arrived(tokyo, id_of(2));
  CHECK(lane.pumped() == "t0 t" + std::to_string(window + 1));
  CHECK(lane.pumped().empty());
}

TEST_CASE("outflow: past a bound of waiting attempts the whole backlog goes out again") {
  constexpr int many = core::limits::in_flight + 1;
  Lane lane(window + many);
  lane.take_up_to(window);
  for (int i = 0; i < many; ++i) {
    CHECK_FALSE(lane.outflow.take_again(tokyo, id_of(window + i), {}));
  }
  for (int i = 0; i < window; ++i) lane.outflow.arrived(tokyo, id_of(i));
  CHECK(lane.pumped().starts_with("t0 t1 t2 "));
}

}  // namespace antiphon::test
