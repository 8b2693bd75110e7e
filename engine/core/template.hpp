// SPDX-License-Identifier: MIT
// What the core knows of the expression language: a parsed piece of a document that can be
// evaluated against a Scope. engine/expression implements it; the core only asks.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/time.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {

struct Scope;
class Draws;
class SecretSource;
class ConfigSource;
class DeploymentSource;
class SiteSource;

/// A value of a document, its expressions parsed once. Immutable and shared between all runs of a
/// campaign version.
class Template {
 public:
  virtual ~Template() = default;

  /// The value in this scope. An error says what, where (column) and in which field of the
  /// document, with status 1000. What comes back is data: it is never evaluated again.
  virtual Result<Value> evaluate(const Scope& scope) const = 0;
};

using TemplatePtr = std::shared_ptr<const Template>;
/// The keys of a document's own map (inputs, config), each with its value.
using TemplateMap = std::map<std::string, TemplatePtr, std::less<>>;

/// Outputs of the stages that have run, read on demand.
class OutputReader {
 public:
  virtual ~OutputReader() = default;

  /// The output `name` of the latest visit of `stage`. No stage has run yet: the empty text.
  /// Unknown stage or name: an error.
  virtual Result<Value> output(std::string_view stage, std::string_view name) const = 0;
};

/// The MQTT topic that woke an activation.
struct TopicLevels {
  std::vector<std::string> levels;  ///< in order; `$topic(1)` is the first
  std::map<std::string, std::string, std::less<>>
      named;  ///< by the `+name` of the trigger's filter
};

/// All that an expression can read. Pointers may be null: there is none, and the function that asks
/// for it says so. The scope owns nothing and lives for one evaluation.
struct Scope {
  /// `$input`: values that are data. Looked up before raw_inputs.
  const Value* inputs = nullptr;
  /// `$input`: the same stage's inputs as the document has them; an expression in one is evaluated
  /// in turn.
  const TemplateMap* raw_inputs = nullptr;
  const OutputReader* outputs = nullptr;         ///< `$output`
  const Value* trigger = nullptr;                ///< `$trigger`: the activation's inputs
  const Value* payload = nullptr;                ///< `$payload`
  const TopicLevels* topic = nullptr;            ///< `$topic`
  const Value* value = nullptr;                  ///< `$val`, `$context`
  const TemplateMap* properties = nullptr;       ///< `$property`
  const SecretSource* secrets = nullptr;         ///< `$secret`
  const ConfigSource* configs = nullptr;         ///< `$config`
  const DeploymentSource* deployment = nullptr;  ///< `$instance`, `$param`
  const SiteSource* sites = nullptr;             ///< `$sites`
  std::optional<Instant> now;                    ///< `$now`: the event's time
  Draws* draws = nullptr;  ///< `$uuid`: the event's randomness, so that a replay draws the same
};

}  // namespace antiphon::core
