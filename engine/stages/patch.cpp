// SPDX-License-Identifier: MIT
#include <algorithm>

#include "engine/core/json.hpp"
#include "engine/core/object_registry.hpp"
#include "engine/core/status.hpp"
#include "engine/stages/object_inputs.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

using core::Value;

struct Patch {
  Value content;          ///< an object
  std::string component;  ///< empty: the content says which
  std::string property;   ///< empty: the component as a whole
  std::string sub_key;
  std::string dedup_key;
  bool removes = false;
};

tl::unexpected<core::Error> invalid(const std::string& what) {
  return core::failure(core::status::bad_config, what);
}

core::Result<Value> content_of_catalog(const core::Call& call, const core::Namespace& space,
                                       const Value& given) {
  const auto name = given.is_string() ? core::object_name(given.get_ref<const std::string&>())
                                      : core::Result<core::ObjectName>(invalid("it is no text"));
  if (!name) return invalid("input 'patchContent' names no catalog: " + name.error().message);
  const auto catalog = call.objects->find({*core::object_kind("catalog"), space, *name});
  if (!catalog) return invalid("catalog '" + name->text() + "' is not found");
  const Value document = core::parse_object(catalog->document);
  const Value::json_pointer properties("/spec/properties");
  if (document.contains(properties) && document[properties].is_object()) {
    return document[properties];
  }
  return invalid("catalog '" + name->text() + "' has no spec.properties");
}

core::Result<Value> content_of(const core::Call& call, const core::Namespace& space) {
  const auto source = text_input(call.inputs, "patchSource");
  if (!source) return invalid(source.error().message);
  const auto given = call.inputs.find("patchContent");
  if (given == call.inputs.end()) return invalid("input 'patchContent' is missing");
  if (*source == "inline") {
    if (auto content = object_of(*given)) return *std::move(content);
    return invalid("input 'patchContent' is no object");
  }
  if (source->empty() || *source == "catalogversion" || *source == "catalog") {
    return content_of_catalog(call, space, *given);
  }
  return invalid("patchSource '" + *source + "' is not catalogversion or inline");
}

core::Result<Patch> patch_of(const core::Call& call, const core::Namespace& space) {
  if (const auto context = call.inputs.find("context");
      context != call.inputs.end() && !context->is_null()) {
    return invalid(
        "input 'context' is not supported, as expressions in a catalog stay text; evaluate the "
        "content in the stage and give it as 'inline' patchContent");
  }
  Patch patch;
  auto content = content_of(call, space);
  if (!content) return tl::unexpected<core::Error>(content.error());
  patch.content = *std::move(content);
  std::string action;
  for (const auto& [name, text] :
       {std::pair{"component", &patch.component}, std::pair{"property", &patch.property},
        std::pair{"subKey", &patch.sub_key}, std::pair{"dedupKey", &patch.dedup_key},
        std::pair{"patchAction", &action}}) {
    auto read = text_input(call.inputs, name);
    if (!read) return invalid(read.error().message);
    *text = *std::move(read);
  }
  if (!action.empty() && action != "add" && action != "remove") {
    return invalid("patchAction '" + action + "' is not add or remove");
  }
  patch.removes = action == "remove";
  return patch;
}

/// Puts `item` in the place of the one that `same` finds, or behind all; or takes that one away.
template <class Same>
void change(Value& list, const Value& item, bool removes, Same same) {
  const auto found = std::find_if(list.begin(), list.end(), same);
  if (removes) {
    if (found != list.end()) list.erase(found);
  } else if (found != list.end()) {
    *found = item;
  } else {
    list.push_back(item);
  }
}

auto is_called(const std::string& name) {
  return [name](const Value& one) {
    const auto found = one.is_object() ? one.find("name") : one.end();
    return one.is_object() && found != one.end() && *found == name;
  };
}

