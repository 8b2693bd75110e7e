// SPDX-License-Identifier: MIT
// The store's contract: lists and history as a reader beside the loop sees them.
#include <thread>

#include "tests/contracts/store_contract.hpp"

namespace antiphon::test {
namespace {

/// Turns pages of two until the list ends; one word per row, '|' between pages.
template <class Fetch, class Word>
std::string pages(Fetch fetch, Word word) {
  std::string all;
  store::Page page{"", 2};
  while (true) {
    const auto rows = fetch(page);
    if (rows.empty()) return all;
    all += (all.empty() ? "" : " | ") + listed(rows, word);
    page.after = word(rows.back());
  }
}

STORE_CASE("store: a reader sees only what is committed") {
  Subject subject;
  const auto reader = subject.store().reader();
  CHECK(reader->activations({}, {}).empty());
  const auto rows = subject.store().begin();
  rows->insert(some_activation("run-1"));
  rows->insert(some_run("run-1", 1));
  rows->insert(some_task("run-1", 1, 0, "tokyo"));
  rows->put_output(activation_id("run-1"), "ask", {1, "{}"});
  rows->insert(some_version("rollout", "v1", 1));
  rows->put(some_site("tokyo"));
  rows->put(some_object("target/a"));
  rows->add(some_reject("reason"));
  const auto count = [&] {
    const auto id = activation_id("run-1");
    return reader->activations({}, {}).size() + (reader->activation(id) ? 1 : 0) +
           reader->history(id, {}).size() + reader->tasks(id, std::nullopt, {}).size() +
           (reader->output(id, "ask") ? 1 : 0) + reader->campaigns({}).size() +
           reader->sites({}).size() + reader->rejects({}).size() + reader->objects({}, {}).size();
  };
  CHECK(count() == 0);
  rows->commit();
  CHECK(count() == 9);
  commit(subject.store(), [&](store::Transaction& more) {
    core::Activation changed = some_activation("run-1");
    changed.state = core::ActivationState::done;
    more.update(changed);
    CHECK(reader->activation(changed.id)->state == core::ActivationState::running);
  });
  CHECK(reader->activation(activation_id("run-1"))->state == core::ActivationState::done);
}

STORE_CASE("store: a reader works on another thread beside a transaction") {
  Subject subject;
  const auto reader = subject.store().reader();
  commit(subject.store(), [](store::Transaction& rows) { rows.insert(some_activation("run-0")); });
  bool whole = true;
  std::thread other([&] {
    for (std::size_t last = 0; last < 101;) {
      const auto rows = reader->activations({}, {"", 1000});
      const auto tasks = reader->tasks(activation_id("run-0"), std::nullopt, {"", 1000});
      // Each transaction adds one of each, so a later look at the tasks finds no fewer.
      whole = whole && rows.size() >= last && tasks.size() + 1 >= rows.size();
      last = rows.size();
    }
  });
  for (int i = 1; i <= 100; ++i) {
    commit(subject.store(), [&](store::Transaction& rows) {
      rows.insert(some_activation("run-" + std::to_string(i)));
      rows.insert(some_task("run-0", 1, i, "tokyo"));
    });
  }
  other.join();
  CHECK(whole);
}

STORE_CASE("store: activations are listed newest first by filter and page") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    for (const char* id : {"a1", "z2", "b3", "y4", "c5"}) {
      core::Activation row = some_activation(id);
      if (row.id.text() == "z2" || row.id.text() == "c5") {
        row.campaign = name<core::CampaignName>("other");
      }
      if (row.id.text() == "b3") row.state = core::ActivationState::done;
      if (row.id.text() == "y4") row.state = core::ActivationState::failed;
      rows.insert(row);
      rows.insert(some_command(row.id.text() + "-command", "hq", row.id.text()));
    }
  });
  const auto reader = subject.store().reader();
  const auto listing = [&](const store::Reader::ActivationFilter& filter) {
    return pages([&](const store::Page& page) { return reader->activations(filter, page); },
                 [](const auto& row) { return row.id.text(); });
  };
  CHECK(listing({}) == "c5 y4 | b3 z2 | a1");
  CHECK(listing({"other", "", false}) == "c5 z2");
  CHECK(listing({"rollout", "", false}) == "y4 b3 | a1");
  CHECK(listing({"", "running", false}) == "c5 z2 | a1");
  CHECK(listing({"", "done", false}) == "b3");
  CHECK(listing({"rollout", "failed", false}) == "y4");
  CHECK(listing({"none", "", false}).empty());
  CHECK(listing({"", "asleep", false}).empty());
  CHECK(listing({"", "running", true}) ==
        "c5-command c5 | y4-command b3-command | z2-command z2 | a1-command a1");
  CHECK(reader->activations({}, {"no-such-run", 10}).empty());
  CHECK(reader->activations({}, {"no such name/", 10}).empty());
  CHECK(reader->activations({}, {"", 0}).empty());
  CHECK(reader->activations({}, {"", -1}).empty());
  CHECK(shown(reader->activation(activation_id("a1"))) == shown(some_activation("a1")));
  CHECK(!reader->activation(activation_id("a2")));
}

