// SPDX-License-Identifier: MIT
#include "tests/sim/people.hpp"

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/store/records.hpp"
#include "tests/sim/campaigns.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {

People::People(World& world, Node& centre, int which)
    : world_(world),
      centre_(centre),
      begun_(world.now),
      dice_(world.swarm.seed, "people of " + centre.name().text()),
      client_(world.net.add([this](const Packet& packet) { receive(packet); })) {
  for (int i = 0; i < world.swarm.campaigns; ++i) {
    campaigns_.push_back(static_cast<int>(dice_.below(campaign_count / 2)) * 2 + which);
    if (!dice_.one_in(8)) on_disk_.insert(campaigns_.back());
  }
  centre.when_new([this](store::Store& disk) { prepare(disk); });
}

void People::prepare(store::Store& disk) {
  const auto rows = disk.begin();
  std::int64_t seq = 0;
  for (const int n : on_disk_) {
    core::CampaignVersion row = generated_campaign(n).row;
    row.applied_seq = ++seq;
    row.applied_at = begun_;
    rows->insert(row);
    std::vector<core::TriggerRow> triggers;
    for (const core::TriggerSpec& trigger : generated_campaign(n).campaign->triggers) {
      triggers.push_back(
          {row.name_space, row.name, trigger.name, trigger.filter, row.hash, trigger.enabled, {}});
    }
    rows->replace_triggers(row.name_space, row.name, triggers);
  }
  rows->commit();
}

void People::plan_one(core::Instant at, std::function<void()> act) {
  ++planned_;
  world_.agenda.put(at, [this, act = std::move(act)] {
    --planned_;
    act();
  });
}

void People::plan() {
  connect();
  const core::Instant end = world_.now + world_.swarm.length;
  const auto some_time = [&] { return world_.now + dice_.span({100}, end - world_.now); };
  for (const int n : campaigns_) {
    if (!on_disk_.contains(n)) plan_one(world_.now, [this, n] { apply(n); });
    if (dice_.one_in(8)) plan_one(some_time(), [this, n] { apply(n); });
    if (dice_.one_in(8)) plan_one(some_time(), [this, n] { apply(next_version(n)); });
  }
  for (int i = 0; i < world_.swarm.triggers; ++i) plan_one(some_time(), [this] { trigger(); });
  for (int i = 0; i < world_.swarm.acts; ++i) plan_one(some_time(), [this] { act(); });
  for (int i = 0; i < world_.swarm.acts; ++i) {
    plan_one(some_time(), [this] { change_object(); });
    plan_one(some_time(), [this] { reconcile(); });
  }
}

// ---- the bus

void People::connect() {
  world_.net.connect(client_, {});
}

void People::receive(const Packet& packet) {
  if (std::holds_alternative<Connack>(packet)) {
    connected_ = true;
    send_waiting();
  } else if (const auto* ack = std::get_if<Puback>(&packet)) {
    waiting_.erase(ack->id);
  } else if (std::holds_alternative<Closed>(packet)) {
    connected_ = false;
    world_.agenda.put(world_.now + dice_.span({100}, core::seconds(3)), [this] { connect(); });
  }
}

/// Who gave no identity cannot say it again: it would be another message.
void People::send_waiting() {
  if (!connected_) return;
  const auto all = waiting_;
  for (const PacketId id : all) {
    Letter& letter = letters_[id - 1];
    if (letter.sent && !letter.message->id) {
      waiting_.erase(id);
      continue;
    }
    letter.sent = true;
    world_.net.publish(client_, id, letter.message);
  }
}

People::Letter& People::put(std::string topic, core::Value payload, runtime::Inbound meaning) {
  Message message;
  message.topic = std::move(topic);
  message.payload = core::dump(payload);
  const auto id = static_cast<PacketId>(letters_.size() + 1);
  if (!dice_.one_in(4)) message.id = "letter-" + std::to_string(id);
  std::visit(
      [&](auto& said) {
        if constexpr (requires { said.asker.identity; } &&
                      !std::is_same_v<std::decay_t<decltype(said)>, runtime::RefusedMessage>) {
          said.asker.identity = message.id.value_or("");
          said.asker.reply_to = message.response_topic = answer_topic() + std::to_string(id);
        } else if constexpr (std::is_same_v<std::decay_t<decltype(said)>, core::TopicMessage>) {
          said.identity = message.id.value_or("");
          message.retain = dice_.one_in(20);
        }
      },
      meaning);
  if (!world_.swarm.full) {
    message.body = std::make_shared<const runtime::Inbound>(std::move(meaning));
  }
  const auto shared = std::make_shared<const Message>(std::move(message));
  Letter& letter = letters_.emplace_back();
  letter.message = shared;
  letter.said = world_.now;
  by_message_[shared.get()] = id;
  waiting_.insert(id);
  world_.say("somebody says " + shared->topic + " " + shared->payload);
  send_waiting();
  return letter;
}

void People::taken(const Node& node, const Deliver& copy) {
  if (&node != &centre_ || copy.retained) return;
  const auto found = by_message_.find(copy.message.get());
  if (found == by_message_.end()) return;
  Letter& letter = letters_[found->second - 1];
  if (letter.taken) world_.marks.hit(Mark::identity_repeated);
  letter.taken = true;
}

