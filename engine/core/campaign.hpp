// SPDX-License-Identifier: MIT
// A checked campaign version, as engine/campaign makes it from a document. Immutable; shared by all
// its runs.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/limits.hpp"
#include "engine/core/model.hpp"
#include "engine/core/names.hpp"
#include "engine/core/template.hpp"
#include "engine/core/time.hpp"

namespace antiphon::core {

/// How often an attempt that its provider failed is followed by another one, and when.
struct Retry {
  int most = 0;                      ///< attempts after the first
  std::optional<Duration> interval;  ///< none: longer each time (limits::retry_first)
};

/// When a stage's work may begin.
struct Schedule {
  Instant at;
  std::string text;  ///< as the document has it
};

/// Who has a stage carried out elsewhere: a runner is asked, over MQTT or HTTP.
struct ProxySpec {
  std::string provider;  ///< short name ("proxy.mqtt"), known to the registry
  TemplateMap config;
};

/// One of a stage's `tasks`: work for each context after the stage's own provider's.
struct PartSpec {
  std::string name;  ///< its outputs stand below it
  std::string provider;
  TemplateMap config;
  TemplateMap inputs;
  TemplatePtr target;  ///< null: the stage's
};

struct StageSpec {
  std::string name;  ///< the key selectors address
  /// Short name ("remote"), known to the registry; empty: the stage does nothing. Of a proxied
  /// stage also a full name that only the runner knows.
  std::string provider;
  TemplateMap config;
  TemplateMap inputs;
  std::optional<ProxySpec> proxy;
  TemplatePtr contexts;  ///< null: one context, the own plane
  TemplatePtr target;    ///< `__target`; null: none
  TemplatePtr selector;  ///< null: none, the campaign ends after this stage
  bool handle_errors = false;
  bool idempotent = false;  ///< may the work be done twice?
  std::optional<Duration> timeout;
  Duration work_timeout{};  ///< of an attempt's work, from when it has begun; 0: none
  Retry retry;
  std::optional<Schedule> schedule;
  std::vector<PartSpec> tasks;
  Parts parts;  ///< of these tasks; none of a remote stage
};

/// As what a trigger takes a payload; `any`: as the first of the others that it can be.
enum class PayloadKind { any, json, text, binary };

/// Where a message says which event it tells of, and how long that is remembered.
struct EventIdentity {
  /// `usual`: the user property `id`, if there is one. Of the others a message must have it.
  enum class From { usual, payload, property, cloud_event };
  From from = From::usual;
  TemplatePtr value;     ///< of `payload`
  std::string property;  ///< of `property`: the MQTT 5 user property's name
  std::string words;     ///< where it is looked for, for people
  Duration lifetime = limits::identity_lifetime;
};

/// What becomes of a run that is to start while an earlier one of the same key is at work.
enum class Overlap { parallel, queue, replace, skip };

/// How messages of one key become runs.
struct Gathering {
  enum class Kind { none, debounce, throttle, collect };
  Kind kind = Kind::none;
  Duration time{};         ///< 0: of `collect`, no limit
  std::int64_t count = 0;  ///< of `collect`: so many messages are enough; 0: no limit
};

/// A topic event that starts an activation (documents.md, `triggers`).
struct TriggerSpec {
  std::string name;
  std::string filter;  ///< MQTT filter: the `+name` levels are plain `+` here
  std::vector<std::string>
      level_names;  ///< one a level of the filter; empty where the level has no name
  TemplateMap inputs;
  TemplatePtr when;  ///< null: every message
  PayloadKind payload = PayloadKind::any;
  EventIdentity id;
  Overlap overlap = Overlap::parallel;
  TemplatePtr
      key;  ///< messages of another value have nothing to do with each other; null: all have
  Gathering gathering;
  bool uses_retained = false;  ///< also what was said before the plane listened
  bool enabled = true;
};

/// Whether its messages wait for each other.
inline bool has_lanes(const TriggerSpec& trigger) {
  return trigger.overlap != Overlap::parallel || trigger.gathering.kind != Gathering::Kind::none;
}

struct Campaign {
  Namespace name_space;
  CampaignName name;
  VersionName version;
  std::string first_stage;
  bool self_driving = true;
  bool compat = false;  ///< values as Symphony 0.49 has them (compat.hpp)
  std::map<std::string, StageSpec, std::less<>> stages;
  std::vector<TriggerSpec> triggers;
  std::map<std::string, std::string> labels;
};

using CampaignPtr = std::shared_ptr<const Campaign>;

}  // namespace antiphon::core
