// SPDX-License-Identifier: MIT
#include "connectors/providers/http_request.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/status.hpp"

namespace antiphon::providers {
namespace {

using core::Value;
namespace status = core::status;

constexpr std::string_view header_prefix = "header.";
constexpr core::Duration default_interval = core::seconds(5);
constexpr double most_seconds = 1e9;
constexpr int most_count = 1'000'000'000;

/// The document's keys as the request has them.
class Keys {
 public:
  explicit Keys(const Value& request)
      : config_(request.at("config")), inputs_(request.at("inputs")) {}

  /// Null: neither says it, or it is empty.
  Value find(const std::string& key) const {
    const bool always = key == "url" || key == "method";
    const Value configured = said(config_, key);
    if (!always && configured.is_null()) return nullptr;
    const Value input = said(inputs_, key);
    return input.is_null() ? configured : input;
  }

  std::string text(const std::string& key) const { return core::plain_text(find(key)); }

  const Value& inputs() const { return inputs_; }

 private:
  static Value said(const Value& object, const std::string& key) {
    const auto found = object.find(key);
    if (found == object.end() || core::plain_text(*found).empty()) return nullptr;
    return *found;
  }

  const Value& config_;
  const Value& inputs_;
};

std::optional<double> number_of(const Value& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = problem == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

tl::unexpected<core::Error> wrong(const std::string& key, const Value& value, const char* right) {
  return core::failure(status::bad_config, "http: '" + key + "' is " + core::dump(value), right);
}

/// One code, or a list of them; numbers, or their texts.
core::Result<std::vector<int>> codes(const Keys& keys, const std::string& key) {
  constexpr double least = 100;
  constexpr double most = 999;
  const Value value = keys.find(key);
  std::vector<int> found;
  if (value.is_null()) return found;
  for (const Value& item : value.is_array() ? value : Value::array({value})) {
    const auto number = number_of(item);
    if (!number || *number < least || *number > most || std::floor(*number) != *number) {
      return wrong(key, value, "write the HTTP status codes as a list: [200, 202]");
    }
    found.push_back(static_cast<int>(*number));
  }
  return found;
}

bool is_token(std::string_view name) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7F; });
}

std::string small_letters(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// Headers that say where the message ends: a wrong one would make two requests of one.
bool frames_message(const std::string& name) {
  const std::string known = small_letters(name);
  return known == "content-length" || known == "transfer-encoding";
}

bool names(const std::vector<std::string>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [name](const std::string& header) {
    return small_letters(header).starts_with(name);
  });
}

core::Result<std::string> header_line(const std::string& name, const Value& value) {
  const std::string text = core::plain_text(value);
  if (is_token(name) && is_header_value(text) && !frames_message(name)) {
    return text.empty() ? name + ";" : name + ": " + text;
  }
  return core::failure(status::http_new_request, "http: '" + name + "' is no header",
                       "a header's name is letters, digits and '-', its value one line; how long "
                       "the message is says this plane");
}

/// The config's `headers`, and those inputs that are some; of one name the input counts.
core::Result<std::vector<std::string>> headers_of(const Keys& keys) {
  std::map<std::string, Value> wanted;
  if (const Value headers = keys.find("headers"); headers.is_object()) {
    for (const auto& [name, value] : headers.items()) wanted[small_letters(name)] = value;
  } else if (!headers.is_null()) {
    return wrong("headers", headers, "write a map: headers: {X-Team: line7}");
  }
  for (const auto& [key, value] : keys.inputs().items()) {
    if (!key.starts_with(header_prefix)) continue;
    wanted[small_letters(key.substr(header_prefix.size()))] = value;
  }
  std::vector<std::string> lines;
  for (const auto& [name, value] : wanted) {
    auto line = header_line(name, value);
    if (!line) return tl::unexpected<core::Error>(line.error());
    lines.push_back(std::move(*line));
  }
  return lines;
}

