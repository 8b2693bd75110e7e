// SPDX-License-Identifier: MIT
// A plane whose disk is full for a while: what it does is tried again, and nothing is forgotten.
#include <doctest/doctest.h>

#include "engine/runtime/failpoint.hpp"
#include "tests/unit/plane_fixture.hpp"

namespace antiphon {
namespace {

using test::name;

/// How many of the next commits of batches find no room.
int refusals = 0;

const char* const waits_a_minute =
    "metadata: {name: a}\nspec:\n  firstStage: s\n"
    "  stages: {s: {provider: delay, inputs: {delay: 60}}}\n"
    "  triggers: [{name: t, topic: bell}]\n";

/// What a device says and its broker redelivers; whether it was acknowledged.
struct Ring {
  bool acknowledged = false;

  std::vector<runtime::Envelope> again() {
    core::TopicMessage message;
    message.topic = "bell";
    message.payload = "{}";
    message.filters = {"bell"};
    std::vector<runtime::Envelope> batch;
    batch.push_back({message, {true, 1, "bell\n{}"}, [this] { acknowledged = true; }});
    return batch;
  }
};

std::vector<core::Activation> runs(test::PlaneFixture& hq) {
  return hq.store().reader()->activations({}, {{}, 10});
}

/// Nothing of it is said or remembered.
void try_in_vain(test::PlaneFixture& hq, std::vector<runtime::Envelope>& batch) {
  refusals = 1;
  CHECK_THROWS_AS(hq.step(batch), store::StoreError);
  CHECK(hq.said().empty());
  for (const core::Violation& found : hq.plane().check_memory()) FAIL_CHECK(found.text);
}

}  // namespace

/// Commits of this program's planes pass here.
void failpoint(std::string_view where) {
  if (where != "before-commit" || refusals == 0) return;
  --refusals;
  throw store::StoreError(store::StoreError::Kind::full, "no room");
}

TEST_CASE("plane on a full disk: what was due happens once there is room") {
  test::PlaneFixture hq;
  REQUIRE(hq.apply(waits_a_minute).status == 200);
  auto ring = Ring{}.again();
  hq.step(ring);
  REQUIRE(runs(hq).size() == 1);
  hq.advance(core::seconds(61));
  std::vector<runtime::Envelope> nothing;
  try_in_vain(hq, nothing);
  try_in_vain(hq, nothing);
  CHECK(runs(hq).front().state == core::ActivationState::running);
  CHECK(hq.plane().patience().ms == 0);
  hq.step(nothing);
  CHECK(runs(hq).front().state == core::ActivationState::done);
}

TEST_CASE("plane on a full disk: a campaign that found no room listens to nothing until it does") {
  test::PlaneFixture hq;
  core::ApplyRequest request;
  request.document = waits_a_minute;
  std::vector<runtime::Envelope> batch;
  batch.push_back({request, {}, {}});
  try_in_vain(hq, batch);
  CHECK(hq.plane().trigger_filters().empty());
  hq.step(batch);
  CHECK(hq.plane().trigger_filters() == std::vector<std::string>{"bell"});
}

TEST_CASE("plane on a full disk: after a crash, tries that find no room stop no process") {
  test::PlaneFixture hq;
  REQUIRE(hq.apply(waits_a_minute).status == 200);
  hq.restart();
  REQUIRE(hq.plane().cautious());
  Ring ring;
  auto batch = ring.again();
  for (int i = 0; i < 4; ++i) try_in_vain(hq, batch);
  CHECK_FALSE(ring.acknowledged);
  hq.step(batch);
  CHECK(ring.acknowledged);
  CHECK(runs(hq).size() == 1);
  CHECK(hq.rejects().empty());
}

TEST_CASE("plane: of a message only the crashes that it saw count, and two put it aside") {
  test::PlaneFixture hq;
  REQUIRE(hq.apply(waits_a_minute).status == 200);
  hq.restart();
  Ring ring;
  const auto die_with_it = [&] {
    auto batch = ring.again();
    try_in_vain(hq, batch);
    hq.restart();
  };
  die_with_it();
  hq.restart();  // without having seen it
  die_with_it();
  die_with_it();
  CHECK_FALSE(ring.acknowledged);
  CHECK(hq.rejects().empty());
  auto batch = ring.again();
  hq.step(batch);
  CHECK(ring.acknowledged);
  CHECK(runs(hq).empty());
  REQUIRE(hq.rejects().size() == 1);
  CHECK(hq.rejects().front().topic == "bell");
}

TEST_CASE("plane: a message that was applied counts no crash of later") {
  test::PlaneFixture hq;
  REQUIRE(hq.apply(waits_a_minute).status == 200);
  hq.restart();
  Ring ring;
  auto batch = ring.again();
  try_in_vain(hq, batch);
  hq.advance(core::minutes(2));  // no longer is each message noted
  hq.step(batch);
  CHECK(runs(hq).size() == 1);
  hq.restart();
  batch = ring.again();
  try_in_vain(hq, batch);
  hq.restart();
  batch = ring.again();
  hq.step(batch);
  CHECK(hq.rejects().empty());
}

}  // namespace antiphon
