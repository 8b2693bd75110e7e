// SPDX-License-Identifier: MIT
#include "engine/campaign/stage_reader.hpp"

#include <nlohmann/json.hpp>

#include "engine/campaign/fields.hpp"
#include "engine/campaign/part_reader.hpp"
#include "engine/campaign/provider_settings.hpp"
#include "engine/campaign/proxy_reader.hpp"
#include "engine/campaign/secret_use.hpp"
#include "engine/campaign/templates.hpp"
#include "engine/core/limits.hpp"
#include "engine/expression/segments.hpp"

namespace antiphon::campaign {
namespace {

namespace limits = core::limits;

/// A context that is written out, not calculated.
void check_literal_context(std::size_t at, const std::string& path, const std::string& context,
                           Problems& problems) {
  if (context.empty()) problems.add(at, path, "empty text is no context");
  if (context.size() > limits::context_bytes && !expression::has_segment(context)) {
    problems.add(at, path,
                 "the context has more than " + std::to_string(limits::context_bytes) + " bytes");
  }
}

core::TemplatePtr read_context_list(Fields& fields, const Node& list) {
  auto contexts = core::Value::array();
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const Node& item = *list.items[i];
    const std::string path = child_path(fields.path("contexts"), i);
    const auto text = as_text(item);
    if (text) {
      check_literal_context(item.at, path, *text, fields.problems());
    } else {
      fields.problems().add(item.at, path, "a context is text, this is " + describe(item));
    }
    contexts.push_back(text.value_or(""));
  }
  auto compiled = compile(list, contexts, fields.path("contexts"), fields.problems());
  fields.put("contexts", std::move(contexts));
  return compiled;
}

core::TemplatePtr read_contexts(Fields& fields) {
  const Node* node = fields.node("contexts");
  if (!node) return nullptr;
  if (node->kind == Node::Kind::list) return read_context_list(fields, *node);
  if (node->kind == Node::Kind::map) {
    fields.problem("contexts", "wants text or a list of texts, got a map");
    return nullptr;
  }
  const auto text = fields.text("contexts");
  if (!text || text->empty()) return nullptr;
  check_literal_context(node->at, fields.path("contexts"), *text, fields.problems());
  return compile(*node, core::Value(*text), fields.path("contexts"), fields.problems());
}

void read_selector(Fields& fields, ReadStage& stage) {
  const Node* node = fields.node("stageSelector");
  const auto text = fields.text("stageSelector");
  if (!text || text->empty()) return;
  if (!expression::has_segment(*text)) stage.literal_selector = *text;
  stage.selector_at = node->at;
  stage.spec.selector =
      compile(*node, core::Value(*text), fields.path("stageSelector"), fields.problems());
}

void check_name(const Member& stage, Fields& fields) {
  const std::string& key = stage.name;
  Problems& problems = fields.problems();
  if (key.empty()) {
    problems.add(stage.at, fields.path(), "a stage's name is empty");
  } else if (key.size() > limits::stage_name_bytes) {
    problems.add(
        stage.at, fields.path(),
        "a stage's name has more than " + std::to_string(limits::stage_name_bytes) + " bytes");
  } else if (find_control(key) || key.find_first_of("\t\r\n") != std::string::npos) {
    problems.add(stage.at, fields.path(), "a stage's name has a control character");
  }
  const auto name = fields.text("name");
  if (name && !name->empty() && *name != key) {
    fields.problem("name",
                   "the stage is named " + in_quotes(*name) + ", but its key is " + in_quotes(key),
                   "selectors address the key; leave the name out or make it the same");
  }
}

/// An interval that is no duration counts as none: so do documents of Symphony expect it.
core::Retry read_retry(Fields& stage) {
  core::Retry retry;
  const Node* node = stage.node("retry");
  if (!node) return retry;
  Fields fields(node, node->at, stage.path("retry"), stage.problems());
  const auto most = fields.integer("maxRetries");
  if (most && *most > limits::retries) {
    fields.problem("maxRetries", "more than " + std::to_string(limits::retries) + " is too many");
  } else if (most && *most > 0) {
    retry.most = static_cast<int>(*most);
  }
  const Node* interval = fields.node("interval");
  const bool readable = interval && core::parse_duration(interval->text).has_value();
  if (readable) {
    retry.interval = fields.duration("interval");
  } else if (interval) {
    fields.text("interval");
  }
  stage.put("retry", fields.finish());
  return retry;
}

std::optional<core::Schedule> read_schedule(Fields& stage) {
  const Node* node = stage.node("schedule");
  if (node != nullptr && node->kind == Node::Kind::map) {
    stage.problem("schedule", "wants an instant, got a map",
                  "date, time and zone are one text: 2030-01-31T09:00:00Z");
    return std::nullopt;
  }
  const auto text = stage.text("schedule");
  if (!text || text->empty()) return std::nullopt;
  if (expression::has_segment(*text)) {
    stage.problem("schedule", "an expression is not evaluated here",
                  "write an instant: 2030-01-31T09:00:00Z");
    return std::nullopt;
  }
  const auto at = core::parse_rfc3339(*text);
  if (!at) {
    stage.problem("schedule", at.error().message, at.error().hint);
    return std::nullopt;
  }
  return core::Schedule{*at, *text};
}

/// Where a secret would be shown, or sent as what everybody may see.
void refuse_shown_secrets(Fields& fields, const ReadStage& read) {
  const auto at = [&fields](const char* name) {
    const Node* node = fields.node(name);
    return node != nullptr ? node->at : fields.at();
  };
  Problems& problems = fields.problems();
  refuse_secrets(read.spec.contexts, at("contexts"), "contexts are shown", problems);
  refuse_secrets(read.spec.selector, at("stageSelector"), "a secret names no stage", problems);
  if (read.spec.provider != "remote" && !read.spec.proxy) return;
  const auto* why = read.spec.proxy ? "inputs of a proxied stage are shown"
                                    : "inputs of a remote stage are shown";
  for (const auto& [name, input] : read.spec.inputs) {
    refuse_secrets(input, at("inputs"), why, problems);
  }
}

}  // namespace

