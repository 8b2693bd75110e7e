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

/// In a turn of its own; says what came of it, `briefly` only how much.
void change(World& world,
            const std::function<std::optional<core::Error>(core::ObjectRegistry&)>& what,
            bool briefly = false) {
  world.turn([&] {
    std::vector<core::Effect> effects;
    core::ObjectRegistry registry(world.rows(), world.now, "ann", effects);
    if (const auto error = what(registry)) {
      world.say("refused " + std::to_string(error->status) + " " + error->message);
    }
    if (briefly) {
      world.say("(" + std::to_string(effects.size()) + " x object)");
      return;
    }
    for (const core::Effect& effect : effects) world.say(to_line(world, effect));
  });
}

/// "s0", "s1"... instead of "s".
core::ObjectKey numbered(core::ObjectKey key, int number) {
  key.name = name<core::ObjectName>(key.name.text() + std::to_string(number));
  return key;
}

std::optional<core::Error> put(core::ObjectRegistry& registry, const World& world,
                               const core::ObjectKey& which, core::Value document,
                               const std::optional<std::string>& origin) {
  if (origin) {
    return registry.take(world.plane.self, name<core::PlaneName>(*origin), which,
                         std::move(document));
  }
  const auto done = registry.put(which, std::move(document));
  return done ? std::nullopt : std::optional(done.error());
}

}  // namespace

void object(World& world, Words& words) {
  const core::ObjectKey which = key(words);
  const bool deleted = words.flag("deleted");
  core::Value document{{"spec", core::parse_object(words.object())}};
  const auto origin = words.option("from");
  const auto count = words.option("count");
  const auto filled = words.option("filled");
  if (filled) {
    document["spec"]["properties"]["spec"]["text"] = std::string(std::stoul(*filled), 'x');
  }
  change(
      world,
      [&](core::ObjectRegistry& registry) -> std::optional<core::Error> {
        if (deleted) return registry.remove(which);
        if (!count) return put(registry, world, which, document, origin);
        for (int i = 0; i < std::stoi(*count); ++i) {
          if (auto error = put(registry, world, numbered(which, i), document, origin)) return error;
        }
        return std::nullopt;
      },
      count || filled);
}

void object_status(World& world, Words& words) {
  const core::ObjectKey which = key(words);
  const core::Value status = core::parse_object(words.object());
  change(world, [&](core::ObjectRegistry& registry) { return registry.report(which, status); });
}

}  // namespace antiphon::scenarios