/// A component as a whole: the content, or its `spec`.
std::optional<core::Error> change_component(Value& components, const Patch& patch) {
  Value component = patch.content;
  if (const auto spec = component.find("spec"); spec != component.end() && spec->is_object()) {
    component = Value(*spec);
  }
  if (!patch.component.empty()) component["name"] = patch.component;
  const auto name = component.find("name");
  if (name == component.end() || !name->is_string()) {
    return core::Error{core::status::bad_config, "the patch names no component"};
  }
  const auto called = name->get<std::string>();
  change(components, component, patch.removes, is_called(called));
  return std::nullopt;
}

/// An item of the list that is a component's property, or stands in it.
std::optional<core::Error> change_property(Value& components, const Patch& patch) {
  const auto found = std::find_if(components.begin(), components.end(), is_called(patch.component));
  const std::string where = "component '" + patch.component + "'";
  if (found == components.end()) {
    return core::Error{core::status::bad_config, where + " is not in the solution"};
  }
  Value* place = &(*found)["properties"];
  for (const std::string& key : {patch.property, patch.sub_key}) {
    if (key.empty()) continue;
    if (place->is_null()) *place = Value::object();
    if (!place->is_object()) {
      return core::Error{core::status::bad_config, where + " has no map where '" + key + "' is"};
    }
    place = &(*place)[key];
  }
  if (place->is_null()) *place = Value::array();
  if (!place->is_array()) {
    return core::Error{core::status::bad_config,
                       where + ": property '" + patch.property + "' holds no list there"};
  }
  const auto& wanted = patch.content;
  if (patch.dedup_key.empty()) {
    const auto equal = [&](const Value& one) { return patch.removes && one == wanted; };
    change(*place, wanted, patch.removes, equal);
    return std::nullopt;
  }
  const auto key = wanted.find(patch.dedup_key);
  if (key == wanted.end()) {
    return core::Error{core::status::bad_config,
                       "the patch has no '" + patch.dedup_key + "', which tells its items apart"};
  }
  change(*place, wanted, patch.removes, [&](const Value& one) {
    return one.is_object() && one.contains(patch.dedup_key) && one[patch.dedup_key] == *key;
  });
  return std::nullopt;
}

core::Result<core::ObjectKey> solution_of(const core::Value& inputs, const core::Namespace& space) {
  const auto type = text_input(inputs, "objectType");
  const auto kind = core::object_kind(type && !type->empty() ? *type : "solution");
  if (!type || !kind || kind->text() != "solutionversion") {
    return invalid("objectType is not solutionversion");
  }
  const auto reference = text_input(inputs, "objectName");
  const auto name = core::object_name(reference ? *reference : std::string());
  if (!name) return invalid("input 'objectName': " + name.error().message);
  return core::ObjectKey{*kind, space, *name};
}

std::optional<core::Error> apply(const core::Call& call, const core::ObjectKey& key,
                                 const Patch& patch) {
  const auto solution = call.objects->find(key);
  if (!solution) {
    return core::Error{core::status::not_found, "there is no object " + core::to_text(key)};
  }
  Value document = core::parse_object(solution->document);
  Value& spec = document["spec"];
  if (spec.is_null()) spec = Value::object();
  if (spec.is_object() && !spec.contains("components")) spec["components"] = Value::array();
  if (!spec.is_object() || !spec["components"].is_array()) {
    return core::Error{core::status::bad_config,
                       core::to_text(key) + " has no list spec.components"};
  }
  auto error = patch.property.empty() ? change_component(spec["components"], patch)
                                      : change_property(spec["components"], patch);
  if (error) return error;
  const auto put = call.objects->put(key, std::move(document));
  return put ? std::nullopt : std::optional(put.error());
}

}  // namespace

core::InlineResult patch(const core::Call& call) {
  const auto space = object_namespace(call.inputs);
  if (!space) return refusal(core::status::bad_config, space.error().message);
  const auto key = solution_of(call.inputs, *space);
  if (!key) return refusal(key.error().status, key.error().message);
  const auto wanted = patch_of(call, *space);
  if (!wanted) return refusal(wanted.error().status, wanted.error().message);
  if (const auto error = apply(call, *key, *wanted)) return refusal(error->status, error->message);
  return core::Finished{200, core::Value::object(), {}};
}

}  // namespace antiphon::stages
