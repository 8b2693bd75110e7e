// SPDX-License-Identifier: MIT
#include "tests/scenarios/commands.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "engine/campaign/documents.hpp"
#include "engine/core/json.hpp"
#include "engine/core/voting.hpp"
#include "tests/scenarios/print.hpp"

namespace antiphon::scenarios {
namespace {

core::Duration duration(const std::string& text) {
  auto parsed = core::parse_duration(text);
  if (!parsed) throw std::runtime_error(parsed.error().message);
  return *parsed;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

/// The document whose spec is the command's body.
std::string document(const std::string& reference, const std::string& body) {
  const auto colon = reference.find(':');
  const std::string version = colon == std::string::npos ? "1" : reference.substr(colon + 1);
  std::string text =
      "metadata:\n  name: " + reference.substr(0, colon) + "-v-" + version + "\nspec:\n";
  std::istringstream lines(body);
  for (std::string line; std::getline(lines, line);) text += "  " + line + "\n";
  return text;
}

/// {"where": ["s0", "s1", ...]}: what nobody wants to read in full.
core::JsonText many(const std::string& wish) {
  const auto colon = wish.find(':');
  core::Value names = core::Value::array();
  const int count = std::stoi(wish.substr(colon + 1));
  for (int i = 0; i < count; ++i) names.push_back("s" + std::to_string(i));
  return core::dump({{wish.substr(0, colon), names}});
}

void store_campaign(World& world, const campaign::CampaignDocument& document) {
  const core::Campaign& campaign = *document.campaign;
  core::CampaignVersion row;
  row.name_space = campaign.name_space;
  row.name = campaign.name;
  row.version = campaign.version;
  row.hash = "hash of " + campaign.name.text() + ":" + campaign.version.text();
  row.document = document.canonical;
  row.applied_at = world.now;
  world.turn([&] {
    row.applied_seq = world.rows().last_applied_seq() + 1;
    world.rows().insert(row);
  });
}

using Perform = std::function<void(World&, Words&, const std::string& body)>;

const std::map<std::string, Perform>& all_commands() {
  static const std::map<std::string, Perform> commands{
      {"plane", [](World& w, Words& words, const auto&) { plane(w, words); }},
      {"secret", [](World& w, Words& words, const auto&) { secret(w, words); }},
      {"campaign", [](World& w, Words& words, const auto& body) { campaign(w, words, body); }},
      {"site", [](World& w, Words& words, const auto&) { site(w, words); }},
      {"object", [](World& w, Words& words, const auto&) { object(w, words); }},
      {"object-status", [](World& w, Words& words, const auto&) { object_status(w, words); }},
      {"activate", [](World& w, Words& words, const auto&) { activate(w, words); }},
      {"cancel", [](World& w, Words& words, const auto&) { verb(w, words, core::Verb::cancel); }},
      {"terminate",
       [](World& w, Words& words, const auto&) { verb(w, words, core::Verb::terminate); }},
      {"retry", [](World& w, Words& words, const auto&) { verb(w, words, core::Verb::retry); }},
      {"rewind", [](World& w, Words& words, const auto&) { verb(w, words, core::Verb::rewind); }},
      {"skip", [](World& w, Words& words, const auto&) { verb(w, words, core::Verb::skip); }},
      {"set", [](World& w, Words& words, const auto&) { verb(w, words, core::Verb::set); }},
      {"pause", [](World& w, Words& words, const auto&) { verb(w, words, core::Verb::pause); }},
      {"resume", [](World& w, Words& words, const auto&) { verb(w, words, core::Verb::resume); }},
      {"step", [](World& w, Words& words, const auto&) { step(w, words); }},
      {"signal", [](World& w, Words& words, const auto&) { signal(w, words); }},
      {"approve", [](World& w, Words& words, const auto&) { vote(w, words, true); }},
      {"reject", [](World& w, Words& words, const auto&) { vote(w, words, false); }},
      {"show", [](World& w, Words& words, const auto&) { show(w, words); }},
      {"reply", [](World& w, Words& words, const auto&) { reply(w, words); }},
      {"journal-lost", [](World& w, Words& words, const auto&) { journal_lost(w, words); }},
      {"command", [](World& w, Words& words, const auto&) { command(w, words); }},
      {"cancel-command", [](World& w, Words& words, const auto&) { cancel_command(w, words); }},
      {"work", [](World& w, Words& words, const auto&) { work(w, words); }},
      {"quiet", [](World& w, Words& words, const auto&) { w.quiet.insert(words.next("kind")); }},
      {"tell", [](World& w, Words& words, const auto&) { w.unheard.erase(words.next("kind")); }},
      {"turn", [](World& w, Words&, const auto&) { w.fire_due(); }},
      {"advance",
       [](World& w, Words& words, const auto&) { w.advance(duration(words.next("duration"))); }},
      {"jump", [](World& w, Words& words,
                  const auto&) { w.now = w.now + duration(words.next("duration")); }},
      {"restart",
       [](World& w, Words&, const auto&) {
         w.restart();
         w.recover();
       }},
  };
  return commands;
}

}  // namespace

void perform(World& world, const Command& command) {
  Words words(command.line);
  const auto found = all_commands().find(words.verb());
  if (found == all_commands().end()) {
    throw std::runtime_error("there is no command '" + words.verb() + "'");
  }
  found->second(world, words, command.body);
  words.finish();
}

void secret(World& world, Words& words) {
  const std::string object = words.next("object");
  const std::string field = words.next("field");
  if (const auto text = words.option("text")) {
    world.secrets.put(object, field, *text);
  } else {
    world.secrets.drop(object, field);
  }
  world.plane.secrets = &world.secrets;
}

void plane(World& world, Words& words) {
  world.plane.self = name<core::PlaneName>(words.next("name"));
  if (const auto parents = words.option("parents")) {
    world.plane.parents.clear();
    for (const auto& parent : split(*parents)) {
      world.plane.parents.insert(name<core::PlaneName>(parent));
    }
  }
  if (const auto offers = words.option("offers")) {
    world.plane.offers.clear();
    for (const auto& offer : split(*offers)) world.plane.offers.insert(offer);
  }
  if (const auto grace = words.option("grace")) world.plane.cancel_grace = duration(*grace);
  if (const auto timeout = words.option("timeout"))
    world.plane.default_timeout = duration(*timeout);
}

void campaign(World& world, Words& words, const std::string& body) {
  const auto loaded =
      campaign::load(document(words.next("name"), body), "spec.yaml", *world.plane.providers);
  if (!loaded) {
    for (const campaign::Problem& problem : loaded.error()) world.say(campaign::to_text(problem));
    return;
  }
  store_campaign(world, std::get<campaign::CampaignDocument>(loaded->front()));
}

void site(World& world, Words& words) {
  core::Site row;
  row.name = name<core::PlaneName>(words.next("name"));
  row.ours = true;
  row.online = !words.flag("offline");
  row.last_seen = world.now;
  const core::Value labels = core::parse_object(words.option("labels").value_or(""));
  for (const auto& [key, value] : labels.items()) row.labels[key] = value.get<std::string>();
  world.turn([&] { world.rows().put(row); });
}

void activate(World& world, Words& words) {
  core::ActivationRequested event;
  core::ActivateRequest& request = event.request;
  request.activation = name<core::ActivationId>(words.next("activation"));
  const std::string reference = words.next("campaign");
  const auto colon = reference.find(':');
  request.campaign = name<core::CampaignName>(reference.substr(0, colon));
  const std::string version = colon == std::string::npos ? "1" : reference.substr(colon + 1);
  request.version = name<core::VersionName>(version);
  request.stage = words.option("stage").value_or("");
  request.inputs = words.option("inputs").value_or("{}");
  if (const auto wish = words.option("many")) request.inputs = many(*wish);
  request.paused = words.flag("paused");
  event.hash = "hash of " + reference.substr(0, colon) + ":" + version;
  event.trigger = words.option("trigger").value_or("");
  event.author = words.option("author").value_or("ann");
  world.turn([&] {
    core::Slice slice = world.slice();
    world.load(slice, request.activation);
    slice.campaign = world.campaign(event.hash);
    world.apply(slice, event);
  });
}

void verb(World& world, Words& words, core::Verb act) {
  const std::string run = words.next("activation");
  const auto id = world.find_run(run);
  core::VerbRequested event;
  event.verb = act;
  event.author = words.option("author").value_or("ann");
  if (const auto grace = words.option("grace")) event.grace = duration(*grace);
  event.stage = words.option("stage").value_or("");
  event.given = words.option("given").value_or("");
  event.reason = words.quoted();
  if (!id) return world.say("there is no run " + run);
  world.turn([&] {
    core::Slice slice = world.slice();
    world.load(slice, *id);
    world.apply(slice, event);
  });
}

void step(World& world, Words& words) {
  const std::string run = words.next("activation");
  const auto id = world.find_run(run);
  core::StepRequested event;
  event.request.stage = words.option("stage").value_or("");
  event.request.inputs = words.option("inputs").value_or("");
  event.request.outputs = words.option("outputs").value_or("");
  event.request.token = words.option("token").value_or("");
  if (words.flag("self-driving")) event.request.self_driving = true;
  if (words.flag("stepped")) event.request.self_driving = false;
  event.author = words.option("author").value_or("ci");
  if (!id) return world.say("there is no run " + run);
  world.turn([&] {
    core::Slice slice = world.slice();
    world.load(slice, *id);
    world.apply(slice, event);
  });
}

void vote(World& world, Words& words, bool approve) {
  const std::string run = words.next("activation");
  const auto id = world.find_run(run);
  core::VoteGiven event;
  event.vote.approve = approve;
  event.vote.author = words.option("author").value_or("ann");
  event.context = words.option("context").value_or("");
  event.vote.comment = words.quoted();
  if (!id) return world.say("there is no run " + run);
  world.turn([&] {
    core::Slice slice = world.slice();
    world.load(slice, *id);
    core::seek_ballot(slice, event.context);
    world.apply(slice, event);
  });
}

void signal(World& world, Words& words) {
  const std::string run = words.next("activation");
  const auto id = world.find_run(run);
  core::SignalGiven event;
  event.signal.name = words.next("signal");
  event.signal.author = words.option("author").value_or("ann");
  const core::JsonText payload = words.object();
  if (!payload.empty()) event.signal.payload = core::Value::parse(payload);
  if (const auto lifetime = words.option("lifetime")) event.lifetime = duration(*lifetime);
  if (!id) return world.say("there is no run " + run);
  world.turn([&] {
    core::Slice slice = world.slice();
    world.load(slice, *id);
    world.apply(slice, event);
  });
}

void show(World& world, Words& words) {
  const std::string run = words.next("activation");
  const auto id = world.find_run(run);
  if (!id) return world.say("there is no run " + run);
  std::istringstream lines(show_run(world, world.record(*id)));
  for (std::string line; std::getline(lines, line);) world.say(line);
}

}  // namespace antiphon::scenarios
