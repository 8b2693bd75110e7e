// SPDX-License-Identifier: MIT
#include "connectors/wire/decode.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "connectors/wire/fields.hpp"
#include "connectors/wire/guard.hpp"
#include "connectors/wire/requests.hpp"
#include "engine/core/base64.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::wire {
namespace {

namespace limits = core::limits;
using core::Value;

/// Finds `id` and `attempt` in the top object of bytes that as a whole need not be JSON, and stops
/// there.
class IdFinder : public nlohmann::json_sax<Value> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t value) override {
    if (depth_ == 1 && key_ == "attempt" && value >= 1 && std::in_range<int>(value)) {
      attempt_ = static_cast<int>(value);
    }
    return !is_found();
  }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string& value) override {
    if (depth_ == 1 && key_ == "id") {
      if (auto id = core::TaskId::parse(value)) id_ = *std::move(id);
    }
    return !is_found();
  }
  bool binary(Value::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return ++depth_, true; }
  bool end_object() override { return --depth_, true; }
  /// An array of commands has no id of its own.
  bool start_array(std::size_t) override { return depth_++ > 0; }
  bool end_array() override { return --depth_, true; }
  bool key(std::string& name) override {
    if (depth_ == 1) key_ = name;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

  std::optional<CommandAddress> address(const core::PlaneName& origin) const {
    if (id_.empty()) return std::nullopt;
    return CommandAddress{origin, id_, attempt_.value_or(1)};
  }

 private:
  bool is_found() const { return !id_.empty() && attempt_; }

  int depth_ = 0;
  std::string key_;
  core::TaskId id_;
  std::optional<int> attempt_;
};

std::optional<CommandAddress> find_address(const core::PlaneName& origin, std::string_view bytes) {
  IdFinder finder;
  const auto head = bytes.substr(0, limits::message_bytes);
  Value::sax_parse(head.begin(), head.end(), &finder);
  return finder.address(origin);
}

core::Error about_payload(core::Error error) {
  error.message = "the payload " + error.message;
  return error;
}

/// The elements of an array, or the one value there is.
core::Result<std::vector<Value>> elements_of(const std::string& payload) {
  auto parsed = parse_guarded(payload, limits::message_bytes);
  if (!parsed) return tl::unexpected(about_payload(parsed.error()));
  if (!parsed->is_array()) return std::vector<Value>{*std::move(parsed)};
  if (parsed->size() > limits::message_items) {
    return core::failure(core::status::too_large,
                         "the array has " + std::to_string(parsed->size()) + " elements",
                         "at most " + std::to_string(limits::message_items) + " in one message");
  }
  return parsed->get<std::vector<Value>>();
}

Refused refuse(const std::string& sender, core::Error error) {
  return {std::move(error), sender, std::nullopt, std::nullopt};
}

tl::expected<Inbound, Refused> from_origin(const core::PlaneName& origin,
                                           const std::string& payload) {
  const auto refuse_command = [&](core::Error error, std::string_view bytes) {
    auto refused = refuse(origin.text(), std::move(error));
    refused.command = find_address(origin, bytes);
    refused.confidential = true;
    return refused;
  };
  const auto elements = elements_of(payload);
  if (!elements) return tl::unexpected(refuse_command(elements.error(), payload));
  FromOrigin from{origin, {}, {}};
  for (const Value& element : *elements) {
    auto message = read_origin_message(element);
    if (message) {
      from.messages.push_back(*std::move(message));
    } else {
      from.refused.push_back(refuse_command(message.error(), core::dump(element)));
    }
  }
  const bool is_single = from.messages.empty() && from.refused.size() == 1;
  if (is_single) return tl::unexpected(std::move(from.refused.front()));
  return Inbound(std::move(from));
}

tl::expected<Inbound, Refused> replies(const core::PlaneName& site, const std::string& payload) {
  const auto elements = elements_of(payload);
  if (!elements) return tl::unexpected(refuse(site.text(), elements.error()));
  std::vector<core::Reply> good;
  std::vector<Refused> refused;
  for (const Value& element : *elements) {
    auto reply = read_reply(element);
    if (reply) {
      good.push_back(*std::move(reply));
    } else {
      refused.push_back(refuse(site.text(), reply.error()));
    }
  }
  const bool is_single = good.empty() && refused.size() == 1;
  if (is_single) return tl::unexpected(std::move(refused.front()));
  return Inbound(FromSite{site, std::move(good), std::move(refused)});
}

tl::expected<Inbound, Refused> hello(const core::PlaneName& site, const std::string& payload) {
  const auto parsed = parse_guarded(payload, limits::message_bytes);
  if (!parsed) return tl::unexpected(refuse(site.text(), about_payload(parsed.error())));
  auto said = read_hello(*parsed);
  if (!said) return tl::unexpected(refuse(site.text(), said.error()));
  return Inbound(FromSite{site, *std::move(said), {}});
}

