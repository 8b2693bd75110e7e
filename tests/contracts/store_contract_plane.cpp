// SPDX-License-Identifier: MIT
// The store's contract: campaigns, triggers, identities of events, sites, rejects, who the store
// is.
#include "engine/core/limits.hpp"
#include "tests/contracts/store_contract.hpp"

namespace antiphon::test {
namespace {

const auto plant = name<core::Namespace>("plant");
const auto rollout = name<core::CampaignName>("rollout");

std::string hashes(const std::vector<core::CampaignVersion>& rows) {
  return listed(rows, [](const auto& row) { return row.hash; });
}

STORE_CASE("store: campaign versions are found by name and by hash") {
  Subject subject;
  const core::CampaignVersion first = some_version("rollout", "v1", 1);
  CHECK(subject.store().begin()->last_applied_seq() == 0);
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.insert(first);
    rows.insert(some_version("rollout", "v2", 2));
    rows.insert(some_version("rolloutx", "v9", 3));
  });
  const auto rows = subject.store().begin();
  CHECK(shown(rows->campaign_version(plant, rollout, first.version)) == shown(first));
  CHECK(shown(rows->by_hash(first.hash)) == shown(first));
  CHECK(rows->newest(plant, rollout)->version.text() == "v2");
  CHECK(rows->last_applied_seq() == 3);
  CHECK(!rows->campaign_version(plant, rollout, name<core::VersionName>("v9")));
  CHECK(!rows->campaign_version(name<core::Namespace>("other"), rollout, first.version));
  CHECK(!rows->newest(plant, name<core::CampaignName>("roll")));
  CHECK(!rows->newest(name<core::Namespace>("other"), rollout));
  CHECK(!rows->by_hash("hash"));
}

STORE_CASE("store: a touched version is the newest again") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    rows.insert(some_version("rollout", "v1", 1));
    rows.insert(some_version("rollout", "v2", 2));
    rows.touch("hash-of-rollout-v1", 3, {777});
  });
  core::CampaignVersion touched = some_version("rollout", "v1", 3);
  touched.applied_at = {777};
  CHECK(shown(subject.store().begin()->newest(plant, rollout)) == shown(touched));
  CHECK(subject.store().begin()->last_applied_seq() == 3);
  CHECK(hashes(subject.store().reader()->campaigns({})) == "hash-of-rollout-v2 hash-of-rollout-v1");
}

STORE_CASE("store: of two documents with one version the one applied last is meant") {
  Subject subject;
  core::CampaignVersion changed = some_version("rollout", "v1", 2);
  changed.hash = "another";
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.insert(some_version("rollout", "v1", 1));
    rows.insert(changed);
  });
  CHECK(subject.store().begin()->campaign_version(plant, rollout, changed.version)->hash ==
        "another");
  commit(subject.store(),
         [](store::Transaction& rows) { rows.touch("hash-of-rollout-v1", 3, {1}); });
  CHECK(subject.store().begin()->campaign_version(plant, rollout, changed.version)->hash ==
        "hash-of-rollout-v1");
}

STORE_CASE(
    "store: lanes are found by id, by their run and when they are due, and keep their order") {
  Subject subject;
  const auto at = [](std::int64_t ms) { return core::Instant{ms}; };
  core::Lane lane;
  lane.id = "default/rollout/release/line 7";
  lane.trigger = "release";
  lane.activation = name<core::ActivationId>("a1");
  lane.until = at(50);
  lane.gathered = 2;
  lane.gathered_bytes = 9;
  lane.waiting = 1;
  lane.waiting_bytes = 2;
  lane.next_seq = 4;
  {
    const auto rows = subject.store().begin();
    rows->put(lane);
    for (const auto& [seq, ready] : {std::pair{1, false}, {3, true}, {2, false}}) {
      rows->add(lane.id, {seq, ready, "hash", "{}"});
    }
    rows->add("another", {1, false, "hash", "{}"});
    CHECK_FALSE(rows->next_due());
    rows->commit();
  }
  const auto seqs = [](const std::vector<core::LaneEvent>& events) {
    std::string all;
    for (const auto& event : events) all += std::to_string(event.seq) + (event.ready ? "r " : " ");
    return all;
  };
  const auto rows = subject.store().begin();
  CHECK(rows->lane(lane.id) == lane);
  CHECK_FALSE(rows->lane("nobody"));
  CHECK(rows->lane_load() == core::LaneLoad{1, 3, 11});
  CHECK(seqs(rows->lane_events(lane.id, false, 10)) == "1 2 ");
  CHECK(seqs(rows->lane_events(lane.id, false, 1)) == "1 ");
  CHECK(rows->lane_events(lane.id, true, 10).front() == core::LaneEvent{3, true, "hash", "{}"});
  rows->free_lane(name<core::ActivationId>("a2"), at(7));
  CHECK(rows->due_lanes(at(100), 10).empty());
  rows->free_lane(name<core::ActivationId>("a1"), at(7));
  CHECK(rows->next_due() == at(7));
  CHECK(rows->due_lanes(at(6), 10).empty());
  REQUIRE(rows->due_lanes(at(7), 10).size() == 1);
  lane.due = at(7);
  CHECK(rows->due_lanes(at(7), 10).front() == lane);
  rows->free_lane(name<core::ActivationId>("a1"), at(9));
  CHECK(rows->next_due() == at(7));  // it has been due before
  rows->erase_lane_events(lane.id, false, 1);
  CHECK(seqs(rows->lane_events(lane.id, false, 10)) == "2 ");
  rows->erase_lane(lane.id);
  CHECK(rows->lane_load() == core::LaneLoad{});
  CHECK(rows->lane_events(lane.id, true, 10).empty());
  CHECK(rows->lane_events("another", false, 10).size() == 1);
  CHECK_FALSE(rows->next_due());
}

