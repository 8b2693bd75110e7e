// SPDX-License-Identifier: MIT
// What operators ask for, and what has to be so once it was answered.
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/status.hpp"
#include "engine/store/records.hpp"
#include "tests/sim/campaigns.hpp"
#include "tests/sim/people.hpp"
#include "tests/sim/world.hpp"

namespace antiphon::sim {

core::UserName People::ann() {
  return *core::UserName::parse("ann");
}

std::string People::answer_topic() const {
  return "antiphon/" + centre_.name().text() + "/answer/ann/";
}

void People::apply(int n) {
  core::ApplyRequest meaning;
  meaning.asker.user = ann();
  meaning.document = generated_campaign(n).document;
  put("antiphon/" + centre_.name().text() + "/apply/ann", core::Value::parse(meaning.document),
      meaning)
      .applied = n;
}

std::optional<core::ActivationId> People::some_run() {
  if (!centre_.up()) return std::nullopt;
  store::Reader& reader = centre_.reader();
  const auto runs = reader.activations({}, {{}, 50});
  if (runs.empty()) return std::nullopt;
  return runs[static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(runs.size())))].id;
}

/// A run whose stage waits for a signal.
std::optional<core::ActivationId> People::some_listener() {
  store::Reader& reader = centre_.reader();
  for (const core::Activation& run : reader.activations({}, {{}, 50})) {
    if (core::ended(run.state) || run.run == 0) continue;
    const auto tasks = reader.tasks(run.id, run.run, {{}, 1});
    if (!tasks.empty() && tasks.front().provider == "event") return run.id;
  }
  return std::nullopt;
}

void People::act() {
  const auto run = some_run();
  if (!run) return;
  if (const auto waits = some_listener(); waits && !dice_.one_in(4)) return signal(*waits);
  if (dice_.one_in(8)) return signal(*run);
  // Few tokens, so that some come twice.
  const auto asking = centre_.reader().asking({{}, 50});
  if (!asking.empty() && !dice_.one_in(4)) {
    return vote(
        asking[static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(asking.size())))]);
  }
  if (dice_.one_in(3)) return step(*run, "t" + std::to_string(dice_.below(4)));
  constexpr auto kinds = static_cast<std::int64_t>(core::verbs.size());
  verb(*run, core::verbs[static_cast<std::size_t>(dice_.below(kinds))]);
}

