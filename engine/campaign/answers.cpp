// SPDX-License-Identifier: MIT
#include "engine/campaign/answers.hpp"

#include <algorithm>

#include "engine/campaign/document_reader.hpp"
#include "engine/campaign/fields.hpp"
#include "engine/campaign/nearest.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::campaign {
namespace {

constexpr std::int64_t most_status = 1'000'000;

const ScriptedAnswer* find_in(const AnswerScript& script, std::string_view context,
                              std::int64_t visit) {
  if (script.always) return &*script.always;
  if (!script.visits.empty()) {
    const auto last = static_cast<std::int64_t>(script.visits.size());
    const auto place = static_cast<std::size_t>(std::min(visit, last) - 1);
    return find_in(script.visits[place], context, visit);
  }
  auto found = script.contexts.find(context);
  if (found == script.contexts.end()) found = script.contexts.find("*");
  return found == script.contexts.end() ? nullptr : find_in(found->second, context, visit);
}

int read_status(Fields& fields) {
  const auto given = fields.data("status");
  if (!given) return 200;
  const bool fits = given->is_number_integer() && *given >= 0 && *given <= most_status;
  if (fits) return given->get<int>();
  fields.problem("status", "wants a state number, got " + given->dump(), "for example 200 or 500");
  return 200;
}

ScriptedAnswer read_answer(Fields& fields) {
  ScriptedAnswer answer;
  if (auto outputs = fields.data_map("outputs")) answer.outputs = std::move(*outputs);
  answer.error = fields.text("error").value_or("");
  answer.status = read_status(fields);
  answer.delay = fields.duration("delay").value_or(core::Duration{});
  answer.never = fields.flag("never").value_or(false);
  return answer;
}

AnswerScript read_script(const Node& node, const std::string& path, Problems& problems);

void read_visits(Fields& fields, AnswerScript& script) {
  const Node* list = fields.list("visits");
  if (list == nullptr) return;
  if (list->items.empty()) fields.problem("visits", "is empty", "give the first visit's answer");
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    script.visits.push_back(
        read_script(*list->items[i], child_path(fields.path("visits"), i), fields.problems()));
  }
}

void read_answer_contexts(Fields& fields, AnswerScript& script) {
  const Node* map = fields.map("contexts");
  if (map == nullptr) return;
  if (map->members.empty()) fields.problem("contexts", "is empty", "'*' stands for all others");
  for (const Member& member : map->members) {
    script.contexts[member.name] = read_script(
        *member.value, child_path(fields.path("contexts"), member.name), fields.problems());
  }
}

/// All but what else the fields have.
AnswerScript read_script(Fields& fields) {
  AnswerScript script;
  const bool by_visit = fields.node("visits") != nullptr;
  const bool by_context = fields.node("contexts") != nullptr;
  if (by_visit && by_context) {
    fields.problem("contexts", "stands beside 'visits'", "put one of them into the other");
  }
  read_visits(fields, script);
  read_answer_contexts(fields, script);
  if (!by_visit && !by_context) script.always = read_answer(fields);
  return script;
}

AnswerScript read_script(const Node& node, const std::string& path, Problems& problems) {
  Fields fields(&node, node.at, path, problems);
  AnswerScript script = read_script(fields);
  fields.finish();
  return script;
}

void read_answered_tasks(Fields& fields, const core::StageSpec& stage, StageScript& script) {
  const Node* map = fields.map("tasks");
  if (map == nullptr) return;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < stage.tasks.size(); ++i) keys.push_back(task_key(stage, i));
  for (const Member& member : map->members) {
    const std::string path = child_path(fields.path("tasks"), member.name);
    if (std::find(keys.begin(), keys.end(), member.name) == keys.end()) {
      fields.problems().add(
          member.at, path,
          "stage " + in_quotes(stage.name) + " has no task " + in_quotes(member.name),
          nearest_hint(member.name, keys, "a task without a name is told by its place: 1, 2, ..."));
    } else if (stage.parts.count == 0) {
      fields.problems().add(member.at, path, "no task of a remote stage is begun", "leave it out");
    }
    script.tasks[member.name] = read_script(*member.value, path, fields.problems());
  }
}

