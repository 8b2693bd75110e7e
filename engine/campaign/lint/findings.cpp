// SPDX-License-Identifier: MIT
#include "engine/campaign/lint/findings.hpp"

#include "engine/campaign/problems.hpp"
#include "engine/core/check.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::campaign::lint {
namespace {

/// Does `path` lead to `to`, or through it?
bool leads_to(std::string_view path, std::string_view to) {
  if (!path.starts_with(to)) return false;
  return path.size() == to.size() || path[to.size()] == '.' || path[to.size()] == '[';
}

/// The child of `at`, which is at `here`, on the way; null if there is none.
const Node* step(const Node& at, std::string_view path, std::string& here) {
  for (const Member& member : at.members) {
    // Expressions write the way to what is inside a value without quotes.
    for (const std::string& child :
         {child_path(here, member.name), here.empty() ? member.name : here + "." + member.name}) {
      if (!leads_to(path, child)) continue;
      here = child;
      return member.value.get();
    }
  }
  for (std::size_t i = 0; i < at.items.size(); ++i) {
    const std::string child = child_path(here, i);
    if (!leads_to(path, child)) continue;
    here = child;
    return at.items[i].get();
  }
  return nullptr;
}

/// The node at `path`, or the nearest one above; `here` becomes where that is.
const Node& walk(const Node& root, std::string_view path, std::string& here) {
  const Node* at = &root;
  while (here.size() < path.size()) {
    const Node* next = step(*at, path, here);
    if (next == nullptr) break;
    at = next;
  }
  return *at;
}

}  // namespace

const Node& find_field(const Node& root, std::string_view path) {
  std::string here;
  return walk(root, path, here);
}

std::string stage_path(std::string_view stage) {
  return child_path("spec.stages", stage);
}

const Node* Findings::field(std::string_view path) const {
  std::string here;
  const Node& found = walk(root_, path, here);
  return here == path ? &found : nullptr;
}

void Findings::add(std::string_view rule, std::string_view stage, const std::string& field,
                   std::string message, std::string hint) {
  const Rule* known = find_rule(rule);
  ANTIPHON_CHECK(known != nullptr);
  std::string of_stage(rule);
  of_stage += '@';
  of_stage += stage;
  if (allowed_.contains(rule) || (!stage.empty() && allowed_.contains(of_stage))) return;
  if (into_.warnings.size() == core::limits::document_problems) {
    ++into_.dropped;
    return;
  }
  Problems one(file_, source_);
  one.add(find_field(root_, field).at, field, std::move(message), std::move(hint));
  into_.warnings.push_back({known, one.take().front()});
}

}  // namespace antiphon::campaign::lint
