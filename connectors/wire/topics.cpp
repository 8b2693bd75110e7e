// SPDX-License-Identifier: MIT
#include "connectors/wire/topics.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "connectors/wire/fields.hpp"
#include "engine/core/check.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::wire {
namespace {

constexpr std::array<std::string_view, 15> verbs{
    "approve", "reject", "step", "pause",    "resume",  "cancel", "terminate", "retry",
    "rewind",  "skip",   "set",  "rollback", "promote", "hold",   "abort"};
constexpr std::array<std::string_view, 13> queries{
    "campaigns", "campaign", "activations", "activation", "history", "sites",    "tasks",
    "logs",      "objects",  "triggers",    "rejects",    "stats",   "approvals"};

/// What a plane's sites take into their own registries.
constexpr std::string_view shared_kind = "catalogversion";

using Levels = std::vector<std::string_view>;

Levels levels_of(std::string_view topic) {
  Levels levels;
  for (;;) {
    const auto slash = topic.find('/');
    levels.push_back(topic.substr(0, slash));
    if (slash == topic.npos) return levels;
    topic.remove_prefix(slash + 1);
  }
}

std::string with_user(const std::string& topic, const core::UserName& user) {
  return user.empty() ? topic : topic + "/" + user.text();
}

tl::unexpected<core::Error> bad_topic(std::string message, std::string hint) {
  return core::failure(core::status::bad_request, "topic: " + std::move(message), std::move(hint));
}

/// The name at `levels[at]`.
template <class N>
core::Result<N> name_at(const Levels& levels, std::size_t at) {
  auto name = N::parse(levels[at]);
  if (name) return name;
  return bad_topic(name.error().message, name.error().hint);
}

/// The user at `levels[at]`, the last level there may be; empty if the topic ends before.
core::Result<core::UserName> user_at(const Levels& levels, std::size_t at, std::string_view shape) {
  if (levels.size() == at) return core::UserName();
  if (levels.size() > at + 1) {
    return bad_topic("has " + std::to_string(levels.size() - at - 1) + " levels too many",
                     "its end is " + std::string(shape));
  }
  return name_at<core::UserName>(levels, at);
}

core::Result<Address> parse_activate(const Levels& levels) {
  const auto colon = levels[1].find(':');
  auto campaign = core::CampaignName::parse(levels[1].substr(0, colon));
  if (!campaign) return bad_topic(campaign.error().message, campaign.error().hint);
  core::VersionName version;
  if (colon != levels[1].npos) {
    auto parsed = core::VersionName::parse(levels[1].substr(colon + 1));
    if (!parsed) return bad_topic(parsed.error().message, parsed.error().hint);
    version = *std::move(parsed);
  }
  auto user = user_at(levels, 3, "campaign/<name>[:<version>]/activate[/<user>]");
  if (!user) return tl::unexpected(user.error());
  return address::Activate{*std::move(campaign), std::move(version), *std::move(user)};
}

core::Result<Address> parse_act(const Levels& levels) {
  auto activation = name_at<core::ActivationId>(levels, 1);
  if (!activation) return tl::unexpected(activation.error());
  auto user = user_at(levels, 3, "activation/<id>/<verb>[/<user>]");
  if (!user) return tl::unexpected(user.error());
  return address::Act{*std::move(activation), std::string(levels[2]), *std::move(user)};
}

core::Result<Address> parse_signal(const Levels& levels) {
  auto activation = name_at<core::ActivationId>(levels, 1);
  if (!activation) return tl::unexpected(activation.error());
  constexpr std::string_view shape = "activation/<id>/signal/<name>[/<user>]";
  if (levels.size() < 4) return bad_topic("names no signal", std::string(shape));
  if (const std::string wrong = core::name_problem(levels[3]); !wrong.empty()) {
    return bad_topic("the signal's name " + wrong, std::string(shape));
  }
  auto user = user_at(levels, 4, shape);
  if (!user) return tl::unexpected(user.error());
  return address::Signal{*std::move(activation), std::string(levels[3]), *std::move(user)};
}

template <class A>
core::Result<Address> parse_user_act(const Levels& levels, std::string_view shape) {
  auto user = user_at(levels, 1, shape);
  if (!user) return tl::unexpected(user.error());
  return A{*std::move(user)};
}

core::Result<Address> parse_switch(const Levels& levels) {
  constexpr std::string_view shape = "trigger/<campaign>/<trigger>/enable|disable[/<user>]";
  auto campaign = name_at<core::CampaignName>(levels, 1);
  if (!campaign) return tl::unexpected(campaign.error());
  if (const std::string wrong = core::name_problem(levels[2]); !wrong.empty()) {
    return bad_topic("the trigger's name " + wrong, std::string(shape));
  }
  auto user = user_at(levels, 4, shape);
  if (!user) return tl::unexpected(user.error());
  return address::Switch{*std::move(campaign), std::string(levels[2]), levels[3] == "enable",
                         *std::move(user)};
}

core::Result<Address> parse_query(const Levels& levels) {
  constexpr std::string_view shape = "query/<what>[/<user>]";
  if (levels.size() < 2) return bad_topic("names nothing to ask for", std::string(shape));
  if (!is_query(levels[1])) {
    std::string list;
    for (const auto what : queries) list += (list.empty() ? "" : ", ") + std::string(what);
    return bad_topic("nothing called " + shown(levels[1]) + " can be asked for", "one of " + list);
  }
  auto user = user_at(levels, 2, shape);
  if (!user) return tl::unexpected(user.error());
  return address::Query{std::string(levels[1]), *std::move(user)};
}

template <class A>
core::Result<Address> parse_sender(const Levels& levels) {
  if (levels.size() != 2) {
    return bad_topic("has " + std::to_string(levels.size() - 1) + " levels after '" +
                         std::string(levels[0]) + "'",
                     "one: the sender's name");
  }
  auto sender = name_at<core::PlaneName>(levels, 1);
  if (!sender) return tl::unexpected(sender.error());
  return A{*std::move(sender)};
}

/// Of kind and name at `levels[at]` and behind it.
core::Result<core::ObjectKey> object_at(const Levels& levels, std::size_t at) {
  auto key = core::key_at(levels[at], levels[at + 1]);
  if (!key) return bad_topic(key.error().message, key.error().hint);
  return key;
}

/// What stands behind root and plane.
core::Result<Address> parse_mailbox(const Levels& levels) {
  const auto word = levels[0];
  if (word == "command") return parse_sender<address::Command>(levels);
  if (word == "reply") return parse_sender<address::Reply>(levels);
  if (word == "hello") return parse_sender<address::Hello>(levels);
  if (word == "apply") return parse_user_act<address::Apply>(levels, "apply[/<user>]");
  if (word == "delete") return parse_user_act<address::Delete>(levels, "delete[/<user>]");
  if (word == "query") return parse_query(levels);
  if (levels.size() < 3) return address::Elsewhere{};
  if (word == "object" && levels.size() == 4 && levels[3] == "status") {
    auto object = object_at(levels, 1);
    if (!object) return tl::unexpected(object.error());
    return address::ObjectStatus{*std::move(object)};
  }
  if (word == "activation" && levels.size() == 4 && levels[2] == "approval") {
    auto activation = name_at<core::ActivationId>(levels, 1);
    auto task = name_at<core::TaskId>(levels, 3);
    if (!activation) return tl::unexpected(activation.error());
    if (!task) return tl::unexpected(task.error());
    return address::Request{*std::move(activation), *std::move(task)};
  }
  if (word == "trigger" && levels.size() > 3 && (levels[3] == "enable" || levels[3] == "disable")) {
    return parse_switch(levels);
  }
  if (word == "campaign" && levels[2] == "activate") return parse_activate(levels);
  if (word == "activation" && levels[2] == "signal") return parse_signal(levels);
  if (word == "activation" && is_verb(levels[2])) return parse_act(levels);
  return address::Elsewhere{};
}

}  // namespace

