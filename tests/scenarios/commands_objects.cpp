// SPDX-License-Identifier: MIT
// The registry: what operators apply and delete, and what reconcilers say.
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/core/json.hpp"
#include "engine/core/object_registry.hpp"
#include "tests/scenarios/commands.hpp"
#include "tests/scenarios/print.hpp"

namespace antiphon::scenarios {
namespace {

core::ObjectKey key(Words& words) {
  const auto key = core::object_key(words.next("object"));
  if (!key) throw std::runtime_error(key.error().message);
  return *key;
}

/// In a turn of its own; says what came of it.
void change(World& world,
            const std::function<std::optional<core::Error>(core::ObjectRegistry&)>& what) {
  world.turn([&] {
    std::vector<core::Effect> effects;
    core::ObjectRegistry registry(world.rows(), world.now, "ann", effects);
    if (const auto error = what(registry)) {
      world.say("refused " + std::to_string(error->status) + " " + error->message);
    }
    for (const core::Effect& effect : effects) world.say(to_line(world, effect));
  });
}

}  // namespace

void object(World& world, Words& words) {
  const core::ObjectKey which = key(words);
  const bool deleted = words.flag("deleted");
  const core::Value spec = core::parse_object(words.object());
  change(world, [&](core::ObjectRegistry& registry) -> std::optional<core::Error> {
    if (deleted) return registry.remove(which);
    const auto put = registry.put(which, core::Value{{"spec", spec}});
    if (!put) return put.error();
    return std::nullopt;
  });
}

void object_status(World& world, Words& words) {
  const core::ObjectKey which = key(words);
  const core::Value status = core::parse_object(words.object());
  change(world, [&](core::ObjectRegistry& registry) { return registry.report(which, status); });
}

}  // namespace antiphon::scenarios