STORE_CASE("store: history tasks and outputs of one run are listed in their order") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    rows.insert(some_activation("run-1"));
    rows.insert(some_activation("run-2"));
    rows.insert(some_run("run-2", 1));
    rows.insert(some_task("run-2", 1, 0, ""));
    for (const std::int64_t run : {3, 1, 2}) {
      rows.insert(some_run("run-1", run));
      rows.insert(some_task("run-1", run, 1, "tokyo"));
      rows.insert(some_task("run-1", run, 0, ""));
    }
    rows.put_output(activation_id("run-1"), "deploy", {3, "{}"});
  });
  const auto reader = subject.store().reader();
  const auto id = activation_id("run-1");
  CHECK(pages([&](const store::Page& page) { return reader->history(id, page); },
              [](const auto& row) { return std::to_string(row.run); }) == "1 2 | 3");
  CHECK(shown(reader->history(id, {"2", 9}).front()) == shown(some_run("run-1", 3)));
  const auto place = [](const auto& task) {
    return std::to_string(task.key.run) + "." + std::to_string(task.key.ordinal);
  };
  CHECK(pages([&](const store::Page& page) { return reader->tasks(id, std::nullopt, page); },
              place) == "1.0 1.1 | 2.0 2.1 | 3.0 3.1");
  CHECK(pages([&](const store::Page& page) { return reader->tasks(id, 2, page); }, place) ==
        "2.0 2.1");
  CHECK(listed(reader->tasks(id, 2, {"2.0", 9}), place) == "2.1");
  CHECK(listed(reader->tasks(id, 2, {"1.0", 9}), place) == "2.0 2.1");
  CHECK(reader->tasks(id, 2, {"3.0", 9}).empty());
  CHECK(reader->tasks(id, 4, {}).empty());
  CHECK(shown(reader->tasks(id, 3, {}).back()) == shown(some_task("run-1", 3, 1, "tokyo")));
  for (const char* bad : {"x", "1", "1.", ".1", "1.x", "1.2.3", "99999999999999999999.1"}) {
    CAPTURE(bad);
    CHECK(reader->tasks(id, std::nullopt, {bad, 9}).empty());
  }
  for (const char* bad : {"x", "1x", " 1", "99999999999999999999"}) {
    CAPTURE(bad);
    CHECK(reader->history(id, {bad, 9}).empty());
  }
  CHECK(reader->output(id, "deploy")->run == 3);
  CHECK(!reader->output(id, "verify"));
  const auto nobody = activation_id("run-9");
  CHECK(reader->history(nobody, {}).empty());
  CHECK(reader->tasks(nobody, std::nullopt, {}).empty());
  CHECK(!reader->output(nobody, "deploy"));
}

