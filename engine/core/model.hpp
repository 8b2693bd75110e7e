// SPDX-License-Identifier: MIT
// The rows: all that is stored about runs. Narrow on purpose; documents and outputs stay the bytes
// that came. Who may change what is in apply.hpp; how rows are kept is in engine/store.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/names.hpp"
#include "engine/core/time.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {

/// A run. `ended(state)` ones never change again.
enum class ActivationState { running, paused, cancelling, done, failed, cancelled };

/// One visit of a stage. `scheduled`: its instant has not come. `opening`: tasks are still being
/// created, chunk by chunk.
enum class StageRunState { scheduled, opening, open, done, failed, cancelled };

/// A stage run's work for one context. `owed`: nobody has said that it began. `waiting`: an attempt
/// has failed, and the next one is due. The rest of the open ones as the executor said.
enum class TaskState {
  owed,
  accepted,
  started,
  waiting,
  cancelling,
  done,
  failed,
  rejected,
  cancelled,
  uncertain,
};

bool ended(ActivationState state);
bool settled(TaskState state);
bool ended(StageRunState state);

std::string_view to_text(ActivationState state);
std::string_view to_text(StageRunState state);
std::string_view to_text(TaskState state);
std::optional<ActivationState> activation_state(std::string_view text);
std::optional<StageRunState> stage_run_state(std::string_view text);
std::optional<TaskState> task_state(std::string_view text);

struct Activation {
  ActivationId id;
  Namespace name_space;
  CampaignName campaign;  ///< of a commanded run: empty
  VersionName version;
  std::string
      hash;  ///< content hash of the campaign version it is pinned to; of a commanded run: empty
  ActivationState state = ActivationState::running;
  int status = 0;        ///< state number, once ended
  std::string error;     ///< why it failed or was paused; empty otherwise
  std::string stage;     ///< stage of the current or last stage run
  std::int64_t run = 0;  ///< number of stage runs opened so far; the current one's number
  std::string
      next_stage;   ///< chosen and not opened yet (paused, or its turn comes later); else empty
  std::string act;  ///< the operator's act that chose it, "rewind by ann: why"; empty: a selector
  std::optional<Instant> due;  ///< wants its turn at this instant, without a task being the reason
  std::int64_t seq = 0;        ///< +1 with each change
  PlaneName origin;            ///< who commanded it; empty: nobody
  TaskId task_id;              ///< the origin's task
  int depth = 0;               ///< planes above it
  JsonText inputs;             ///< an object
  JsonText
      trigger;  ///< {"topic", "named", "payload"} of the message that started it; empty: none did
  JsonText metadata;   ///< {"labels", "annotations"} of the document that asked for it; empty: none
  std::string author;  ///< who asked for it; "trigger <name>", a user, "unnamed"
  bool stepped = false;      ///< after each stage it waits for a step
  bool awaits_step = false;  ///< paused, with a stage chosen, until a step opens one
  JsonText given_inputs{};   ///< what steps and operators gave, over `inputs`; empty: nothing
  JsonText signals{};        ///< those nobody has waited for yet, a list (signals.hpp); empty: none
  Instant created;
  Instant updated;
  std::optional<Instant> ended_at;
  std::optional<Instant> stop_by;  ///< while it is cancelling: when the grace of its tasks is over
  bool operator==(const Activation&) const = default;
};

/// How what comes after the stage's own provider (its `tasks` in a document, parts here) is carried
/// out for each context.
struct Parts {
  int count = 0;      ///< 0: there are none
  int at_once = 0;    ///< so many of one context may be open
  int tolerated = 0;  ///< so many may fail before no further one begins; `all`: any number
  static constexpr int all = -1;
  bool operator==(const Parts&) const = default;
};