STORE_CASE("store: what the lanes of one campaign have gathered is closed, and of no other") {
  Subject subject;
  const auto rows = subject.store().begin();
  for (const char* id : {"default/a-b/t/1", "default/a/t/1", "default/a/t/2", "default/a/u/",
                         "default/a0/t/1", "defaults/a/t/1"}) {
    core::Lane lane;
    lane.id = id;
    lane.trigger = "t";
    lane.gathered = id == std::string("default/a/t/2") ? 0 : 1;
    rows->put(lane);
  }
  const auto ids = [](const std::vector<core::Lane>& lanes) {
    return listed(lanes, [](const auto& lane) { return lane.id; });
  };
  rows->close_lanes(name<core::Namespace>("default"), name<core::CampaignName>("a"), {5});
  CHECK(ids(rows->due_lanes({5}, 10)) == "default/a/t/1 default/a/u/");
  CHECK(rows->due_lanes({5}, 10).front().until == core::Instant{5});
  CHECK(rows->due_lanes({4}, 10).empty());
  CHECK(ids(rows->lanes({}, 2)) == "default/a-b/t/1 default/a/t/1");
  CHECK(ids(rows->lanes("default/a/u/", 10)) == "default/a0/t/1 defaults/a/t/1");
}

STORE_CASE("store: the triggers of a campaign are replaced as a whole") {
  Subject subject;
  const auto names = [](const std::vector<core::TriggerRow>& rows) {
    return listed(rows, [](const auto& row) { return row.campaign.text() + "/" + row.name; });
  };
  commit(subject.store(), [](store::Transaction& rows) {
    rows.replace_triggers(plant, rollout,
                          {some_trigger("rollout", "release"), some_trigger("rollout", "again")});
    rows.replace_triggers(plant, name<core::CampaignName>("rollouts"),
                          {some_trigger("rollouts", "release")});
  });
  CHECK(names(subject.store().begin()->triggers()) ==
        "rollout/again rollout/release rollouts/release");
  commit(subject.store(), [](store::Transaction& rows) {
    rows.replace_triggers(plant, rollout, {some_trigger("rollout", "release")});
  });
  const auto rows = subject.store().begin();
  CHECK(names(rows->triggers()) == "rollout/release rollouts/release");
  CHECK(shown(rows->triggers().front()) == shown(some_trigger("rollout", "release")));
  core::TriggerRow off = some_trigger("rollout", "release");
  off.enabled = false;
  off.switched = true;
  rows->replace_triggers(plant, rollout, {off});
  REQUIRE(rows->triggers(plant, rollout).size() == 1);
  CHECK(shown(rows->triggers(plant, rollout).front()) == shown(off));
  off.switched = false;
  rows->replace_triggers(plant, rollout, {off});
  CHECK(shown(rows->triggers(plant, rollout).front()) == shown(off));
  rows->replace_triggers(plant, rollout, {});
  CHECK(names(rows->triggers()) == "rollouts/release");
}

