// SPDX-License-Identifier: MIT
// Providers: what carries out a stage. Each is one line in a registry: its name, who executes it,
// and what a restart means.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/names.hpp"
#include "engine/core/time.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {

/// Who does the work.
enum class Executor {
  inline_stage,  ///< a pure function, called inside apply
  worker,        ///< the plane's worker pool (connectors/providers), reports come back as events
  remote,        ///< another plane, by command and reply
};

/// What recovery makes of work that a restart interrupted (architecture.md, Recovery). rerun_reads:
/// what only reads, as GET and HEAD of http and each poll, is done again, and the rest is
/// uncertain.
enum class RestartRule { rerun, due_row, reattach_else_uncertain, rerun_reads, uncertain, resend };

/// A known plane below this one, as providers and queries see it.
struct SiteView {
  PlaneName name;
  bool online = false;
  std::map<std::string, std::string> labels;
  Instant last_seen;
};

class ObjectRegistry;

/// What a pure provider may read. Lives for the call.
struct Call {
  const Value& config;  ///< an object
  const Value& inputs;  ///< an object, with the built-ins
  const PlaneName& self;
  const std::function<std::vector<SiteView>()>& sites;  ///< sorted by name, without self
  int attempt = 1;                                      ///< of this task
  int polls = 0;                                        ///< how often this attempt has said NotYet
  const Value* state = nullptr;  ///< what it said last; null: it is called for the first time
  /// Within the transaction of this call: what is changed there is changed with the task. Null
  /// where there is none: at a runner, whose only provider that could ask for it is `list`.
  ObjectRegistry* objects = nullptr;
  Instant now{};  ///< of the event that calls it
};

/// The end of a piece of work: outputs beside a state number. Not a success: `error` says why.
struct Finished {
  int status = 200;
  Value outputs;  ///< an object
  std::string error;
};

/// Nothing more to do now: the work is done, with status 200 and no outputs, when this much time
/// has passed.
struct DueAfter {
  Duration wait;
};

/// Not done, and nothing to do here until this much time has passed: then the work is called again,
/// with the same request, `state` and one poll more. How often is the provider's to bound; the
/// task's deadline and a cancel end it too. Meanwhile it is rows, and survives a restart. A `state`
/// of more than limits::poll_state_bytes fails the task; less than limits::poll_least is that much
/// time.
struct NotYet {
  Duration wait;
  Value state;
  std::string why;  ///< what it waits for: people are shown it
  /// To be published once, now. Lossy: a crash may eat it.
  std::optional<std::pair<std::string, Value>> tell{};  ///< a topic, and an object
};

using InlineResult = std::variant<Finished, DueAfter, NotYet>;
using InlineStage = InlineResult (*)(const Call&);

/// Somebody's yes or no to what a stage asks.
struct Vote {
  bool approve = true;
  std::string author;  ///< "unnamed": nobody says who it is
  std::string comment;
};

/// A message to a run.
struct Signal {
  std::string name;
  std::string author;  ///< "unnamed": nobody says who it is
  Value payload;
};

/// What work that waits makes of a vote or a signal. No result: nothing, and `status` is the
/// refusal.
struct Counted {
  std::optional<InlineResult> result{};
  int status = 200;
  std::string error{};
  std::string hint{};
};

/// Of work that has said NotYet. The `request` in its state, an object, is what people are asked:
/// it is published, retained, as long as the work waits.
using Ballot = Counted (*)(const Call&, const Vote&);

/// Of the same. What is no signal that it waits for has status 404. The text `when` of its config
/// is not evaluated before a signal comes: only one for which it is true gets here.
using Ear = Counted (*)(const Call&, const Signal&);
inline constexpr std::string_view condition_key = "when";

/// A key of a provider's config or inputs, as documents are checked for it: what nobody would read
/// is refused when it is applied.
struct Setting {
  std::string_view name;
  std::vector<std::string_view> values{};   ///< all that a text may be; empty: anything
  std::vector<std::string_view> not_yet{};  ///< Symphony's other values, not carried out here
  bool local_path = false;                  ///< a URL is not carried out here
  bool required = false;                    ///< a document without it is refused
  int seconds_most = 0;                     ///< more than 0: whole seconds, from 1 to this many
};

struct ProviderInfo {
  std::string_view name;  ///< short name; the full one is "providers.stage." + name
  Executor executor;
  RestartRule on_restart;
  bool offered_by_default;  ///< may a parent's command run it here when the configuration says
                            ///< nothing?
  InlineStage run;          ///< only for Executor::inline_stage
  std::vector<Setting> config{};  ///< all keys there are
  std::vector<Setting> inputs{};  ///< those whose values are known; any other input is free
  bool proxy = false;             ///< carries other providers' stages elsewhere; no stage's own
  Ballot vote = nullptr;          ///< only for Executor::inline_stage: it asks people
  Ear signal = nullptr;           ///< the same: it waits for signals
};

/// The closed set of providers of one process.
class Providers {
 public:
  explicit Providers(std::vector<ProviderInfo> infos);

  /// These and `more`.
  Providers with(std::vector<ProviderInfo> more) const;

  /// By short or full name; null if there is none.
  const ProviderInfo* find(std::string_view name) const;

  /// "counter, delay, ...": for messages. What a stage may name as its provider, or as its proxy.
  std::string names() const { return listed(false); }
  std::string proxies() const { return listed(true); }

  const std::vector<ProviderInfo>& all() const { return infos_; }

 private:
  std::string listed(bool proxies) const;

  std::vector<ProviderInfo> infos_;
};

}  // namespace antiphon::core
