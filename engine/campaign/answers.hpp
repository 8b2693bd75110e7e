// SPDX-License-Identifier: MIT
// Scripted answers: what the stages of a campaign are said to have done, where nobody does them
// (docs/testing-campaigns.md has the file's format).
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/campaign/problem.hpp"
#include "engine/core/campaign.hpp"
#include "engine/core/provider.hpp"
#include "engine/core/value.hpp"

namespace antiphon::campaign {

/// How the work of one context ended.
struct ScriptedAnswer {
  core::Value outputs = core::Value::object();
  int status = 200;
  std::string error;
  core::Duration delay;  ///< from its beginning
  bool never = false;    ///< nobody answers at all
};

/// Either one answer for everything, or several by visit or by context.
struct AnswerScript {
  std::optional<ScriptedAnswer> always;
  std::vector<AnswerScript> visits;  ///< the first, the second...; the last one for all later ones
  std::map<std::string, AnswerScript, std::less<>> contexts;  ///< "*": all others
};

/// Of one stage.
struct StageScript {
  std::optional<AnswerScript> own;  ///< of its provider; none: only its tasks are answered for
  std::map<std::string, AnswerScript, std::less<>> tasks;  ///< by task_key()
};

/// By which a task of a stage is answered: its name, or its place, from 1, if it has none.
std::string task_key(const core::StageSpec& stage, std::size_t place);

/// The message that starts the run.
struct ScriptedMessage {
  std::string topic;
  core::Value payload;
};

struct Answers {
  std::map<std::string, StageScript, std::less<>> stages;
  std::vector<core::SiteView> sites;  ///< what the plane has below it, by name
  core::Value inputs = core::Value::object();
  std::optional<ScriptedMessage> message;  ///< none: somebody activates the campaign

  /// Of the stage's `visit`, counted from 1, in this context: its own, or that of the task with
  /// this key. Null if the script has none.
  const ScriptedAnswer* find(std::string_view stage, std::string_view context, std::int64_t visit,
                             std::string_view task = {}) const;

  /// Has the script anything for the stage's provider, or for this task?
  bool answers_for(std::string_view stage, std::string_view task = {}) const;
};

/// The answers of a YAML or JSON text, or all that is wrong with it: a stage or a task that the
/// campaign does not have, too.
tl::expected<Answers, std::vector<Problem>> read_answers(std::string_view text,
                                                         const std::string& file,
                                                         const core::Campaign& campaign);

}  // namespace antiphon::campaign
