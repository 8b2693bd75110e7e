// SPDX-License-Identifier: MIT
#include "engine/campaign/trigger_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engine/campaign/nearest.hpp"
#include "engine/campaign/secret_use.hpp"
#include "engine/campaign/templates.hpp"
#include "engine/campaign/trigger_filter.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/names.hpp"

namespace antiphon::campaign {
namespace {

namespace limits = core::limits;
using core::EventIdentity;
using core::PayloadKind;

void read_name(Fields& fields, std::set<std::string>& taken, core::TriggerSpec& trigger) {
  if (!fields.node("name")) fields.missing("name");
  const auto name = fields.text("name");
  if (!name) return;
  if (const std::string wrong = core::name_problem(*name); !wrong.empty()) {
    fields.problem("name", "trigger name " + wrong);
  } else if (!taken.insert(*name).second) {
    fields.problem("name", "two triggers are named " + in_quotes(*name));
  }
  trigger.name = *name;
}

void read_topic(Fields& fields, core::TriggerSpec& trigger) {
  if (!fields.node("topic")) {
    fields.missing("topic", "the MQTT topic that starts a run, for example plant/+line/release");
  }
  const auto topic = fields.text("topic");
  if (!topic) return;
  auto filter = parse_trigger_filter(*topic);
  if (!filter) {
    fields.problem("topic", filter.error().message, filter.error().hint);
    return;
  }
  trigger.filter = std::move(filter->filter);
  trigger.level_names = std::move(filter->level_names);
}

/// One of `words`; nothing if the field is not given or, after a problem, is another.
template <std::size_t count>
std::optional<std::size_t> read_word(Fields& fields, std::string_view name,
                                     const std::array<std::string_view, count>& words) {
  const auto text = fields.text(name);
  if (!text) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string list;
  for (const auto word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  const std::vector<std::string> known(words.begin(), words.end());
  fields.problem(name, "there is no " + std::string(name) + " " + in_quotes(*text),
                 nearest_hint(*text, known, "one of " + list));
  return std::nullopt;
}

/// An expression of one message. Null: not given, or problems.
core::TemplatePtr read_expression(Fields& fields, std::string_view name, std::string_view example) {
  const Node* node = fields.node(name);
  const auto text = fields.text(name);
  if (!text) return nullptr;
  if (text->find("${{") == std::string::npos) {
    fields.problem(name, in_quotes(*text) + " is no expression: it is the same for each message",
                   "for example " + std::string(example));
    return nullptr;
  }
  auto value = compile(*node, core::Value(*text), fields.path(name), fields.problems());
  refuse_secrets(value, node->at, "messages are not compared with secrets", fields.problems());
  return value;
}

void read_id_payload(Fields& id, EventIdentity& identity) {
  const Node* node = id.node("payload");
  const auto path = id.text("payload");
  if (!path) return;
  identity.from = EventIdentity::From::payload;
  identity.words = "at " + in_quotes(*path) + " of the payload";
  if (path->empty() || path->find('\'') != std::string::npos) {
    id.problem("payload", path->empty() ? "names no place in the payload" : "has a quote \"'\"",
               "a JSONPath as $payload reads it, for example $.order.id");
    return;
  }
  identity.value = compile(*node, core::Value("${{$payload('" + *path + "')}}"), id.path("payload"),
                           id.problems());
}

void read_id_place(Fields& id, EventIdentity& identity) {
  int given = 0;
  for (const std::string_view name : {"payload", "property", "cloudEvent"}) {
    given += id.node(name) != nullptr ? 1 : 0;
  }
  if (given != 1) {
    id.problems().add(id.at(), id.path(), "wants one place where a message names its event",
                      "payload: '$.order.id', property: order-id, or cloudEvent: true");
  }
  read_id_payload(id, identity);
  if (const auto property = id.text("property")) {
    identity.from = EventIdentity::From::property;
    identity.property = *property;
    identity.words = "in the MQTT 5 user property " + in_quotes(*property);
    if (property->empty() || property->size() > limits::list_item_bytes) {
      id.problem("property", "wants the name of an MQTT 5 user property",
                 "1 to " + std::to_string(limits::list_item_bytes) + " bytes");
    }
  }
  if (const auto cloud_event = id.flag("cloudEvent")) {
    identity.from = EventIdentity::From::cloud_event;
    identity.words = "as a CloudEvent, with id and source";
    if (!*cloud_event) id.problem("cloudEvent", "cloudEvent is true, or left out");
  }
}

void read_id(Fields& fields, core::TriggerSpec& trigger) {
  const Node* node = fields.map("id");
  if (node == nullptr) return;
  Fields id(node, node->at, fields.path("id"), fields.problems());
  read_id_place(id, trigger.id);
  if (const auto lifetime = id.duration("lifetime")) {
    trigger.id.lifetime = *lifetime;
    if (lifetime->ms <= 0 || *lifetime > limits::event_lifetime_most) {
      id.problem("lifetime",
                 "an identity is known for more than nothing and at most " +
                     core::to_text(limits::event_lifetime_most),
                 "for example 24h");
    }
  }
  fields.put("id", id.finish());
}

void read_payload(Fields& fields, core::TriggerSpec& trigger) {
  constexpr std::array<std::string_view, 4> words{"any", "json", "text", "binary"};
  constexpr std::array kinds{PayloadKind::any, PayloadKind::json, PayloadKind::text,
                             PayloadKind::binary};
  if (const auto kind = read_word(fields, "payload", words)) trigger.payload = kinds[*kind];
}

/// A time that messages are gathered for.
core::Duration read_time(Fields& fields, std::string_view name) {
  const auto time = fields.duration(name);
  if (!time) return {};
  if (time->ms > 0 && *time <= limits::gathering_most) return *time;
  fields.problem(name,
                 "messages are gathered for more than nothing and at most " +
                     core::to_text(limits::gathering_most),
                 "for example 10s");
  return {};
}

void read_collect(Fields& fields, core::Gathering& gathering) {
  const Node* node = fields.map("collect");
  if (node == nullptr) return;
  gathering.kind = core::Gathering::Kind::collect;
  Fields collect(node, node->at, fields.path("collect"), fields.problems());
  if (const auto count = collect.integer("count")) {
    gathering.count = *count;
    if (*count < 1 || *count > limits::collected) {
      collect.problem("count",
                      "a run is made of 1 to " + std::to_string(limits::collected) + " messages");
    }
  }
  gathering.time = read_time(collect, "window");
  if (collect.node("count") == nullptr && collect.node("window") == nullptr) {
    fields.problems().add(node->at, collect.path(), "never ends: it has no count and no window",
                          "{count: 10}, {window: 30s}, or both: what comes first");
  }
  fields.put("collect", collect.finish());
}

void read_gathering(Fields& fields, core::Gathering& gathering) {
  int given = 0;
  for (const std::string_view name : {"debounce", "throttle", "collect"}) {
    given += fields.node(name) != nullptr ? 1 : 0;
  }
  if (given > 1) {
    fields.problems().add(fields.at(), fields.path(),
                          "has more than one of debounce, throttle and collect",
                          "messages become runs in one way: keep one of them");
  }
  using Kind = core::Gathering::Kind;
  if (fields.node("debounce") != nullptr) {
    gathering = {Kind::debounce, read_time(fields, "debounce"), 0};
  }
  if (fields.node("throttle") != nullptr) {
    gathering = {Kind::throttle, read_time(fields, "throttle"), 0};
  }
  read_collect(fields, gathering);
}

void read_lanes(Fields& fields, core::TriggerSpec& trigger) {
  using core::Overlap;
  constexpr std::array<std::string_view, 4> words{"parallel", "queue", "replace", "skip"};
  constexpr std::array overlaps{Overlap::parallel, Overlap::queue, Overlap::replace, Overlap::skip};
  if (const auto word = read_word(fields, "overlap", words)) trigger.overlap = overlaps[*word];
  read_gathering(fields, trigger.gathering);
  trigger.key = read_expression(fields, "key", "\"${{$topic(line)}}\"");
  if (trigger.key != nullptr && !core::has_lanes(trigger)) {
    fields.problem("key", "parts nothing: each message starts a run of its own",
                   "with overlap, debounce, throttle or collect");
  }
}

}  // namespace

core::TriggerSpec read_trigger(Fields& fields, std::set<std::string>& taken) {
  core::TriggerSpec trigger;
  read_name(fields, taken, trigger);
  read_topic(fields, trigger);
  trigger.inputs = read_templates(fields, "inputs");
  for (const auto& [name, input] : trigger.inputs) {
    refuse_secrets(input, fields.at(), "a trigger's inputs are shown", fields.problems());
  }
  trigger.when = read_expression(fields, "when", "\"${{$gt($payload('$.temp'),80)}}\"");
  read_payload(fields, trigger);
  read_id(fields, trigger);
  constexpr std::array<std::string_view, 2> retained{"ignore", "use"};
  trigger.uses_retained = read_word(fields, "retained", retained) == std::size_t{1};
  trigger.enabled = fields.flag("enabled").value_or(true);
  read_lanes(fields, trigger);
  return trigger;
}

}  // namespace antiphon::campaign