ReadStage read_stage(const Member& stage, const std::string& path, const core::Providers& providers,
                     Problems& problems) {
  ReadStage read;
  Fields fields(stage.value.get(), stage.at, path, problems);
  check_name(stage, fields);
  read.spec.name = stage.name;
  read.spec.proxy = read_proxy(fields, providers);
  read.spec.provider =
      read.spec.proxy ? read_proxied_provider(fields, providers) : read_provider(fields, providers);
  read.spec.config = read_templates(fields, "config");
  read.spec.inputs = read_templates(fields, "inputs");
  if (const auto* info = providers.find(read.spec.provider); info && !read.spec.proxy) {
    check_settings(fields, *info, providers);
  }
  read.spec.target = read_target(fields);
  read.spec.contexts = read_contexts(fields);
  read_selector(fields, read);
  refuse_shown_secrets(fields, read);
  read.spec.handle_errors = fields.flag("handleErrors").value_or(false);
  read.spec.idempotent = fields.flag("idempotent").value_or(false);
  read.spec.timeout = fields.duration("timeout");
  if (read.spec.timeout == core::Duration{0}) fields.problem("timeout", "must be more than zero");
  const auto work_timeout = fields.duration("workTimeout");
  if (work_timeout == core::Duration{0}) fields.problem("workTimeout", "must be more than zero");
  read.spec.work_timeout = work_timeout.value_or(core::Duration{});
  read.spec.retry = read_retry(fields);
  read.spec.schedule = read_schedule(fields);
  read_parts(fields, providers, read.spec);
  fields.not_supported(
      {"acceptWithin", "heartbeat", "onTimeout", "onUncertain", "fanOut", "onRollback"});
  read.canonical = fields.finish();
  return read;
}

}  // namespace antiphon::campaign