// ---- what they say

core::Value People::sites() {
  core::Value names = core::Value::array();
  for (int i = 1; i <= world_.swarm.sites; ++i) {
    if (!dice_.one_in(4)) names.push_back("site" + std::to_string(i));
  }
  if (dice_.one_in(6)) names.push_back("hq");
  if (world_.swarm.region && dice_.one_in(2)) names.push_back("region");
  return names;
}

void People::trigger() {
  const auto& campaign = generated_campaign(campaigns_[static_cast<std::size_t>(
      dice_.below(static_cast<std::int64_t>(campaigns_.size())))]);
  if (dice_.one_in(4)) return activate();
  const auto number = static_cast<std::int64_t>(letters_.size() + 1);
  const core::Value payload{{"n", number}, {"where", sites()}};
  core::TopicMessage meaning;
  meaning.topic = campaign.topic;
  meaning.payload = core::dump(payload);
  Letter& letter = put(campaign.topic, payload, meaning);
  letter.number = number;
  letter.may_start_nothing = !campaign.every_message;
}

void People::activate() {
  const auto& campaign = generated_campaign(campaigns_.front());
  const bool known = on_disk_.contains(campaigns_.front());  // else it may come too early
  const auto number = static_cast<std::int64_t>(letters_.size() + 1);
  const std::string id = "r" + std::to_string(number);
  const core::Value inputs{{"n", number}, {"where", sites()}};
  core::ActivateRequest meaning;
  meaning.asker.user = ann();
  meaning.campaign = campaign.row.name;
  meaning.activation = *core::ActivationId::parse(id);
  meaning.inputs = core::dump(inputs);
  meaning.paused = dice_.one_in(5);
  Letter& letter =
      put("antiphon/" + centre_.name().text() + "/campaign/" + campaign.row.name.text() +
              "/activate/ann",
          {{"activation", id}, {"inputs", inputs}, {"paused", meaning.paused}}, meaning);
  letter.run = meaning.activation;
  if (known) letter.number = number;
}

// ---- what came of it

bool People::excused(const Letter& letter, const std::set<std::string>& put_aside) const {
  return put_aside.contains(letter.message->topic) && may_be_put_aside(letter);
}

bool People::may_be_put_aside(const Letter& letter) const {
  return centre_.deaths_with(letter.message->topic + "\n" + letter.message->payload) >= 2;
}

/// A message is put aside if two processes died with it, and for no other reason.
std::set<std::string> People::topics_put_aside() {
  std::set<std::string> topics;
  for (const core::Reject& reject : centre_.reader().rejects({{}, 500})) {
    if (reject.reason.starts_with("put aside")) topics.insert(reject.topic);
  }
  for (const std::string& topic : topics) {
    const auto why = std::find_if(letters_.begin(), letters_.end(), [&](const Letter& letter) {
      return letter.message->topic == topic && may_be_put_aside(letter);
    });
    if (why == letters_.end()) {
      world_.broken("I2", "of " + topic + " a message was put aside that nobody died twice with");
    }
  }
  return topics;
}

/// How many runs each message has started, or is to start when the run before it ends.
std::map<std::int64_t, int> People::runs_of_messages() const {
  std::map<std::int64_t, int> runs;
  store::each_activation(centre_.reader(), [&](const core::Activation& run) {
    if (!run.origin.empty()) return;
    const core::Value inputs = core::Value::parse(run.inputs);
    const core::Value numbers = inputs.value("n", core::Value());
    for (const core::Value& number : numbers.is_array() ? numbers : core::Value::array({numbers})) {
      if (number.is_number_integer()) ++runs[number];
    }
  });
  const auto rows = centre_.disk().begin();
  for (core::Lane& lane : rows->lanes({}, core::limits::lanes)) {
    for (const core::LaneEvent& event : store::load_lane(*rows, std::move(lane)).events) {
      const core::Value payload = core::parse_object(event.message).at("payload");
      const core::Value all = payload.is_array() ? payload : core::Value::array({payload});
      for (const core::Value& one : all) ++runs[one.at("n")];
    }
  }
  return runs;
}

void People::check() {
  auto runs = runs_of_messages();
  check_votes();
  const auto put_aside = topics_put_aside();
  for (const Letter& letter : letters_) {
    check_answered(letter, put_aside);
    if (letter.number == 0) continue;
    const int count = runs[letter.number];
    const std::string which = "message " + std::to_string(letter.number);
    // A killed broker hands out again, as if for the first time, what an old file of it says is
    // still to be handed out; only an identity tells that from a second message.
    const bool may_repeat = !letter.message->id && world_.swarm.has(Fault::broker_kill);
    if (count > 1 && !may_repeat) {
      world_.broken("I2", which + " started " + std::to_string(count) + " runs");
    }
    if (count == 0 && letter.taken && !letter.may_start_nothing && !excused(letter, put_aside)) {
      world_.broken("I2", which + " was acknowledged, and started no run");
    }
  }
}

}  // namespace antiphon::sim