tl::expected<Inbound, Refused> presence(const core::PlaneName& plane, const std::string& payload) {
  if (payload.empty()) return Inbound(SeenPresence{plane, std::nullopt});
  const auto parsed = parse_guarded(payload, limits::message_bytes);
  if (!parsed) return tl::unexpected(refuse(plane.text(), about_payload(parsed.error())));
  auto seen = read_presence(*parsed);
  if (!seen) return tl::unexpected(refuse(plane.text(), seen.error()));
  return Inbound(SeenPresence{plane, *std::move(seen)});
}

/// An object's text as it came; no bytes are none.
core::Result<core::JsonText> object_text(const std::string& payload, std::size_t most_bytes) {
  if (payload.empty()) return core::JsonText();
  const auto parsed = parse_guarded(payload, most_bytes);
  if (!parsed) return tl::unexpected(about_payload(parsed.error()));
  if (parsed->is_object()) return payload;
  return core::failure(core::status::bad_request, "the payload is no JSON object",
                       "send an object, or nothing");
}

/// What a reconciler says is its own affair but for the fields that we read.
std::optional<core::Error> status_problem(const core::JsonText& text) {
  const Value status = core::parse_object(text);
  Fields fields(status, "object status");
  fields.text("state", Need::optional, limits::list_item_bytes);
  fields.integer("generation", Need::optional, {1});
  fields.text("error", Need::optional, limits::reason_bytes);
  fields.integer("failedDeploymentCount", Need::optional);
  return fields.problem();
}

/// Which form it has; `text` becomes it as JSON.
core::PayloadForm form_of(const std::string& payload, core::JsonText& text) {
  if (parse_guarded(payload, limits::message_bytes)) {
    text = payload;
    return core::PayloadForm::json;
  }
  if (!invalid_utf8_at(payload)) {
    text = core::dump(payload);
    return core::PayloadForm::text;
  }
  text = core::dump(core::base64_encode(payload));
  return core::PayloadForm::binary;
}

/// Those that can be identities, which are all that is read.
std::map<std::string, std::string, std::less<>> short_properties(const bus::Received& received) {
  std::map<std::string, std::string, std::less<>> properties;
  for (const auto& [name, value] : received.properties) {
    if (properties.size() == limits::list_items) break;
    const bool fits =
        name.size() <= limits::list_item_bytes && value.size() <= limits::identity_bytes;
    if (fits) properties.emplace(name, value);
  }
  return properties;
}

tl::expected<Inbound, Refused> topic_message(const bus::Received& received) {
  if (received.payload.size() > limits::message_bytes) {
    return tl::unexpected(
        refuse("", {core::status::too_large,
                    "the payload has " + std::to_string(received.payload.size()) +
                        " bytes, more than " + std::to_string(limits::message_bytes),
                    "send less, or a reference to where the rest lies"}));
  }
  if (invalid_utf8_at(received.topic) || received.topic.find('\0') != std::string::npos) {
    return tl::unexpected(refuse(
        "", {core::status::bad_request, "the topic " + shown(received.topic) + " is no MQTT topic",
             "UTF-8 without U+0000"}));
  }
  if (received.id && received.id->size() > limits::identity_bytes) {
    return tl::unexpected(
        refuse("", {core::status::bad_request,
                    "the user property id has " + std::to_string(received.id->size()) + " bytes",
                    "at most " + std::to_string(limits::identity_bytes)}));
  }
  core::TopicMessage message;
  message.topic = received.topic;
  message.form = form_of(received.payload, message.payload);
  message.retained = received.retained;
  message.identity = received.id.value_or("");
  message.filters = received.filters;
  message.properties = short_properties(received);
  return Inbound(std::move(message));
}

/// One overload for each address; what is only a leftover at the broker never gets here.
struct Reader {
  const Mailbox& mailbox;
  const bus::Received& received;
  using Read = tl::expected<Inbound, Refused>;

