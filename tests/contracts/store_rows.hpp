// SPDX-License-Identifier: MIT
// Sample rows for the store's contract, with every field set to something of its own, and rows as
// text, so that a field that is lost or mixed up shows in the message of the failed check.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/model.hpp"
#include "engine/core/object.hpp"
#include "engine/core/rows.hpp"

namespace antiphon::test {

template <class Name>
Name name(std::string_view text) {
  return Name::parse(text).value();
}

inline core::ActivationId activation_id(std::string_view text) {
  return name<core::ActivationId>(text);
}
inline core::TaskId task_id(std::string_view text) {
  return name<core::TaskId>(text);
}
inline core::PlaneName plane(std::string_view text) {
  return name<core::PlaneName>(text);
}

core::Activation some_activation(std::string_view id);
core::Activation some_command(std::string_view id, std::string_view origin,
                              std::string_view task_id);
core::StageRun some_run(std::string_view activation, std::int64_t run);
/// An owed one for the site; its id is "<activation>-<run>-<ordinal>", its deadline 1000.
core::Task some_task(std::string_view activation, std::int64_t run, std::int64_t ordinal,
                     std::string_view site);
core::CampaignVersion some_version(std::string_view name, std::string_view version,
                                   std::int64_t applied_seq);
core::TriggerRow some_trigger(std::string_view campaign, std::string_view trigger);
core::Site some_site(std::string_view site);
/// "kind/name", or "kind/name@namespace".
core::Object some_object(std::string_view key);
core::Reject some_reject(std::string_view reason);

std::string shown(const core::Activation& row);
std::string shown(const core::StageRun& row);
std::string shown(const core::Task& row);
std::string shown(const core::CampaignVersion& row);
std::string shown(const core::TriggerRow& row);
std::string shown(const core::Lane& row);
std::string shown(const core::LaneEvent& row);
std::string shown(const core::Site& row);
std::string shown(const core::Object& row);
std::string shown(const core::Reject& row);

template <class Row>
std::string shown(const std::optional<Row>& row) {
  return row ? shown(*row) : "none";
}

/// One word per row, in order: "a b c".
template <class Rows, class Word>
std::string listed(const Rows& rows, Word word) {
  std::string list;
  for (const auto& row : rows) list += (list.empty() ? "" : " ") + std::string(word(row));
  return list;
}

std::string ids(const std::vector<core::Activation>& rows);
std::string ids(const std::vector<core::Task>& rows);

}  // namespace antiphon::test