struct StageRun {
  ActivationId activation;
  std::int64_t run = 0;  ///< from 1, per activation
  std::string stage;
  std::string provider;  ///< short name
  StageRunState state = StageRunState::opening;
  std::int64_t total = 0;      ///< contexts there are
  std::int64_t opened = 0;     ///< of them begun: the cursor of a chunked opening
  std::int64_t succeeded = 0;  ///< of them over, with everything well enough
  std::int64_t failed = 0;     ///< over in any other way
  std::int64_t swept = 0;      ///< cursor of a chunked cancel: the ordinals visited
  Parts parts;
  bool compat = false;  ///< its campaign asks for values as Symphony 0.49 has them
  JsonText contexts;    ///< the list, kept only while opening
  JsonText
      inputs;  ///< the stage-level view, with the built-ins ("__" keys), which people are not shown
  std::string next_stage;  ///< what the selector chose; empty: the end
  int status = 0;          ///< state number, once ended
  std::string error;       ///< kept even when handled
  std::string note;  ///< what a reader of the history should know ("context 'a' was named 2 times")
  std::string act;   ///< the operator's act that made it, "retry by ann: why"; empty: none
  std::int64_t again_of = 0;  ///< whose contexts that ended well count here too; 0: no one's
  bool handled = false;       ///< the error was passed on to a stage with handleErrors
  std::string stepped_by;     ///< who opened it by a step; empty: the run did by itself
  std::string step_token;     ///< of that step; empty: it had none
  JsonText given_outputs{};   ///< what an operator or the step behind it gave, over its own; empty:
                              ///< nothing
  Instant opened_at;
  std::optional<Instant>
      begins_at;  ///< of a stage with a schedule: its instant; then, when it began
  std::optional<Instant> ended_at;
  bool operator==(const StageRun&) const = default;
};

struct TaskKey {
  ActivationId activation;
  std::int64_t run = 0;
  /// From 0: the context's place, times one more than there are parts; then its parts' places.
  std::int64_t ordinal = 0;
  auto operator<=>(const TaskKey&) const = default;
};

struct Task {
  TaskKey key;
  TaskId id;
  std::string context;
  std::string name;      ///< of a part; of the stage's own provider's work: empty
  PlaneName site;        ///< the plane that does it; empty: this one
  std::string provider;  ///< what carries it out there or here, short name
  TaskState state = TaskState::owed;
  int attempt = 1;
  bool idempotent = false;
  Duration work_timeout{};  ///< of an attempt's work here, from when it has begun; 0: none
  std::optional<Instant> work_until;  ///< and when that is over; only while it is open
  JsonText request;                   ///< {"config", "inputs"}: evaluated once, sent as it is
  JsonText outputs;                   ///< as they came; empty: none
  int status = 0;
  std::string error;
  std::string note;     ///< how earlier attempts failed, a line each
  std::string journal;  ///< the site's journal that took it
  Instant created;
  Instant deadline;
  std::optional<Instant>
      next_send;  ///< when it is sent again if nothing is heard (after `accepted`, or cancelling)
  std::optional<Instant>
      wake_at;  ///< a due provider's end, the next attempt or poll, or the end of a cancel's grace
  int sends = 0;          ///< repeats so far, for the backoff
  int polls = 0;          ///< how often this attempt's work has said "not yet"
  JsonText poll_state;    ///< for its next call; kept while it is open
  std::string waits_for;  ///< why it said so; kept as long
  std::optional<Instant> settled_at;
  bool operator==(const Task&) const = default;
};

/// The places that one context has among the ordinals of a stage run.
inline std::int64_t places(const Parts& parts) {
  return parts.count + 1;
}

/// Whether the task is one of its context's parts.
inline bool is_part(const StageRun& run, const Task& task) {
  return task.key.ordinal % places(run.parts) != 0;
}

/// The end of what a task's work wrote, of the last attempt that wrote anything.
struct WorkLog {
  int attempt = 1;
  std::string out;   ///< standard output
  std::string err;   ///< standard error
  std::string note;  ///< what is missing, and where it is
  bool operator==(const WorkLog&) const = default;
};