void People::verb(const core::ActivationId& run, core::Verb verb) {
  core::VerbRequest meaning;
  meaning.asker.user = ann();
  meaning.activation = run;
  meaning.verb = verb;
  core::Value payload = core::Value::object();
  if (verb == core::Verb::rewind || (verb == core::Verb::retry && dice_.below(2) == 0)) {
    const auto row = centre_.up() ? centre_.reader().activation(run) : std::nullopt;
    meaning.stage = row && !row->stage.empty() ? row->stage : "no stage";
    payload["stage"] = meaning.stage;
  }
  if (verb == core::Verb::skip || verb == core::Verb::set) {
    meaning.given = R"({"n":7})";
    payload[verb == core::Verb::skip ? "outputs" : "inputs"] = {{"n", 7}};
  }
  if (verb == core::Verb::cancel && dice_.below(2) == 0) {
    meaning.grace = core::Duration{dice_.below(3) * 10'000};
    payload["grace"] = core::to_text(*meaning.grace);
  }
  Letter& letter = put("antiphon/" + centre_.name().text() + "/activation/" + run.text() + "/" +
                           std::string(core::to_text(verb)) + "/ann",
                       payload, meaning);
  letter.run = run;
  letter.verb = verb;
}

void People::step(const core::ActivationId& run, std::string token) {
  core::StepRequest meaning;
  meaning.asker.user = ann();
  meaning.activation = run;
  meaning.token = token;
  core::Value body = core::Value::object();
  if (!token.empty()) body["token"] = token;
  if (dice_.one_in(3)) {
    meaning.inputs = meaning.outputs = R"({"n":7})";
    body["inputs"] = body["outputs"] = {{"n", 7}};
  } else if (dice_.one_in(4)) {
    meaning.self_driving = dice_.one_in(2);
    body["selfDriving"] = *meaning.self_driving;
  }
  Letter& letter =
      put("antiphon/" + centre_.name().text() + "/activation/" + run.text() + "/step/ann", body,
          meaning);
  letter.run = run;
  letter.steps = true;
  letter.token = std::move(token);
}

void People::signal(const core::ActivationId& run) {
  core::SignalRequest meaning;
  meaning.asker.user = ann();
  meaning.activation = run;
  meaning.name = dice_.one_in(5) ? "other" : "go";
  const core::Value payload{{"n", dice_.below(4)}};
  meaning.payload = core::dump(payload);
  Letter& letter = put("antiphon/" + centre_.name().text() + "/activation/" + run.text() +
                           "/signal/" + meaning.name + "/ann",
                       {{"payload", payload}}, meaning);
  letter.run = run;
  letter.signals = true;
}

/// Sometimes for another context than the one that is asked about.
void People::vote(const core::Task& asks) {
  const core::ActivationId& run = asks.key.activation;
  core::VoteRequest meaning;
  meaning.asker.user = ann();
  meaning.activation = run;
  meaning.approve = !dice_.one_in(3);
  core::Value body = core::Value::object();
  if (dice_.one_in(2)) body["comment"] = meaning.comment = "seen";
  if (dice_.one_in(2)) {
    body["context"] = meaning.context = dice_.one_in(4) ? "site1" : asks.context;
  }
  Letter& letter = put("antiphon/" + centre_.name().text() + "/activation/" + run.text() +
                           (meaning.approve ? "/approve/ann" : "/reject/ann"),
                       body, meaning);
  letter.run = run;
  letter.approves = meaning.approve;
}

void People::resume_paused() {
  if (!waiting_.empty()) return;
  store::Reader& reader = centre_.reader();
  store::Reader::ActivationFilter paused;
  paused.state = "paused";
  for (const core::Activation& run : reader.activations(paused, {{}, 50})) {
    if (run.awaits_step) {
      step(run.id, {});
    } else {
      verb(run.id, core::Verb::resume);
    }
  }
  for (const core::Task& asks : reader.asking({{}, 50})) {
    if (dice_.one_in(4)) vote(asks);
  }
  if (const auto waits = some_listener(); waits && dice_.one_in(4)) signal(*waits);
}

// ---- what came of it

void People::answered(const Node& node, const runtime::AnswerOut& out) {
  const std::string topic = answer_topic();
  if (&node != &centre_ || !out.asker.reply_to || !out.asker.reply_to->starts_with(topic)) return;
  Letter& letter = letters_[std::stoul(out.asker.reply_to->substr(topic.size())) - 1];
  letter.answered = world_.now;
  if (out.answer.status >= core::status::bad_request) return;
  if (letter.object) {
    check_object(letter);
  } else if (letter.applied) {
    check_applied(letter);
  } else if (letter.steps) {
    check_step(letter, out.answer);
  } else if (!letter.approves && !letter.signals) {
    check_act(letter);
  }
}

/// What is decided was decided by somebody who said so, and the broker keeps no request of it.
void People::check_votes() {
  const std::string plane = "antiphon/" + centre_.name().text();
  store::each_activation(centre_.reader(), [&](const core::Activation& run) {
    for (const core::Task& task : centre_.reader().tasks(run.id, {}, {{}, 500})) {
      if (!core::settled(task.state)) continue;
      const bool heard = task.provider == "event" && task.state == core::TaskState::done;
      if (heard && !core::parse_object(task.outputs).value("timedOut", true)) {
        world_.marks.hit(Mark::signal_heard);
      }
      if (task.provider != "approval") continue;
      world_.marks.hit(Mark::approval_decided);
      const core::Value outputs = core::parse_object(task.outputs);
      const auto said = [&](const Letter& letter) {
        return letter.run == run.id && letter.approves == outputs.value("approved", false);
      };
      if (!outputs.value("by", core::Value::array()).empty()) {
        world_.marks.hit(Mark::approval_voted);
        if (std::none_of(letters_.begin(), letters_.end(), said)) {
          world_.broken("I2", "run " + run.id.text() + " was decided by nobody");
        }
      }
      const std::string topic =
          plane + "/activation/" + run.id.text() + "/approval/" + task.id.text();
      if (!centre_.lost_disk() && world_.net.broker().retained(topic)) {
        world_.broken("requests", "the broker keeps " + topic + ", which is decided");
      }
    }
  });
}

/// Somebody may have asked for the contrary meanwhile.
bool People::contradicted(const Letter& letter,
                          const std::function<bool(const Letter&)>& contrary) const {
  return std::any_of(letters_.begin(), letters_.end(), [&](const Letter& other) {
    return (!other.answered || *other.answered >= letter.said) && contrary(other);
  });
}

void People::check_act(const Letter& letter) {
  using State = core::ActivationState;
  const auto run = centre_.reader().activation(*letter.run);
  const auto asked = [&](core::Verb verb) {
    return contradicted(
        letter, [&](const Letter& other) { return other.run == letter.run && other.verb == verb; });
  };
  bool so = run.has_value();
  const bool returned =
      asked(core::Verb::retry) || asked(core::Verb::rewind) || asked(core::Verb::skip);
  if (so && (letter.verb == core::Verb::cancel || letter.verb == core::Verb::terminate)) {
    so = (run->state != State::running && run->state != State::paused) || returned;
  } else if (so && letter.verb == core::Verb::pause) {
    so = run->state != State::running || asked(core::Verb::resume) || returned;
  } else if (so && letter.verb == core::Verb::resume) {
    so = run->state != State::paused || run->awaits_step || asked(core::Verb::pause);
  }
  if (so) return;
  world_.broken("I2", "run " + letter.run->text() + " is not what " + letter.message->topic +
                          " was answered to have made of it");
}

/// The stage run is there that the answer names, and one token has opened no two.
void People::check_step(const Letter& letter, const core::Answer& answer) {
  const auto opened = core::parse_object(answer.body).value("run", std::int64_t{0});
  const auto run = centre_.reader().activation(*letter.run);
  bool so = run && run->run >= opened;
  if (so && !letter.token.empty() && opened > 0) {
    const auto stage = centre_.disk().begin()->stage_run(*letter.run, opened);
    so = stage.has_value();
    if (so && stage->step_token == letter.token) {
      so = opened_.try_emplace({letter.run->text(), letter.token}, opened).first->second == opened;
    }
  }
  if (so) return;
  world_.broken("I2", "run " + letter.run->text() + " is not what " + letter.message->topic +
                          " was answered to have made of it");
}

void People::check_applied(const Letter& letter) {
  const core::CampaignVersion& row = generated_campaign(*letter.applied).row;
  const auto rows = centre_.disk().begin();
  const auto stored = rows->by_hash(row.hash);
  const auto newest = rows->newest(row.name_space, row.name);
  const bool other_applied = contradicted(letter, [&](const Letter& other) {
    return other.applied && other.applied != letter.applied &&
           generated_campaign(*other.applied).row.name == row.name;
  });
  if (stored && newest && (newest->hash == row.hash || other_applied)) return;
  world_.broken("I2", row.version.text() + " was applied, as the answer says, and is not stored");
}

/// Of a plane that never died an answer came with each acknowledgement.
void People::check_answered(const Letter& letter, const std::set<std::string>& put_aside) {
  const bool wanted = letter.run || letter.applied || letter.object;
  if (!wanted || !letter.taken || letter.answered || centre_.disk().identity().boot > 1) return;
  if (excused(letter, put_aside)) return;
  world_.broken("I2", letter.message->topic + " was acknowledged, and not answered");
}

}  // namespace antiphon::sim
