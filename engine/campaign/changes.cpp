// SPDX-License-Identifier: MIT
#include "engine/campaign/changes.hpp"

#include <algorithm>

#include "engine/campaign/problems.hpp"
#include "engine/campaign/version_reference.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::campaign {
namespace {

void add_change(Changes& changes, const std::string& path, const core::Value* before,
                const core::Value* after) {
  if (changes.fields.size() == core::limits::document_problems) {
    ++changes.dropped;
    return;
  }
  Change change{path, std::nullopt, std::nullopt};
  if (before != nullptr) change.before = *before;
  if (after != nullptr) change.after = *after;
  changes.fields.push_back(std::move(change));
}

void compare(Changes& changes, const std::string& path, const core::Value& before,
             const core::Value& after);

void compare_maps(Changes& changes, const std::string& path, const core::Value& before,
                  const core::Value& after) {
  for (const auto& [key, value] : before.items()) {
    const auto other = after.find(key);
    if (other == after.end()) {
      add_change(changes, child_path(path, key), &value, nullptr);
    } else {
      compare(changes, child_path(path, key), value, *other);
    }
  }
  for (const auto& [key, value] : after.items()) {
    if (!before.contains(key)) add_change(changes, child_path(path, key), nullptr, &value);
  }
}

void compare_lists(Changes& changes, const std::string& path, const core::Value& before,
                   const core::Value& after) {
  for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
    const std::string place = child_path(path, i);
    if (i >= before.size()) {
      add_change(changes, place, nullptr, &after[i]);
    } else if (i >= after.size()) {
      add_change(changes, place, &before[i], nullptr);
    } else {
      compare(changes, place, before[i], after[i]);
    }
  }
}

void compare(Changes& changes, const std::string& path, const core::Value& before,
             const core::Value& after) {
  if (before == after) return;
  if (before.is_object() && after.is_object()) return compare_maps(changes, path, before, after);
  if (before.is_array() && after.is_array()) return compare_lists(changes, path, before, after);
  add_change(changes, path, &before, &after);
}

/// `digits` plus one; with leading zeros as long as it was.
std::string one_more(std::string digits) {
  for (auto at = digits.rbegin(); at != digits.rend(); ++at) {
    if (*at != '9') {
      ++*at;
      return digits;
    }
    *at = '0';
  }
  return "1" + digits;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

Changes changes_between(const core::JsonText& before, const core::JsonText& after) {
  Changes changes;
  compare(changes, {}, core::parse_object(before), core::parse_object(after));
  return changes;
}

core::JsonText with_version(const core::JsonText& document, const core::CampaignName& name,
                            const core::VersionName& version) {
  core::Value value = core::parse_object(document);
  core::Value& metadata = value["metadata"];
  core::Value& spec = value["spec"];
  const bool in_name = metadata.at("name") != name.text();
  if (in_name) metadata["name"] = name.text() + "-v-" + version.text();
  if (!in_name || spec.contains("version")) spec["version"] = version.text();
  return core::dump(value);
}

core::Result<core::VersionName> next_version(const core::VersionName& version) {
  const std::string& text = version.text();
  const auto last = std::find_if(text.rbegin(), text.rend(), is_digit).base();
  if (last == text.begin()) return parse_version(text + "-2");
  const auto first =
      std::find_if_not(std::make_reverse_iterator(last), text.rend(), is_digit).base();
  return parse_version(std::string(text.begin(), first) + one_more(std::string(first, last)) +
                       std::string(last, text.end()));
}

}  // namespace antiphon::campaign