/// What stands beside `tasks` is of the stage's own provider.
StageScript read_stage_script(const Member& member, const std::string& path,
                              const core::StageSpec& stage, Problems& problems) {
  StageScript script;
  Fields fields(member.value.get(), member.at, path, problems);
  read_answered_tasks(fields, stage, script);
  const auto& given = member.value->members;
  const bool tasks_only =
      !given.empty() &&
      std::all_of(given.begin(), given.end(), [](const auto& one) { return one.name == "tasks"; });
  AnswerScript own = read_script(fields);
  fields.finish();
  if (tasks_only) return script;
  script.own = std::move(own);
  if (stage.provider.empty()) {
    problems.add(member.at, path, "this stage has no provider, so nobody is asked",
                 stage.tasks.empty() ? "leave it out" : "answer for its `tasks`");
  }
  return script;
}

void read_answered_stages(Fields& root, const core::Campaign& campaign, Answers& answers) {
  const Node* map = root.map("stages");
  if (map == nullptr) return;
  std::vector<std::string> names;
  for (const auto& [name, stage] : campaign.stages) names.push_back(name);
  for (const Member& member : map->members) {
    const std::string path = child_path(root.path("stages"), member.name);
    const auto stage = campaign.stages.find(member.name);
    if (stage == campaign.stages.end()) {
      root.problems().add(
          member.at, path,
          "campaign " + campaign.name.text() + " has no stage " + in_quotes(member.name),
          nearest_hint(member.name, names));
      continue;
    }
    answers.stages[member.name] = read_stage_script(member, path, stage->second, root.problems());
  }
}

void read_answered_sites(Fields& root, Answers& answers) {
  const Node* map = root.map("sites");
  if (map == nullptr) return;
  for (const Member& member : map->members) {
    Fields fields(member.value.get(), member.at, child_path(root.path("sites"), member.name),
                  root.problems());
    const auto name = core::PlaneName::parse(member.name);
    if (!name) {
      root.problems().add(member.at, fields.path(), name.error().message, name.error().hint);
      continue;
    }
    answers.sites.push_back(
        {*name, fields.flag("online").value_or(true), fields.texts("labels"), {}});
    fields.finish();
  }
  std::sort(answers.sites.begin(), answers.sites.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
}

void read_message(Fields& root, Answers& answers) {
  const Node* node = root.map("message");
  if (node == nullptr) return;
  Fields fields(node, node->at, root.path("message"), root.problems());
  ScriptedMessage message;
  message.topic = fields.text("topic").value_or("");
  if (message.topic.empty()) fields.missing("topic", "where the message comes");
  if (auto payload = fields.data("payload")) message.payload = std::move(*payload);
  fields.finish();
  if (root.node("inputs") != nullptr) {
    root.problem("inputs", "stands beside 'message'", "the trigger makes the inputs of a message");
  }
  answers.message = std::move(message);
}

}  // namespace

std::string task_key(const core::StageSpec& stage, std::size_t place) {
  const std::string& name = stage.tasks[place].name;
  return name.empty() ? std::to_string(place + 1) : name;
}

const ScriptedAnswer* Answers::find(std::string_view stage, std::string_view context,
                                    std::int64_t visit, std::string_view task) const {
  const auto script = stages.find(stage);
  if (script == stages.end()) return nullptr;
  if (task.empty()) {
    return script->second.own ? find_in(*script->second.own, context, visit) : nullptr;
  }
  const auto of_task = script->second.tasks.find(task);
  return of_task == script->second.tasks.end() ? nullptr : find_in(of_task->second, context, visit);
}

bool Answers::answers_for(std::string_view stage, std::string_view task) const {
  const auto script = stages.find(stage);
  if (script == stages.end()) return false;
  return task.empty() ? script->second.own.has_value() : script->second.tasks.contains(task);
}

tl::expected<Answers, std::vector<Problem>> read_answers(std::string_view text,
                                                         const std::string& file,
                                                         const core::Campaign& campaign) {
  const Source source(document_text(text));
  Problems problems(file, source);
  const std::vector<NodePtr> roots = read_trees(source, file, problems);
  if (problems.count() == 0 && roots.size() != 1) {
    problems.add(roots.empty() ? "there is nothing in it" : "there are several documents in it",
                 "write one document with sites, inputs, message and stages");
  }
  if (problems.count() > 0) return tl::unexpected(problems.take());
  Answers answers;
  Fields root(roots.front().get(), roots.front()->at, {}, problems);
  read_answered_sites(root, answers);
  if (auto inputs = root.data_map("inputs")) answers.inputs = std::move(*inputs);
  read_message(root, answers);
  read_answered_stages(root, campaign, answers);
  root.finish();
  if (problems.count() > 0) return tl::unexpected(problems.take());
  return answers;
}

}  // namespace antiphon::campaign
