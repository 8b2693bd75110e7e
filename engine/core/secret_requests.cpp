// SPDX-License-Identifier: MIT
#include "engine/core/secret_requests.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/check.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/sealed.hpp"
#include "engine/core/status.hpp"

namespace antiphon::core {
namespace {

constexpr const char* view_key = "__secrets";
constexpr std::string_view config_path = "/config";
/// A text grows by so much at most when it becomes JSON: secrets have no other control characters
/// than tabs and ends of lines.
constexpr std::size_t escaped = 2;

std::string name_of(const Value& part) {
  return "$secret(" + part.at("object").get<std::string>() + ", " +
         part.at("field").get<std::string>() + ")";
}

/// The text of one part that is a secret.
Result<std::string> open_part(const Value& part, const SecretSource* source) {
  if (const auto held = part.find("held"); held != part.end()) return held->get<std::string>();
  if (source == nullptr) {
    return failure(status::missing_config, name_of(part) + ": this plane has no secrets",
                   "set secretFiles or secretPrefix, see docs/secrets.md");
  }
  const auto text = source->secret(part.at("object").get_ref<const std::string&>(),
                                   part.at("field").get_ref<const std::string&>());
  if (!text) {
    return failure(status::missing_config, name_of(part) + ": " + text.error().message,
                   text.error().hint);
  }
  ANTIPHON_CHECK(text->is_string());
  return text->get<std::string>();
}

/// Calls `visit(text, at, length)` for each secret in the text that the parts make; the text.
template <class Visit>
Result<std::string> open_parts(const Value& parts, const SecretSource* source, Visit visit) {
  std::string text;
  for (const Value& part : parts) {
    if (part.is_string()) {
      text += part.get_ref<const std::string&>();
      continue;
    }
    const auto opened = open_part(part, source);
    if (!opened) return tl::unexpected<Error>(opened.error());
    visit(text.size(), opened->size());
    text += *opened;
  }
  return text;
}

Value taken_from(const JsonText& request) {
  return has_secrets(request) ? parse_object(request).value("secrets", Value::array())
                              : Value::array();
}

bool is_boundary(const std::string& text, std::size_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
}

/// The text that a span is about; null if it is about none.
const std::string* text_at(const Value& config, const std::string& at) {
  try {
    const Value::json_pointer path(at);
    if (!config.contains(path)) return nullptr;
    const Value& found = config.at(path);
    return found.is_string() ? &found.get_ref<const std::string&>() : nullptr;
  } catch (const Value::exception&) {
    return nullptr;
  }
}

/// The parts of a text with these spans in it, which are in order.
Value parts_between(const std::string& text, const std::vector<SecretSpan>& spans,
                    const std::string& at) {
  Value parts = Value::array();
  std::size_t end = 0;
  for (const SecretSpan& span : spans) {
    if (span.at != at) continue;
    if (span.from > end) parts.push_back(text.substr(end, span.from - end));
    parts.push_back({{"held", text.substr(span.from, span.bytes)}});
    end = span.from + span.bytes;
  }
  if (end < text.size()) parts.push_back(text.substr(end));
  return parts;
}

}  // namespace

JsonText pack_request(Value& request) {
  request.erase("secrets");
  Value taken = take_sealed(request);
  if (taken.empty()) return dump(request);
  Value packed = request;
  packed["secrets"] = std::move(taken);
  return dump(packed);
}

Value unpack_request(const JsonText& request) {
  Value unpacked = parse_object(request);
  const Value taken = unpacked.value("secrets", Value::array());
  unpacked.erase("secrets");
  put_sealed(unpacked, taken);
  return unpacked;
}

JsonText pack_view(Value& view) {
  view.erase(view_key);
  Value taken = take_sealed(view);
  if (taken.empty()) return dump(view);
  Value packed = view;
  packed[view_key] = std::move(taken);
  return dump(packed);
}

Value unpack_view(const JsonText& inputs) {
  Value view = parse_object(inputs);
  const auto found = view.find(view_key);
  if (found == view.end()) return view;
  const Value taken = std::move(*found);
  view.erase(found);
  put_sealed(view, taken);
  return view;
}

bool has_secrets(const JsonText& request) {
  return request.find("\"secrets\":[") != JsonText::npos;
}

Result<std::size_t> weigh_secrets(const JsonText& request, const SecretSource* source) {
  std::size_t bytes = 0;
  std::size_t count = 0;
  for (const Value& one : taken_from(request)) {
    const auto text = open_parts(one.at("parts"), source, [&](std::size_t, std::size_t size) {
      bytes += escaped * size;
      ++count;
    });
    if (!text) return tl::unexpected<Error>(text.error());
    if (count > limits::request_secrets) {
      return failure(status::too_large, "its config and inputs hold more than " +
                                            std::to_string(limits::request_secrets) + " secrets");
    }
  }
  return bytes;
}

Result<JsonText> open_request(const JsonText& request, const SecretSource* source) {
  if (!has_secrets(request)) return request;
  Value opened = parse_object(request);
  const Value taken = opened.value("secrets", Value::array());
  opened.erase("secrets");
  for (const Value& one : taken) {
    auto text = open_parts(one.at("parts"), source, [](std::size_t, std::size_t) {});
    if (!text) return tl::unexpected<Error>(text.error());
    opened.at(Value::json_pointer(one.at("at").get<std::string>())) = std::move(*text);
  }
  return dump(opened);
}

void seal_command(Command& command, const Value& request) {
  const auto taken = request.find("secrets");
  if (taken == request.end()) return;
  Value sealed = Value::array();
  for (const Value& one : *taken) {
    const auto at = one.at("at").get<std::string>();
    ANTIPHON_CHECK(at.starts_with(config_path));
    sealed.push_back({{"at", at.substr(config_path.size())}, {"parts", one.at("parts")}});
  }
  command.sealed = dump(sealed);
}

Result<void> open_command(Command& command, const SecretSource* source) {
  if (command.sealed.empty()) return {};
  Value config = parse_object(command.config);
  std::vector<SecretSpan> spans;
  for (const Value& one : Value::parse(command.sealed)) {
    const auto at = one.at("at").get<std::string>();
    auto text = open_parts(one.at("parts"), source, [&](std::size_t from, std::size_t bytes) {
      spans.push_back({at, from, bytes});
    });
    if (!text) return tl::unexpected<Error>(text.error());
    config.at(Value::json_pointer(at)) = std::move(*text);
  }
  std::stable_sort(spans.begin(), spans.end(),
                   [](const SecretSpan& a, const SecretSpan& b) { return a.at < b.at; });
  command.config = dump(config);
  command.secrets = std::move(spans);
  command.sealed.clear();
  return {};
}

std::optional<Error> why_wrong(const std::vector<SecretSpan>& spans, const Value& config) {
  if (spans.size() > limits::request_secrets) {
    return Error{status::too_large, "field 'secrets': " + std::to_string(spans.size()) + " entries",
                 "at most " + std::to_string(limits::request_secrets)};
  }
  const SecretSpan* last = nullptr;
  for (const SecretSpan& span : spans) {
    const std::string* text = text_at(config, span.at);
    if (text == nullptr) {
      return Error{status::bad_request,
                   "field 'secrets': there is no text at '" + span.at + "' in config",
                   "`at` is a JSON pointer into config"};
    }
    const bool inside = span.from <= text->size() && span.bytes <= text->size() - span.from;
    const bool follows = last == nullptr || last->at < span.at ||
                         (last->at == span.at && last->from + last->bytes <= span.from);
    if (!inside || !follows || !is_boundary(*text, span.from) ||
        !is_boundary(*text, span.from + span.bytes)) {
      return Error{status::bad_request,
                   "field 'secrets': 'from' and 'bytes' do not fit the text at '" + span.at + "'",
                   "they count bytes of UTF-8; entries stand in the order of 'at' and 'from'"};
    }
    last = &span;
  }
  return std::nullopt;
}

JsonText hold_request(Value& config, const Value& inputs, const std::vector<SecretSpan>& spans) {
  Value held = Value::array();
  std::string last;
  for (const SecretSpan& span : spans) {
    if (!held.empty() && span.at == last) continue;
    last = span.at;
    const std::string* text = text_at(config, span.at);
    ANTIPHON_CHECK(text != nullptr);
    held.push_back({{"at", std::string(config_path) + span.at},
                    {"parts", parts_between(*text, spans, span.at)}});
  }
  for (const SecretSpan& span : spans) config.at(Value::json_pointer(span.at)) = secret_mask;
  Value request{{"config", config}, {"inputs", inputs}};
  if (!held.empty()) request["secrets"] = std::move(held);
  return dump(request);
}

JsonText drop_held(const JsonText& request) {
  if (!has_secrets(request)) return request;
  Value rest = parse_object(request);
  rest.erase("secrets");
  return dump(rest);
}

std::vector<std::string> secret_texts(const JsonText& request, const SecretSource* source) {
  std::vector<std::string> texts;
  for (const Value& one : taken_from(request)) {
    for (const Value& part : one.at("parts")) {
      if (part.is_string()) continue;
      if (const auto held = part.find("held"); held != part.end()) {
        texts.push_back(held->get<std::string>());
      } else if (source != nullptr) {
        for (std::string& text : source->given(part.at("object").get_ref<const std::string&>(),
                                               part.at("field").get_ref<const std::string&>())) {
          texts.push_back(std::move(text));
        }
      }
    }
  }
  return texts;
}

}  // namespace antiphon::core