bool is_verb(std::string_view word) {
  return std::find(verbs.begin(), verbs.end(), word) != verbs.end();
}

bool is_query(std::string_view word) {
  return std::find(queries.begin(), queries.end(), word) != queries.end();
}

Care care_of(const Address& address) {
  struct Visitor {
    Care operator()(const address::Activate&) const { return Care::durable; }
    Care operator()(const address::Act&) const { return Care::durable; }
    Care operator()(const address::Signal&) const { return Care::durable; }
    Care operator()(const address::Apply&) const { return Care::durable; }
    Care operator()(const address::Delete&) const { return Care::durable; }
    Care operator()(const address::Switch&) const { return Care::durable; }
    Care operator()(const address::Query&) const { return Care::re_askable; }
    Care operator()(const address::Command&) const { return Care::re_askable; }
    Care operator()(const address::Reply&) const { return Care::re_askable; }
    Care operator()(const address::Hello&) const { return Care::re_askable; }
    Care operator()(const address::Presence&) const { return Care::re_askable; }
    Care operator()(const address::ObjectStatus&) const { return Care::durable; }
    Care operator()(const address::Request&) const { return Care::re_askable; }
    Care operator()(const address::OriginObject&) const { return Care::durable; }
    Care operator()(const address::Elsewhere&) const { return Care::durable; }
  };
  return std::visit(Visitor{}, address);
}

