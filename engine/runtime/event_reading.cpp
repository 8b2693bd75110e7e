// SPDX-License-Identifier: MIT
#include "engine/runtime/event_reading.hpp"

#include "engine/core/base64.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::runtime {
namespace {

using core::PayloadForm;
using core::PayloadKind;
using core::Result;
using core::Value;

Value parsed(const core::TopicMessage& message) {
  return message.payload.empty() ? Value("") : Value::parse(message.payload);
}

std::string trigger_of(const core::TriggerSpec& spec) {
  return "trigger " + spec.name + ": ";
}

}  // namespace

Result<Value> EventReading::payload_of(const core::TopicMessage& message, PayloadKind kind) {
  const bool is_json = message.form == PayloadForm::json;
  const bool is_binary = message.form == PayloadForm::binary;
  switch (kind) {
    case PayloadKind::any:
      break;
    case PayloadKind::json:
      if (is_json) break;
      return core::failure(core::status::bad_request, "the payload is no JSON",
                           "send JSON, or write payload: any in the trigger");
    case PayloadKind::text:
      if (is_json) return Value(message.payload);
      if (!is_binary) break;
      return core::failure(core::status::bad_request, "the payload is no UTF-8 text",
                           "send text, or write payload: binary in the trigger");
    case PayloadKind::binary:
      if (is_binary) break;
      return Value(
          core::base64_encode(is_json ? message.payload : parsed(message).get<std::string>()));
  }
  return parsed(message);
}

EventReading::EventReading(core::Rows& rows, const core::Namespace& name_space,
                           const core::TriggerSpec& spec, std::string_view topic, Value payload,
                           core::Instant now, core::Seed seed)
    : spec_(spec),
      payload_(std::move(payload)),
      topic_(core::topic_levels(topic)),
      sites_(rows),
      configs_(rows, name_space),
      now_(now),
      draws_(seed) {
  for (std::size_t i = 0; i < spec.level_names.size() && i < topic_.levels.size(); ++i) {
    if (!spec.level_names[i].empty()) named_[spec.level_names[i]] = topic_.levels[i];
  }
  topic_.named.insert(named_.begin(), named_.end());
}

core::Scope EventReading::scope() const {
  core::Scope scope;
  scope.payload = &payload_;
  scope.topic = &topic_;
  scope.sites = &sites_;
  scope.configs = &configs_;
  scope.now = now_;
  scope.draws = &draws_;
  return scope;
}

Result<bool> EventReading::is_wanted() const {
  if (spec_.when == nullptr) return true;
  const auto value = spec_.when->evaluate(scope());
  if (!value) return tl::unexpected(value.error());
  if (value->is_boolean()) return value->get<bool>();
  const std::string text = core::plain_text(*value);
  if (text == "true" || text == "false") return text == "true";
  return core::failure(core::status::bad_config,
                       trigger_of(spec_) + "when gave '" + text + "', not true or false",
                       "compare with $equal, $gt, $lt and others");
}

core::Error EventReading::without_identity() const {
  return {
      core::status::bad_request, trigger_of(spec_) + "the message names no event " + spec_.id.words,
      "a text or a number of at most " + std::to_string(core::limits::identity_bytes) + " bytes"};
}

Result<std::string> EventReading::identity_in_payload() const {
  const auto value = spec_.id.value->evaluate(scope());
  if (!value || value->is_structured() || value->is_null()) {
    return tl::unexpected(without_identity());
  }
  return core::plain_text(*value);
}

/// Of the structured mode in the payload, of the binary mode in the user properties.
Result<std::string> EventReading::cloud_event(const core::TopicMessage& message) const {
  std::string id;
  std::string source;
  const auto read = [](const Value& from, const char* name) {
    const auto found = from.find(name);
    return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (payload_.is_object() && payload_.contains("specversion")) {
    id = read(payload_, "id");
    source = read(payload_, "source");
  } else {
    const auto& properties = message.properties;
    if (const auto found = properties.find("id"); found != properties.end()) id = found->second;
    if (const auto found = properties.find("source"); found != properties.end()) {
      source = found->second;
    }
  }
  if (id.empty() || source.empty()) return tl::unexpected(without_identity());
  return source + "\n" + id;
}

Result<std::string> EventReading::identity(const core::TopicMessage& message) const {
  using From = core::EventIdentity::From;
  Result<std::string> identity = message.identity;
  switch (spec_.id.from) {
    case From::usual:
      return identity;
    case From::payload:
      identity = identity_in_payload();
      break;
    case From::property: {
      const auto found = message.properties.find(spec_.id.property);
      identity = found == message.properties.end() ? std::string() : found->second;
      break;
    }
    case From::cloud_event:
      identity = cloud_event(message);
      break;
  }
  if (!identity) return identity;
  if (identity->empty() || identity->size() > core::limits::identity_bytes) {
    return tl::unexpected(without_identity());
  }
  return identity;
}

Result<std::string> EventReading::key() const {
  if (spec_.key == nullptr) return std::string();
  const auto value = spec_.key->evaluate(scope());
  if (!value) return tl::unexpected(value.error());
  std::string key = core::plain_text(*value);
  if (key.size() <= core::limits::lane_key_bytes) return key;
  return core::failure(core::status::bad_config,
                       trigger_of(spec_) + "the key has " + std::to_string(key.size()) + " bytes",
                       "at most " + std::to_string(core::limits::lane_key_bytes));
}

Result<Value> EventReading::inputs() const {
  return core::evaluate(spec_.inputs, scope());
}

core::JsonText EventReading::trigger_text(std::string_view topic) const {
  return core::dump({{"topic", topic}, {"named", named_}, {"payload", payload_}});
}

}  // namespace antiphon::runtime