STORE_CASE("store: an answer is known until it expires") {
  Subject subject;
  const std::string digest("\x00\xff digest", 9);
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.remember(digest, R"({"ok":true})", {1000});
    rows.remember("empty", "", {1000});
  });
  const auto rows = subject.store().begin();
  CHECK(rows->seen(digest, {999}) == R"({"ok":true})");
  CHECK(rows->seen("empty", {999}) == "");
  CHECK(!rows->seen(digest, {1000}));
  CHECK(!rows->seen(digest.substr(0, 8), {0}));
  rows->remember(digest, "again", {2000});
  CHECK(rows->seen(digest, {1000}) == "again");
}

STORE_CASE("store: expired answers are forgotten a bounded number at a time") {
  Subject subject;
  const auto rows = subject.store().begin();
  for (int i = 0; i < 10; ++i) rows->remember("digest-" + std::to_string(i), "x", {100 + i});
  CHECK(rows->forget_expired({99}, 5) == 0);
  CHECK(rows->forget_expired({106}, 5) == 5);
  CHECK(!rows->seen("digest-4", {0}));
  CHECK(rows->seen("digest-5", {0}));
  CHECK(rows->forget_expired({106}, 5) == 2);
  CHECK(rows->forget_expired({106}, 5) == 0);
  CHECK(rows->seen("digest-7", {0}));
  CHECK(rows->forget_expired({1000}, 0) == 0);
}

STORE_CASE("store: sites are put and replaced and only ours are seen by runs") {
  Subject subject;
  core::Site stranger = some_site("stranger");
  stranger.ours = false;
  stranger.declared = stranger.arrays = true;
  stranger.online = false;
  stranger.labels.clear();
  stranger.offers.clear();
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.put(some_site("tokyo"));
    rows.put(stranger);
    core::Site paris = some_site("paris");
    paris.boot = 1;
    rows.put(paris);
    paris.boot = 2;
    rows.put(paris);
  });
  const auto rows = subject.store().begin();
  CHECK(shown(rows->site(plane("tokyo"))) == shown(some_site("tokyo")));
  CHECK(shown(rows->site(plane("stranger"))) == shown(stranger));
  CHECK(rows->site(plane("paris"))->boot == 2);
  CHECK(!rows->site(plane("austin")));
  const auto views = rows->sites();
  CHECK(listed(views, [](const auto& site) { return site.name.text(); }) == "paris tokyo");
  CHECK(views[1].online);
  CHECK(views[1].labels == some_site("tokyo").labels);
  CHECK(views[1].last_seen == core::Instant{600});
}

STORE_CASE("store: the newest thousand rejects are kept") {
  Subject subject;
  const std::int64_t added = core::limits::kept_rejects + 3;
  commit(subject.store(), [&](store::Transaction& rows) {
    for (std::int64_t i = 1; i <= added; ++i) rows.add(some_reject("reason " + std::to_string(i)));
  });
  const auto rejects = subject.store().reader()->rejects({"", 2000});
  REQUIRE(rejects.size() == static_cast<std::size_t>(core::limits::kept_rejects));
  CHECK(rejects.front().reason == "reason " + std::to_string(added));
  CHECK(rejects.back().reason == "reason 4");
  core::Reject last = some_reject("reason " + std::to_string(added));
  last.seq = added;
  CHECK(shown(rejects.front()) == shown(last));
}

STORE_CASE("store: the last instant is kept") {
  Subject subject;
  CHECK(subject.store().begin()->last_instant() == core::Instant{0});
  commit(subject.store(),
         [](store::Transaction& rows) { rows.put_last_instant({1'700'000'000'000}); });
  subject.crash_and_open();
  CHECK(subject.store().begin()->last_instant() == core::Instant{1'700'000'000'000});
}

STORE_CASE("store: its identity is minted once and it counts how often it was opened") {
  Subject subject;
  const auto check = [&](std::int64_t boot, bool clean) {
    const store::Identity& identity = subject.store().identity();
    CHECK(identity.plane.text() == "hq");
    CHECK(identity.journal == minted.journal);
    CHECK(identity.client_secret == minted.client_secret);
    CHECK(identity.boot == boot);
    CHECK(identity.clean == clean);
  };
  check(1, true);
  subject.crash_and_open();
  check(2, false);
  subject.crash_and_open();
  check(3, false);
  subject.close_and_open();
  check(4, true);
}

STORE_CASE("store: a closed one is not used any more") {
  Subject subject;
  subject.store().close();
  CHECK(kind_thrown([&] { subject.store().begin(); }) == store::StoreError::Kind::other);
  CHECK(kind_thrown([&] { subject.store().reader(); }) == store::StoreError::Kind::other);
  CHECK(kind_thrown([&] { subject.store().close(); }) == store::StoreError::Kind::other);
}

}  // namespace
}  // namespace antiphon::test
