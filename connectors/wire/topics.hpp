// SPDX-License-Identifier: MIT
// The topics of one plane (docs/protocol.md, Topics): built from checked names only, and read back
// into them.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/names.hpp"

namespace antiphon::wire {

struct RequestTag {
  static constexpr std::string_view word = "request id";
};
/// The last level of the topic on which one answer is awaited.
using RequestId = core::Name<RequestTag>;

/// Where in a plane's mailbox a message was put. An empty user: the topic names none.
namespace address {
struct Activate {
  core::CampaignName campaign;
  core::VersionName version;  ///< empty: the newest
  core::UserName user;
};
struct Act {
  core::ActivationId activation;
  std::string verb;  ///< one of the protocol's closed list
  core::UserName user;
};
struct Signal {
  core::ActivationId activation;
  std::string name;
  core::UserName user;
};
struct Apply {
  core::UserName user;
};
struct Delete {
  core::UserName user;
};
struct Switch {
  core::CampaignName campaign;
  std::string trigger;  ///< a name
  bool enabled = true;
  core::UserName user;
};
struct Query {
  std::string what;  ///< one of the protocol's closed list
  core::UserName user;
};
struct Command {
  core::PlaneName origin;
};
struct Reply {
  core::PlaneName site;
};
struct Hello {
  core::PlaneName site;
};
struct Presence {
  core::PlaneName plane;
};
/// Where reconcilers say how far an object of ours is.
struct ObjectStatus {
  core::ObjectKey object;
};
/// What this plane's people are asked by a task.
struct Request {
  core::ActivationId activation;
  core::TaskId task;
};
/// A catalog of a plane above us.
struct OriginObject {
  core::PlaneName origin;
  core::ObjectKey object;
};
/// No act of this plane's mailbox: a topic that a campaign named.
struct Elsewhere {};
}  // namespace address

using Address =
    std::variant<address::Activate, address::Act, address::Signal, address::Apply, address::Delete,
                 address::Switch, address::Query, address::Command, address::Reply, address::Hello,
                 address::Presence, address::ObjectStatus, address::Request, address::OriginObject,
                 address::Elsewhere>;

/// How a message must be received (protocol: Receiving without losing). Durable: acknowledged after
/// the commit. Re-askable: its sender repeats it, so it is taken at once.
enum class Care { durable, re_askable };
Care care_of(const Address& address);

class Topics {
 public:
  /// `root`: one or more names joined by '/' ("antiphon"). `plane`: whose mailbox and outputs these
  /// are. `parents`: whose catalogs it reads.
  static core::Result<Topics> make(std::string_view root, core::PlaneName plane,
                                   std::vector<core::PlaneName> parents = {});

  const core::PlaneName& plane() const { return plane_; }

  // The plane's mailbox.
  std::string activate(const core::CampaignName& campaign, const core::VersionName& version,
                       const core::UserName& user) const;
  std::string act(const core::ActivationId& activation, core::Verb verb,
                  const core::UserName& user) const;
  std::string step(const core::ActivationId& activation, const core::UserName& user) const;
  std::string vote(const core::ActivationId& activation, bool approve,
                   const core::UserName& user) const;
  /// `name` is a name.
  std::string signal(const core::ActivationId& activation, std::string_view name,
                     const core::UserName& user) const;
  std::string apply(const core::UserName& user) const;
  std::string remove(const core::UserName& user) const;
  /// `trigger` is a name.
  std::string turn(const core::CampaignName& campaign, std::string_view trigger, bool enabled,
                   const core::UserName& user) const;
  /// `what` is one of the closed list.
  std::string query(std::string_view what, const core::UserName& user) const;

  // What the plane says.
  std::string presence() const;
  std::string status(const core::ActivationId& activation) const;
  std::string request(const core::ActivationId& activation, const core::TaskId& task) const;
  std::string object(const core::ObjectKey& object) const;
  std::string object_status(const core::ObjectKey& object) const;
  /// `type` is a name.
  std::string event(std::string_view type) const;
  std::string command(const core::PlaneName& site) const;
  std::string reply(const core::PlaneName& origin) const;
  std::string hello(const core::PlaneName& origin) const;
  std::string answer(const core::UserName& user, const RequestId& request) const;

  /// Where the plane speaks to keep its connection awake. Below its answers, so that a broker which
  /// lets it answer lets it do this too.
  std::string heartbeat() const;

  /// Root and plane: who speaks, for CloudEvents.
  std::string source() const;

  /// Below the root: what planes and those who speak to them say, never a device's trigger.
  bool is_below_root(std::string_view topic) const { return topic.starts_with(root_); }

  /// Answers may go below it.
  std::string answers_prefix() const;

  // Filters for clients that watch the plane.
  std::string all_statuses() const;
  std::string all_events() const;
  std::string all_answers(const core::UserName& user) const;
  /// The presences of all planes under the root.
  std::string all_presences() const;

  /// The filters of the mailbox: the acts, each by its word, because `activation/+/#` would bring
  /// the plane's own statuses back to it; what is said of its objects, the catalogs of its parents
  /// and all presences.
  std::vector<std::string> subscriptions() const;

  /// 400 if `topic` has the shape of an act of the mailbox and says nothing sensible in it.
  core::Result<Address> parse(std::string_view topic) const;

 private:
  Topics(std::string root, core::PlaneName plane, std::vector<core::PlaneName> parents);

  std::string root_;  ///< ends in '/'
  core::PlaneName plane_;
  std::vector<core::PlaneName> parents_;
  std::string mailbox_;  ///< root and plane, ends in '/'
};

/// The acts on a run, and what can be asked for: the protocol's closed lists.
bool is_verb(std::string_view word);

/// The verb that opens a stepped run's next stage.
inline constexpr std::string_view step_verb = "step";
/// Those that answer what a run asks.
inline constexpr std::string_view approve_verb = "approve";
inline constexpr std::string_view reject_verb = "reject";
bool is_query(std::string_view word);

}  // namespace antiphon::wire