Topics::Topics(std::string root, core::PlaneName plane, std::vector<core::PlaneName> parents)
    : root_(std::move(root)),
      plane_(std::move(plane)),
      parents_(std::move(parents)),
      mailbox_(root_ + plane_.text() + "/") {}

core::Result<Topics> Topics::make(std::string_view root, core::PlaneName plane,
                                  std::vector<core::PlaneName> parents) {
  ANTIPHON_CHECK(!plane.empty());
  for (const auto level : levels_of(root)) {
    const auto problem = core::name_problem(level);
    if (problem.empty() && root.size() <= core::limits::topic_root_bytes) continue;
    return core::failure(core::status::bad_request,
                         "topic root " + shown(root) + ": " +
                             (problem.empty() ? "is too long" : "a level " + problem),
                         "one or more names joined by '/', at most " +
                             std::to_string(core::limits::topic_root_bytes) + " bytes");
  }
  return Topics(std::string(root) + "/", std::move(plane), std::move(parents));
}

std::string Topics::activate(const core::CampaignName& campaign, const core::VersionName& version,
                             const core::UserName& user) const {
  const auto suffix = version.empty() ? std::string() : ":" + version.text();
  return with_user(mailbox_ + "campaign/" + campaign.text() + suffix + "/activate", user);
}

std::string Topics::act(const core::ActivationId& activation, core::Verb verb,
                        const core::UserName& user) const {
  return with_user(
      mailbox_ + "activation/" + activation.text() + "/" + std::string(core::to_text(verb)), user);
}

std::string Topics::step(const core::ActivationId& activation, const core::UserName& user) const {
  return with_user(mailbox_ + "activation/" + activation.text() + "/" + std::string(step_verb),
                   user);
}

std::string Topics::vote(const core::ActivationId& activation, bool approve,
                         const core::UserName& user) const {
  return with_user(mailbox_ + "activation/" + activation.text() + "/" +
                       std::string(approve ? approve_verb : reject_verb),
                   user);
}

std::string Topics::signal(const core::ActivationId& activation, std::string_view name,
                           const core::UserName& user) const {
  ANTIPHON_CHECK(core::name_problem(name).empty());
  return with_user(mailbox_ + "activation/" + activation.text() + "/signal/" + std::string(name),
                   user);
}

std::string Topics::apply(const core::UserName& user) const {
  return with_user(mailbox_ + "apply", user);
}

std::string Topics::remove(const core::UserName& user) const {
  return with_user(mailbox_ + "delete", user);
}

std::string Topics::turn(const core::CampaignName& campaign, std::string_view trigger, bool enabled,
                         const core::UserName& user) const {
  ANTIPHON_CHECK(core::name_problem(trigger).empty());
  return with_user(mailbox_ + "trigger/" + campaign.text() + "/" + std::string(trigger) +
                       (enabled ? "/enable" : "/disable"),
                   user);
}

std::string Topics::query(std::string_view what, const core::UserName& user) const {
  ANTIPHON_CHECK(is_query(what));
  return with_user(mailbox_ + "query/" + std::string(what), user);
}

