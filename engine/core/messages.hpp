// SPDX-License-Identifier: MIT
// What planes, operators and devices say to each other, as values. connectors/wire turns them into
// topics and bytes and back; the fields are those of docs/protocol.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/core/names.hpp"
#include "engine/core/object.hpp"
#include "engine/core/time.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {

/// Where in a command's config a secret stands: its text is never told further.
struct SecretSpan {
  std::string at;  ///< a JSON pointer into config, to a text
  std::size_t from = 0;
  std::size_t bytes = 0;
  bool operator==(const SecretSpan&) const = default;
};

/// Work for another plane. `config` and `inputs` are values: nothing in them is evaluated there.
struct Command {
  TaskId id;
  int attempt = 1;
  std::string activation;
  std::string campaign;
  std::string stage;
  std::int64_t run = 0;
  std::string context;
  std::string provider;  ///< short name
  JsonText config;       ///< an object
  JsonText inputs;       ///< an object
  JsonText sealed{};     ///< what the shell opens in `config` before this leaves; empty: nothing
  std::vector<SecretSpan> secrets{};  ///< in `config`, in order of `at` and `from`
  Instant deadline;                   ///< by the origin's clock
  Instant at;                         ///< the origin's clock when this was sent
  Duration work_timeout{};  ///< how long the work may take once it has begun; 0: unlimited
  bool idempotent = false;
  int depth = 0;                  ///< planes above the receiver
  std::vector<std::string> path;  ///< their names, the first caller first
};

struct CancelCommand {
  TaskId id;
  int attempt = 1;
  std::string reason;
};

/// "I no longer know the task of this id": the site stops repeating its reply.
struct UnknownNotice {
  TaskId id;
};

struct HelloAnswer {
  Instant at;
  std::int64_t owed = 0;
  std::string journal;
};

enum class ReplyState { accepted, started, progress, done, failed, rejected, cancelled };

std::string_view to_text(ReplyState state);
std::optional<ReplyState> reply_state(std::string_view text);
/// done, failed, rejected, cancelled.
bool is_final(ReplyState state);

struct Progress {
  double done = 0;
  double total = 0;
  std::string unit;
  std::string note;
};

struct Reply {
  TaskId id;
  int attempt = 1;
  ReplyState state = ReplyState::accepted;
  int status = 0;
  JsonText outputs;  ///< an object; empty: none
  std::string error;
  std::optional<WorkLog> log{};  ///< of a final one: the end of it
  std::optional<Progress> progress;
  std::string journal;
  std::int64_t boot = 0;
  Instant at;
};

struct Hello {
  std::string journal;
  std::int64_t boot = 0;
  std::int64_t unsettled = 0;
  Instant at;
};

struct Presence {
  bool online = true;
  std::string journal;
  std::int64_t boot = 0;
  std::string version;
  std::vector<std::string> parents;
  std::map<std::string, std::string> labels;
  std::vector<std::string> offers;
  bool arrays = false;
  Instant since;
};

/// Who asks, and where the answer goes. Without `reply_to` nobody waits for one.
struct Asker {
  UserName user;                             ///< empty: the topic named nobody
  std::optional<std::string> reply_to{};     ///< checked to lie where answers may go
  std::optional<std::string> correlation{};  ///< MQTT 5 correlation data, given back as it is
  std::string request_id{};                  ///< `requestId` of the payload, given back as it is
  std::string identity{};  ///< `id`: the same request again within its lifetime is applied once
};

struct ActivateRequest {
  Asker asker;
  CampaignName campaign;
  VersionName version;  ///< empty: the newest
  Namespace name_space;
  ActivationId activation;  ///< empty: made here
  std::string stage;        ///< empty: the campaign's first
  JsonText inputs;          ///< an object
  JsonText metadata;        ///< {"labels", "annotations"} of a document; empty: none
  bool paused = false;
};

enum class Verb { cancel, terminate, pause, resume, retry, rewind, skip, set };

inline constexpr std::array verbs{Verb::cancel, Verb::terminate, Verb::pause, Verb::resume,
                                  Verb::retry,  Verb::rewind,    Verb::skip,  Verb::set};

std::string_view to_text(Verb verb);

struct VerbRequest {
  Asker asker;
  ActivationId activation;
  Verb verb = Verb::cancel;
  std::string reason;
  std::optional<Duration> grace{};  ///< of cancel: how long its tasks may take to end
  std::string stage{};  ///< of rewind: where to; of retry: the one that failed, as a whole; of
                        ///< skip: the one that is meant
  JsonText given{};     ///< an object; of skip: the stage's outputs; of set: over the run's inputs
};

