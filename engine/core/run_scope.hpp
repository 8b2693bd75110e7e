// SPDX-License-Identifier: MIT
// What the expressions of a run can read: the activation's inputs, the waking message, outputs of
// earlier stages, the plane's sites, the event's time and randomness, and the built-in inputs. Made
// for one event; outputs are read from the rows on demand and kept while it lives.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/campaign.hpp"
#include "engine/core/model.hpp"
#include "engine/core/object_configs.hpp"
#include "engine/core/provider.hpp"
#include "engine/core/random.hpp"
#include "engine/core/rows.hpp"
#include "engine/core/sealed.hpp"
#include "engine/core/sources.hpp"
#include "engine/core/template.hpp"

namespace antiphon::core {

/// `$output` over the rows. `__contexts` of a stage is built from its tasks only when somebody asks
/// for it.
class RowOutputs final : public OutputReader {
 public:
  RowOutputs(Rows& rows, const ActivationId& activation) : rows_(rows), activation_(activation) {}

  Result<Value> output(std::string_view stage, std::string_view name) const override;

  /// The aggregated outputs of the latest visit; null if the stage has not run.
  const Value* stage(std::string_view stage) const;

 private:
  struct Read {
    std::int64_t run = 0;
    Value outputs;
  };
  const Read* read(std::string_view stage) const;
  Value contexts(std::int64_t run) const;

  Rows& rows_;
  const ActivationId& activation_;
  mutable std::map<std::string, std::optional<Read>, std::less<>> cache_;
};

/// `$sites` over the rows.
class RowSites final : public SiteSource {
 public:
  explicit RowSites(Rows& rows) : rows_(rows) {}

  std::vector<SiteView> sites() const override { return rows_.sites(); }

 private:
  Rows& rows_;
};

class RunScope {
 public:
  /// Time and randomness are the event's.
  RunScope(Rows& rows, const Activation& activation, Instant now, Draws& draws);
  RunScope(const RunScope&) = delete;
  RunScope& operator=(const RunScope&) = delete;

  /// With `inputs` as data and `raw` as the document's own; both may be null. The scope points into
  /// this object.
  Scope scope(const Value* inputs, const TemplateMap* raw, const Value* value) const;

  const RowOutputs& outputs() const { return outputs_; }
  /// The activation's inputs, with what steps gave over them.
  const Value& trigger() const { return trigger_; }

 private:
  RowOutputs outputs_;
  RowSites sites_;
  Sealing secrets_;
  ObjectConfigs configs_;
  Instant now_;
  Draws& draws_;
  Value trigger_;
  std::optional<Value> payload_;
  std::optional<TopicLevels> topic_;
};

/// `__campaignversion`, `__stage` and the others of symphony.md section 4c, for one context.
Value built_ins(const Activation& activation, const std::string& previous_stage,
                const std::string& context);

/// Takes out of a document's own inputs what only a plane says: whoever reads it believes it.
void drop_built_ins(Value& inputs);

/// A map of the document evaluated key by key.
Result<Value> evaluate(const TemplateMap& map, const Scope& scope);

/// A stage's config without what its provider reads later (provider.hpp, condition_key).
Result<Value> evaluate_config(const TemplateMap& config, const ProviderInfo* info,
                              const Scope& scope);

/// A topic's levels as `$topic` reads them.
TopicLevels topic_levels(std::string_view topic);

}  // namespace antiphon::core