std::string Topics::presence() const {
  return mailbox_ + "presence";
}

std::string Topics::status(const core::ActivationId& activation) const {
  return mailbox_ + "activation/" + activation.text() + "/status";
}

std::string Topics::request(const core::ActivationId& activation, const core::TaskId& task) const {
  return mailbox_ + "activation/" + activation.text() + "/approval/" + task.text();
}

std::string Topics::object(const core::ObjectKey& object) const {
  return mailbox_ + "object/" + object.kind.text() + "/" + core::level_of(object);
}

std::string Topics::object_status(const core::ObjectKey& object) const {
  return this->object(object) + "/status";
}

std::string Topics::event(std::string_view type) const {
  ANTIPHON_CHECK(core::name_problem(type).empty());
  return mailbox_ + "event/" + std::string(type);
}

std::string Topics::command(const core::PlaneName& site) const {
  return root_ + site.text() + "/command/" + plane_.text();
}

std::string Topics::reply(const core::PlaneName& origin) const {
  return root_ + origin.text() + "/reply/" + plane_.text();
}

std::string Topics::hello(const core::PlaneName& origin) const {
  return root_ + origin.text() + "/hello/" + plane_.text();
}

std::string Topics::answer(const core::UserName& user, const RequestId& request) const {
  ANTIPHON_CHECK(!user.empty() && !request.empty());
  return answers_prefix() + user.text() + "/" + request.text();
}

std::string Topics::heartbeat() const {
  return answers_prefix() + "heartbeat";
}

std::string Topics::source() const {
  return root_ + plane_.text();
}
std::string Topics::answers_prefix() const {
  return mailbox_ + "answer/";
}
std::string Topics::all_statuses() const {
  return mailbox_ + "activation/+/status";
}
std::string Topics::all_events() const {
  return mailbox_ + "event/+";
}
std::string Topics::all_presences() const {
  return root_ + "+/presence";
}

std::string Topics::all_answers(const core::UserName& user) const {
  return answers_prefix() + user.text() + "/#";
}

std::vector<std::string> Topics::subscriptions() const {
  std::vector<std::string> filters{mailbox_ + "campaign/+/activate/#",
                                   mailbox_ + "activation/+/signal/#",
                                   mailbox_ + "apply/#",
                                   mailbox_ + "delete/#",
                                   mailbox_ + "trigger/+/+/enable/#",
                                   mailbox_ + "trigger/+/+/disable/#",
                                   mailbox_ + "query/#",
                                   mailbox_ + "command/#",
                                   mailbox_ + "reply/#",
                                   mailbox_ + "hello/#",
                                   mailbox_ + "object/+/+/status",
                                   mailbox_ + "activation/+/approval/+",
                                   all_presences()};
  for (const auto& parent : parents_) {
    filters.push_back(root_ + parent.text() + "/object/" + std::string(shared_kind) + "/+");
  }
  for (const auto verb : verbs) {
    filters.push_back(mailbox_ + "activation/+/" + std::string(verb) + "/#");
  }
  return filters;
}

core::Result<Address> Topics::parse(std::string_view topic) const {
  if (!topic.starts_with(root_)) return address::Elsewhere{};
  if (topic.starts_with(mailbox_)) {
    auto address = parse_mailbox(levels_of(topic.substr(mailbox_.size())));
    if (!address || !std::holds_alternative<address::Elsewhere>(*address)) return address;
  }
  const auto levels = levels_of(topic.substr(root_.size()));
  const auto above = std::find_if(parents_.begin(), parents_.end(),
                                  [&](const auto& one) { return one.text() == levels[0]; });
  if (above != parents_.end() && levels.size() == 4 && levels[1] == "object" &&
      levels[2] == shared_kind) {
    auto object = object_at(levels, 2);
    if (!object) return tl::unexpected(object.error());
    return address::OriginObject{*above, *std::move(object)};
  }
  if (levels.size() != 2 || levels[1] != "presence") return address::Elsewhere{};
  auto plane = name_at<core::PlaneName>(levels, 0);
  if (!plane) return tl::unexpected(plane.error());
  return address::Presence{*std::move(plane)};
}

}  // namespace antiphon::wire