  Read operator()(const address::Activate& to) const {
    return read_activate(mailbox, to, received);
  }
  Read operator()(const address::Act& to) const {
    if (to.verb == step_verb) return read_step(mailbox, to, received);
    const bool vote = to.verb == approve_verb || to.verb == reject_verb;
    return vote ? read_vote(mailbox, to, received) : read_verb(mailbox, to, received);
  }
  Read operator()(const address::Signal& to) const { return read_signal(mailbox, to, received); }
  Read operator()(const address::Apply& to) const { return read_apply(mailbox, to, received); }
  Read operator()(const address::Delete& to) const { return read_delete(mailbox, to, received); }
  Read operator()(const address::Switch& to) const { return read_switch(mailbox, to, received); }
  Read operator()(const address::Query& to) const { return read_query(mailbox, to, received); }
  Read operator()(const address::Command& to) const {
    return from_origin(to.origin, received.payload);
  }
  Read operator()(const address::Reply& to) const { return replies(to.site, received.payload); }
  Read operator()(const address::Hello& to) const { return hello(to.site, received.payload); }
  Read operator()(const address::Presence& to) const {
    return presence(to.plane, received.payload);
  }
  Read operator()(const address::ObjectStatus& to) const {
    auto said = object_text(received.payload, limits::object_status_bytes);
    if (!said) return tl::unexpected(refuse("", said.error()));
    if (auto problem = status_problem(*said)) return tl::unexpected(refuse("", *problem));
    return Inbound(core::ObjectReport{to.object, *std::move(said), received.topic});
  }
  Read operator()(const address::Request& to) const {
    return Inbound(
        SeenRequest{to.activation, to.task, received.retained && !received.payload.empty()});
  }
  Read operator()(const address::OriginObject& to) const {
    auto said = object_text(received.payload, limits::message_bytes);
    if (!said) return tl::unexpected(refuse(to.origin.text(), said.error()));
    return Inbound(core::OriginObject{to.origin, to.object, *std::move(said), received.topic});
  }
  Read operator()(const address::Elsewhere&) const { return topic_message(received); }
};

bool may_be_retained(const Address& address) {
  return std::holds_alternative<address::Presence>(address) ||
         std::holds_alternative<address::ObjectStatus>(address) ||
         std::holds_alternative<address::Request>(address) ||
         std::holds_alternative<address::OriginObject>(address) ||
         std::holds_alternative<address::Elsewhere>(address);
}

}  // namespace

Mailbox::Mailbox(Topics topics, std::vector<std::string> answer_prefixes)
    : topics_(std::move(topics)),
      filters_(topics_.subscriptions()),
      answer_prefixes_(std::move(answer_prefixes)) {
  for (auto& prefix : answer_prefixes_) {
    if (!prefix.ends_with('/')) prefix += '/';
  }
  answer_prefixes_.insert(answer_prefixes_.begin(), topics_.answers_prefix());
}

core::Result<Address> Mailbox::address_of(const bus::Received& received) const {
  const auto is_ours = [this](const std::string& filter) {
    return std::find(filters_.begin(), filters_.end(), filter) != filters_.end();
  };
  const auto& filters = received.filters;
  if (!filters.empty() && std::none_of(filters.begin(), filters.end(), is_ours)) {
    return address::Elsewhere{};
  }
  return topics_.parse(received.topic);
}

std::optional<core::Error> Mailbox::answer_topic_problem(const std::string& topic) const {
  const auto is_inside = [&topic](const std::string& prefix) {
    return topic.size() > prefix.size() && topic.starts_with(prefix);
  };
  std::string allowed;
  for (const auto& prefix : answer_prefixes_) allowed += (allowed.empty() ? "" : ", ") + prefix;
  if (std::none_of(answer_prefixes_.begin(), answer_prefixes_.end(), is_inside)) {
    return core::Error{core::status::forbidden, "no answers go to the topic " + shown(topic),
                       "answers go below " + allowed};
  }
  constexpr std::string_view never("+#\0", 3);
  if (topic.find_first_of(never) != topic.npos || topic.size() > limits::answer_topic_bytes ||
      invalid_utf8_at(topic)) {
    return core::Error{core::status::forbidden,
                       "the answer topic " + shown(topic) + " is no topic to publish to",
                       "at most " + std::to_string(limits::answer_topic_bytes) +
                           " bytes, without '+' and '#', below " + allowed};
  }
  return std::nullopt;
}

Care care_of(const Mailbox& mailbox, const bus::Received& received) {
  const auto address = mailbox.address_of(received);
  return address ? care_of(*address) : Care::re_askable;
}

tl::expected<Inbound, Refused> decode(const Mailbox& mailbox, const bus::Received& received) {
  const auto address = mailbox.address_of(received);
  if (received.retained && (!address || !may_be_retained(*address))) {
    auto refused = refuse("", {core::status::bad_request, "a retained message is no act",
                               "publish it without the retain flag"});
    refused.quiet = true;
    return tl::unexpected(std::move(refused));
  }
  if (!address) {
    return tl::unexpected(refuse_request(mailbox, core::UserName(), received, address.error()));
  }
  return std::visit(Reader{mailbox, received}, *address);
}

}  // namespace antiphon::wire
