// SPDX-License-Identifier: MIT
#include "engine/expression/json_path.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "engine/core/status.hpp"
#include "engine/expression/json_path_parser.hpp"
#include "engine/expression/json_path_walk.hpp"
#include "engine/expression/limits.hpp"
#include "engine/expression/numbers.hpp"
#include "engine/expression/render.hpp"

namespace antiphon::expression {
namespace {

using json_path::Matches;
using json_path::Steps;
using Outcome = core::Result<core::Value>;

core::Result<Matches> walk(const Steps& steps, const core::Value& root, int& visits) {
  json_path::Walk walk(root, visits);
  Matches matches = walk.follow(steps, root);
  if (const char* problem = walk.problem()) {
    return core::failure(core::status::bad_config, problem);
  }
  return matches;
}

Outcome copied(const Matches& matches) {
  std::size_t left = limits::result_bytes;
  for (const core::Value* match : matches) {
    if (take_size(*match, left)) continue;
    return core::failure(core::status::bad_config, "the matches are larger than 1 MiB");
  }
  core::Value found;
  if (matches.size() == 1) {
    found = *matches.front();
  } else {
    found = core::Value::array();
    for (const core::Value* match : matches) found.push_back(*match);
  }
  normalise(found);
  return found;
}

/// A list has no members, so a path that begins with a name finds nothing in one.
bool may_begin_at_list(const Steps& steps) {
  return !steps.empty() && !std::holds_alternative<json_path::Name>(steps.front().what);
}

}  // namespace

core::Result<JsonPath> JsonPath::parse(std::string_view text) {
  return json_path::parse_steps(text).map(
      [](Steps steps) { return JsonPath(std::make_shared<const Steps>(std::move(steps))); });
}

Outcome JsonPath::find(const core::Value& value, int& visits) const {
  auto matches = walk(*steps_, value, visits);
  if (!matches) return tl::unexpected<core::Error>(std::move(matches.error()));
  if (!matches->empty()) return copied(*matches);
  if (value.is_object() && may_begin_at_list(*steps_)) {
    const core::Value wrapped = core::Value::array({value});
    matches = walk(*steps_, wrapped, visits);
    if (!matches) return tl::unexpected<core::Error>(std::move(matches.error()));
    if (!matches->empty()) return copied(*matches);
  }
  return core::failure(core::status::not_found, "no matches");
}

}  // namespace antiphon::expression