/// The same, with at most so many bytes of each text.
WorkLog tail_of(const WorkLog& log, std::size_t most);

/// When the task's time is over: at its deadline, or before if its work has its own.
Instant ends_at(const Task& task);

/// When the task wants to be looked at: the least of its instants; none once it is settled.
std::optional<Instant> due_at(const Task& task);

/// Whether its `wake_at` has come and counts. After a long sleep the deadline may have passed too:
/// then what came first counts, and no further attempt begins.
bool wakes(const Task& task, Instant now);

/// A campaign version as applied. `document` is canonical JSON (engine/campaign).
struct CampaignVersion {
  Namespace name_space;
  CampaignName name;
  VersionName version;
  std::string hash;
  JsonText document;
  std::int64_t applied_seq = 0;  ///< the newest version has the highest
  Instant applied_at;
};

/// A trigger of the newest version of a campaign, so that subscribing needs no documents.
struct TriggerRow {
  Namespace name_space;
  CampaignName campaign;
  std::string name;
  std::string filter;
  std::string hash;
  bool enabled = true;             ///< as the document has it
  std::optional<bool> switched{};  ///< what an operator said of it last; counts before the document
  bool operator==(const TriggerRow&) const = default;
};

/// Whether it hears messages.
inline bool is_on(const TriggerRow& trigger) {
  return trigger.switched.value_or(trigger.enabled);
}

/// "<namespace>/<campaign>/<name>": its lanes' ids begin so, with a '/' behind it.
std::string to_text(const TriggerRow& trigger);

/// The messages of one trigger with one key, while something of them is gathered, waits or runs.
struct Lane {
  std::string id;  ///< "<namespace>/<campaign>/<trigger>/<key>"
  std::string trigger;
  ActivationId activation;          ///< the run that the next one waits for; empty: none
  std::optional<Instant> until;     ///< when what is gathered becomes a run's, if it is not before
  std::optional<Instant> due;       ///< wants its turn at this instant
  std::int64_t gathered = 0;        ///< messages that a run is still to be made of
  std::int64_t gathered_bytes = 0;  ///< of them
  std::int64_t waiting = 0;         ///< runs that are still to start
  std::int64_t waiting_bytes = 0;   ///< of their messages
  std::int64_t next_seq = 1;        ///< of what comes next
  bool operator==(const Lane&) const = default;
};

/// One of a lane's: a message, or what a run is to be started with.
struct LaneEvent {
  std::int64_t seq = 0;
  bool ready = false;  ///< it waits; else it is gathered
  std::string hash;    ///< the campaign version that heard it
  JsonText message;    ///< as Activation::trigger
  bool operator==(const LaneEvent&) const = default;
};

/// What lanes hold together.
struct LaneLoad {
  std::int64_t lanes = 0;
  std::int64_t events = 0;
  std::int64_t bytes = 0;  ///< of the events' messages
  bool operator==(const LaneLoad&) const = default;
};

inline LaneLoad load_of(const Lane& lane) {
  return {1, lane.gathered + lane.waiting, lane.gathered_bytes + lane.waiting_bytes};
}

/// A plane below this one, by its presence, hello, or our configuration.
struct Site {
  PlaneName name;
  std::string journal;
  std::int64_t boot = 0;
  bool online = false;
  bool declared = false;  ///< by our configuration
  bool ours = false;      ///< it names this plane among its parents, or is declared
  bool arrays = false;
  std::string version;
  std::map<std::string, std::string> labels;
  std::vector<std::string> offers;
  Instant last_seen;
};

/// What was refused, bounded in number.
struct Reject {
  std::int64_t seq = 0;
  Instant at;
  std::string topic;
  std::string sender;
  int status = 0;
  std::string reason;
  std::size_t size_bytes = 0;
  std::string sample;  ///< the first bytes, made printable
};

}  // namespace antiphon::core