/// Opens the next stage of a stepped run, or says who drives the run from now on.
struct StepRequest {
  Asker asker;
  ActivationId activation;
  std::string stage{};  ///< empty: the one that is proposed
  JsonText inputs{};    ///< an object, over the run's inputs; empty: none
  JsonText outputs{};   ///< an object, over the outputs of the stage before; empty: none
  std::string token{};  ///< the same again opens nothing; empty: none
  std::optional<bool> self_driving{};  ///< false: it opens nothing, and the run waits from now on
};

/// Approves or rejects what a run's stage asks.
struct VoteRequest {
  Asker asker;
  ActivationId activation;
  bool approve = true;
  std::string comment{};
  std::string context{};  ///< empty: the only one that is asked about
};

/// A message to a run, for a stage that waits for it or will.
struct SignalRequest {
  Asker asker;
  ActivationId activation;
  std::string name{};                  ///< a name
  JsonText payload{};                  ///< any value; empty: null
  std::optional<Duration> lifetime{};  ///< how long it is kept while nobody waits for it
};

struct ApplyRequest {
  Asker asker;
  std::string document;
  std::string file;  ///< what to call it in messages
  /// A campaign that has changed under its version is stored under another one: `new_name`, or, if
  /// that is empty, the next that is free.
  bool new_version = false;
  VersionName new_name{};
};

struct DeleteRequest {
  Asker asker;
  ObjectKey object;
};

/// Turns a trigger of a campaign on or off, whatever its document says.
struct SwitchRequest {
  Asker asker;
  Namespace name_space;
  CampaignName campaign;
  std::string trigger;  ///< a name
  bool enabled = true;
};

/// A reconciler's word on an object.
struct ObjectReport {
  ObjectKey object;
  JsonText status;  ///< an object; empty: it takes back what it said
  std::string topic{};
};

/// A catalog as a plane above us publishes it.
struct OriginObject {
  PlaneName origin;
  ObjectKey object;   ///< as it is called there
  JsonText document;  ///< an object; empty: it is gone
  std::string topic{};
};

struct QueryRequest {
  Asker asker;
  /// campaigns campaign activations activation history objects sites tasks triggers rejects
  std::string what;
  std::string activation;
  std::string campaign;
  std::string state;
  std::optional<std::int64_t> run;
  std::string after;
  int limit = 100;
  std::string kind{};        ///< of objects; empty: all
  std::string name_space{};  ///< of objects; empty: all
  std::string object{};      ///< this one as a whole: "kind/name", "kind/name@namespace"
  /// Only what has all of them: of campaigns, activations, objects and sites.
  std::map<std::string, std::string> labels{};
};

/// What the bytes of a payload are.
enum class PayloadForm { json, text, binary };

/// A device's message on a topic that some trigger names.
struct TopicMessage {
  std::string topic;
  JsonText payload;  ///< JSON as it came; other UTF-8 as a JSON text; else base64 in a JSON text
  bool retained = false;
  std::string identity;              ///< user property `id`; empty: none
  std::vector<std::string> filters;  ///< subscriptions this copy was delivered for; empty: not said
  PayloadForm form = PayloadForm::json;
  std::map<std::string, std::string, std::less<>> properties{};  ///< MQTT 5 user properties
};

/// An answer: the number says whether it is ok. `body` is an object whose fields stand beside ok
/// and status.
struct Answer {
  int status = 200;
  std::string error{};
  std::string hint{};
  JsonText body{};
};

/// A run in brief (docs/protocol.md, Status).
struct Status {
  ActivationId activation;
  std::string campaign;
  std::string version;
  std::string name_space;
  std::int64_t seq = 0;
  ActivationState state = ActivationState::running;
  int status = 0;
  std::string stage;
  std::int64_t run = 0;
  std::int64_t total = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::string waits_for;
  std::string proposal;  ///< of a run that waits for a step: the stage that it opens; else empty
  std::string error;
  Instant since;
  Instant updated;
};

/// Something happened in a run; told at QoS 0 and never repeated. `type` is one of
/// docs/protocol.md, Events.
struct LifeCycle {
  std::string type;
  ActivationId activation;
  std::string id;
  Instant at;
  JsonText data;  ///< an object
};

}  // namespace antiphon::core