STORE_CASE("store: campaigns sites and rejects are listed in their order") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    core::CampaignVersion elsewhere = some_version("alpha", "v1", 5);
    elsewhere.name_space = name<core::Namespace>("zone");
    elsewhere.hash = "elsewhere";
    rows.insert(elsewhere);
    rows.insert(some_version("beta", "v1", 4));
    rows.insert(some_version("alpha", "v1", 3));
    rows.insert(some_version("alpha", "v2", 2));
    rows.insert(some_version("gamma", "v1", 1));
    for (const char* site : {"tokyo", "Paris", "austin"}) rows.put(some_site(site));
    for (const char* reason : {"one", "two", "three"}) rows.add(some_reject(reason));
  });
  const auto reader = subject.store().reader();
  CHECK(pages([&](const store::Page& page) { return reader->campaigns(page); },
              [](const auto& row) { return row.hash; }) ==
        "hash-of-alpha-v2 hash-of-alpha-v1 | hash-of-beta-v1 hash-of-gamma-v1 | elsewhere");
  CHECK(reader->campaigns({"no such hash", 9}).empty());
  const auto hash_of = [&](const char* space, const char* campaign, const char* version) {
    const auto row =
        reader->campaign(name<core::Namespace>(space), name<core::CampaignName>(campaign),
                         core::VersionName::parse(version).value_or(core::VersionName()));
    return row ? row->hash : "none";
  };
  CHECK(hash_of("plant", "alpha", "v2") == "hash-of-alpha-v2");
  CHECK(hash_of("plant", "alpha", "") == "hash-of-alpha-v1");
  CHECK(hash_of("zone", "alpha", "") == "elsewhere");
  CHECK(hash_of("plant", "alpha", "v3") == "none");
  CHECK(hash_of("plant", "delta", "") == "none");
  CHECK(shown(reader->campaigns({"hash-of-alpha-v1", 1}).front()) ==
        shown(some_version("beta", "v1", 4)));
  CHECK(pages([&](const store::Page& page) { return reader->sites(page); },
              [](const auto& row) { return row.name.text(); }) == "Paris austin | tokyo");
  CHECK(shown(reader->sites({"austin", 1}).front()) == shown(some_site("tokyo")));
  CHECK(pages([&](const store::Page& page) { return reader->rejects(page); },
              [](const auto& row) { return std::to_string(row.seq); }) == "3 2 | 1");
  CHECK(reader->rejects({"x", 9}).empty());
  CHECK(reader->rejects({"2", 9}).front().reason == "one");
}

STORE_CASE("store: triggers are listed in their order, with what their lanes hold") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    for (const char* campaign : {"beta", "alpha"}) {
      rows.replace_triggers(name<core::Namespace>("plant"), name<core::CampaignName>(campaign),
                            {some_trigger(campaign, "a"), some_trigger(campaign, "b")});
    }
    for (const char* id : {"plant/alpha/a/1", "plant/alpha/a/2", "plant/alpha/a-/1"}) {
      core::Lane lane;
      lane.id = id;
      lane.gathered = 1;
      lane.waiting = 2;
      lane.gathered_bytes = 10;
      lane.waiting_bytes = 20;
      rows.put(lane);
    }
  });
  const auto reader = subject.store().reader();
  CHECK(pages([&](const store::Page& page) { return reader->triggers(page); },
              [](const auto& row) { return core::to_text(row); }) ==
        "plant/alpha/a plant/alpha/b | plant/beta/a plant/beta/b");
  CHECK(shown(reader->triggers({"plant/alpha/a", 1}).front()) == shown(some_trigger("alpha", "b")));
  CHECK(core::to_text(reader->triggers({"plant/alpha/a0", 1}).front()) == "plant/alpha/b");
  CHECK(reader->triggers({"plants", 9}).empty());
  CHECK(reader->triggers({"plant/beta/b", 9}).empty());
  CHECK(reader->lane_load(some_trigger("alpha", "a")) == core::LaneLoad{2, 6, 60});
  CHECK(reader->lane_load(some_trigger("alpha", "b")) == core::LaneLoad{});
}

}  // namespace
}  // namespace antiphon::test
