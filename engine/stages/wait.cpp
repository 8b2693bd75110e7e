// SPDX-License-Identifier: MIT
#include "engine/core/json.hpp"
#include "engine/core/object_registry.hpp"
#include "engine/core/status.hpp"
#include "engine/stages/object_inputs.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

constexpr std::int64_t seconds_between_looks = 5;

struct Awaited {
  std::string type;
  core::Namespace name_space;
  std::string origin;
};

bool is_site(const core::Call& call, const core::ObjectName& name) {
  for (const core::SiteView& site : call.sites()) {
    if (site.name.text() == name.text()) return true;
  }
  return false;
}

bool is_there(const core::Call& call, const Awaited& awaited, const core::ObjectName& name) {
  const auto kind = core::object_kind(awaited.type);
  const auto there = [&](const core::ObjectName& called) {
    return call.objects->find({*kind, awaited.name_space, called}).has_value();
  };
  if (awaited.origin.empty()) return there(name);
  const auto named = core::name_of_origin(awaited.origin, name);
  if (named && there(*named)) return true;
  // What came from the origin has its name; what was made here need not.
  return awaited.type == "instance" && there(name);
}

core::InlineResult look_for(const core::Call& call, const Awaited& awaited,
                            const std::vector<core::ObjectName>& names) {
  const auto interval = number_setting(call.config, "wait.interval", seconds_between_looks);
  const auto count = number_setting(call.config, "wait.count", 0);
  if (!interval) return refusal(interval.error().status, interval.error().message);
  if (!count) return refusal(count.error().status, count.error().message);
  std::vector<std::string> missing;
  for (const core::ObjectName& name : names) {
    const bool there =
        awaited.type == "sites" ? is_site(call, name) : is_there(call, awaited, name);
    if (!there) missing.push_back(name.text());
  }
  if (missing.empty()) {
    return core::Finished{200, {{"objectType", awaited.type}, {"status", "200"}}, {}};
  }
  const std::string what = awaited.type + " " + joined(missing);
  if (*count > 0 && call.polls + 1 >= *count) {
    return refusal(core::status::not_found, "failed to wait for " + what + ": not there after " +
                                                std::to_string(call.polls + 1) + " looks");
  }
  return core::NotYet{core::seconds(*interval), core::Value::object(), what};
}

}  // namespace

core::InlineResult wait(const core::Call& call) {
  const auto type = text_input(call.inputs, "objectType");
  if (!type) return refusal(type.error().status, type.error().message);
  const bool known =
      *type == "instance" || *type == "sites" || *type == "catalogversions" || *type == "catalogs";
  if (!known) {
    return refusal(core::status::wait_type,
                   "objectType '" + *type + "' is not one of instance, sites, catalogversions");
  }
  const auto names = names_input(call.inputs);
  if (!names) return refusal(names.error().status, names.error().message);
  const auto space = object_namespace(call.inputs);
  if (!space) return refusal(space.error().status, space.error().message);
  return look_for(call, {*type, *space, origin_of(call.inputs)}, *names);
}

}  // namespace antiphon::stages
