// SPDX-License-Identifier: MIT
#include "engine/stages/object_inputs.hpp"

#include <array>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"
#include "engine/stages/integer.hpp"

namespace antiphon::stages {
namespace {

constexpr std::size_t names_shown = 10;

struct Made {
  std::string_view kind;
  const char* api_version;
  const char* word;
};
constexpr std::array makes{
    Made{"instance", "solution.symphony/v1", "Instance"},
    Made{"solutionversion", "solution.symphony/v1", "SolutionVersion"},
    Made{"target", "fabric.symphony/v1", "Target"},
    Made{"catalogversion", "federation.symphony/v1", "CatalogVersion"},
};

}  // namespace

core::Finished refusal(int status, std::string error, core::Value outputs) {
  if (outputs.is_null()) outputs = core::Value::object();
  return {status, std::move(outputs), std::move(error)};
}

core::Result<std::string> text_input(const core::Value& inputs, const std::string& name) {
  const auto found = inputs.find(name);
  if (found == inputs.end() || found->is_null()) return std::string();
  if (found->is_string()) return found->get<std::string>();
  return core::failure(core::status::bad_request, "input '" + name + "' is no text");
}

core::Result<core::Namespace> object_namespace(const core::Value& inputs) {
  for (const char* name : {"objectNamespace", "__namespace"}) {
    const auto text = text_input(inputs, name);
    if (!text) return tl::unexpected<core::Error>(text.error());
    if (text->empty()) continue;
    auto space = core::Namespace::parse(*text);
    if (space) return space;
    return core::failure(core::status::bad_request,
                         "input '" + std::string(name) + "': " + space.error().message);
  }
  return core::Namespace::parse("default");
}

core::Result<std::vector<core::ObjectName>> names_input(const core::Value& inputs) {
  const auto wrong = [](const std::string& what) {
    return core::failure(core::status::bad_request,
                         "input 'names' " + what + "; it is a list of names");
  };
  const auto list = inputs.find("names");
  if (list == inputs.end()) return wrong("is missing");
  if (!list->is_array()) return wrong("is no list");
  if (list->size() > core::limits::objects) {
    return wrong("has more than " + std::to_string(core::limits::objects) + " items");
  }
  std::vector<core::ObjectName> names;
  for (const core::Value& item : *list) {
    if (!item.is_string()) return wrong("has an item that is no text");
    auto name = core::object_name(item.get_ref<const std::string&>());
    if (!name) return wrong("has an item that is no name: " + name.error().message);
    names.push_back(*std::move(name));
  }
  return names;
}

std::string origin_of(const core::Value& inputs) {
  const auto origin = inputs.find("__origin");
  return origin == inputs.end() ? std::string() : core::plain_text(*origin);
}

core::Result<std::int64_t> number_setting(const core::Value& config, const std::string& name,
                                          std::int64_t otherwise) {
  const auto found = config.find(name);
  if (found == config.end() || found->is_null() || *found == "") return otherwise;
  const auto number = integer_of(*found);
  constexpr std::int64_t most = 1'000'000'000;
  if (number && *number >= 0 && *number <= most) return *number;
  return core::failure(
      core::status::bad_config,
      "config '" + name + "' is no whole number from 0 to " + std::to_string(most));
}

bool is_true(const core::Value& values, const std::string& name) {
  const auto found = values.find(name);
  return found != values.end() && (*found == true || *found == "true");
}

core::Value made_document(const core::ObjectKind& kind, const core::Value& content) {
  core::Value document = core::Value::object();
  for (const Made& made : makes) {
    if (made.kind != kind.text()) continue;
    document["apiVersion"] = made.api_version;
    document["kind"] = made.word;
  }
  const bool whole = content.contains("spec") || content.contains("metadata");
  document["metadata"] =
      whole ? content.value("metadata", core::Value::object()) : core::Value::object();
  document["spec"] = whole ? content.value("spec", core::Value::object()) : content;
  return document;
}

std::optional<core::Value> object_of(const core::Value& value) {
  if (value.is_object()) return value;
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  // What is nested deeper than any message may be is not read: nlohmann could not print it again.
  const auto stop = [](int depth, core::Value::parse_event_t, core::Value&) {
    return depth <= core::limits::json_depth;
  };
  auto parsed = core::Value::parse(text, stop, false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < names_shown; ++i) {
    list += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > names_shown) {
    list += " and " + std::to_string(names.size() - names_shown) + " more";
  }
  return list;
}

}  // namespace antiphon::stages