core::Result<HttpMessage> first_message(const Keys& keys) {
  HttpMessage message;
  message.url = keys.text("url");
  if (message.url.empty()) {
    return core::failure(status::bad_config, "http: there is no 'url'",
                         "name it in config: url: https://host/path");
  }
  if (const std::string method = keys.text("method"); !method.empty()) message.method = method;
  for (char& c : message.method) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (!is_token(message.method)) {
    return core::failure(status::http_new_request, "http: '" + message.method + "' is no method",
                         "write GET, POST, PUT...");
  }
  auto headers = headers_of(keys);
  if (!headers) return tl::unexpected<core::Error>(headers.error());
  message.headers = std::move(*headers);
  const auto body = keys.inputs().find("body");
  if (body != keys.inputs().end() && !body->is_null()) {
    message.body = core::dump(*body);
    if (!names(message.headers, "content-type:")) message.headers.emplace_back(json_header);
  }
  return message;
}

core::Result<void> read_numbers(const Keys& keys, HttpWait& wait) {
  wait.interval = default_interval;
  if (const Value interval = keys.find("wait.interval"); !interval.is_null()) {
    const auto seconds = number_of(interval);
    if (!seconds || !(*seconds >= 0 && *seconds <= most_seconds)) {
      return wrong("wait.interval", interval, "write seconds: 20");
    }
    wait.interval = core::milliseconds(std::llround(*seconds * 1000));
  }
  if (const Value count = keys.find("wait.count"); !count.is_null()) {
    const auto number = number_of(count);
    if (!number || !(*number >= 0 && *number <= most_count) || std::floor(*number) != *number) {
      return wrong("wait.count", count, "write how often at most; 0: without end");
    }
    wait.count = static_cast<int>(*number);
  }
  return {};
}

core::Result<HttpWait> read_wait(const Keys& keys) {
  HttpWait wait;
  wait.url = keys.text("wait.url");
  if (auto read = read_numbers(keys, wait); !read) return tl::unexpected<core::Error>(read.error());
  const std::pair<const char*, std::vector<int>*> lists[]{
      {"wait.start", &wait.start}, {"wait.success", &wait.success}, {"wait.fail", &wait.fail}};
  for (const auto& [key, list] : lists) {
    auto read = codes(keys, key);
    if (!read) return tl::unexpected<core::Error>(read.error());
    *list = std::move(*read);
  }
  wait.expression = keys.text("wait.expression");
  const std::string kind = keys.text("wait.expressionType");
  wait.json_path = kind == "jsonpath";
  if (!kind.empty() && kind != "jsonpath" && kind != "symphony") {
    return wrong("wait.expressionType", kind, "write symphony or jsonpath");
  }
  return wait;
}

}  // namespace

core::Result<HttpCall> read_http_request(const core::JsonText& request) {
  const Value parsed = Value::parse(request);
  const Keys keys(parsed);
  auto first = first_message(keys);
  if (!first) return tl::unexpected<core::Error>(first.error());
  auto success = codes(keys, "successCodes");
  if (!success) return tl::unexpected<core::Error>(success.error());
  HttpCall call{std::move(*first), std::move(*success), std::nullopt};
  if (keys.text("wait.url").empty()) return call;
  auto wait = read_wait(keys);
  if (!wait) return tl::unexpected<core::Error>(wait.error());
  call.wait = std::move(*wait);
  return call;
}

bool only_reads(const HttpMessage& message) {
  return message.method == "GET" || message.method == "HEAD";
}

std::string shown_url(const std::string& url) {
  std::string shown = url.substr(0, url.find_first_of("?#"));
  const auto scheme = shown.find("://");
  const auto host = scheme == std::string::npos ? 0 : scheme + 3;
  const auto path = shown.find('/', host);
  const auto at = shown.substr(0, path).rfind('@');
  if (at != std::string::npos && at >= host) shown.erase(host, at + 1 - host);
  return shown;
}

}  // namespace antiphon::providers
