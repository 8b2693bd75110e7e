// SPDX-License-Identifier: MIT
#include "engine/store/sqlite_reader.hpp"

#include <algorithm>
#include <limits>

#include "engine/store/cursor.hpp"
#include "engine/store/sqlite_rows.hpp"

namespace antiphon::store {
namespace {

constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
constexpr auto highest = std::numeric_limits<std::int64_t>::max();

/// A negative LIMIT would be none.
int limit_of(const Page& page) {
  return page.limit < 0 ? 0 : page.limit;
}

}  // namespace

std::optional<std::int64_t> SqliteReader::key_of(const std::string& id) {
  Statement statement = connection_.prepared(Query::activation_key);
  statement.bind(id);
  if (!statement.step()) return std::nullopt;
  return statement.number();
}

std::vector<core::CampaignVersion> SqliteReader::campaigns(const Page& page) {
  core::CampaignVersion last;
  last.applied_seq = lowest;
  if (!page.after.empty()) {
    Statement cursor = connection_.prepared(Query::version_by_hash);
    cursor.bind(page.after);
    if (!cursor.step()) return {};
    last = read_version(cursor);
  }
  Statement statement = connection_.prepared(Query::versions_page);
  statement.bind(last.name_space, last.name, last.applied_seq, limit_of(page));
  std::vector<core::CampaignVersion> found;
  while (statement.step()) found.push_back(read_version(statement));
  return found;
}

std::optional<core::CampaignVersion> SqliteReader::campaign(const core::Namespace& name_space,
                                                            const core::CampaignName& name,
                                                            const core::VersionName& version) {
  Statement statement =
      connection_.prepared(version.empty() ? Query::version_newest : Query::version_select);
  if (version.empty()) {
    statement.bind(name_space, name);
  } else {
    statement.bind(name_space, name, version);
  }
  if (!statement.step()) return std::nullopt;
  return read_version(statement);
}

std::vector<core::Activation> SqliteReader::activations(const ActivationFilter& filter,
                                                        const Page& page) {
  std::int64_t before = highest;
  if (!page.after.empty()) {
    const auto key = key_of(page.after);
    if (!key) return {};
    before = *key;
  }
  Statement statement = connection_.prepare(activations_page(filter));
  statement.bind(before, filter.campaign, filter.state, limit_of(page));
  std::vector<core::Activation> found;
  while (statement.step()) found.push_back(read_activation(statement));
  return found;
}

std::optional<core::Activation> SqliteReader::activation(const core::ActivationId& id) {
  Statement statement = connection_.prepared(Query::activation_select);
  statement.bind(id);
  if (!statement.step()) return std::nullopt;
  return read_activation(statement);
}

std::vector<core::StageRun> SqliteReader::history(const core::ActivationId& id, const Page& page) {
  const auto key = key_of(id.text());
  const auto after = page.after.empty() ? lowest : read_number(page.after);
  if (!key || !after) return {};
  Statement statement = connection_.prepared(Query::runs_page);
  statement.bind(*key, *after, limit_of(page));
  std::vector<core::StageRun> found;
  while (statement.step()) found.push_back(read_stage_run(statement, id));
  return found;
}

std::vector<core::Task> SqliteReader::tasks(const core::ActivationId& id,
                                            std::optional<std::int64_t> run, const Page& page) {
  const auto key = key_of(id.text());
  if (!key) return {};
  std::pair after{run.value_or(lowest), std::int64_t{-1}};
  if (!page.after.empty()) {
    const auto cursor = read_run_ordinal(page.after);
    if (!cursor) return {};
    after = std::max(after, *cursor);
  }
  Statement statement = connection_.prepared(Query::tasks_page);
  statement.bind(*key, after.first, after.second, run.value_or(highest), limit_of(page));
  std::vector<core::Task> found;
  while (statement.step()) found.push_back(read_task(statement, id));
  return found;
}

std::vector<core::Task> SqliteReader::asking(const Page& page) {
  std::int64_t activation = 0;
  std::int64_t run = 0;
  std::int64_t ordinal = 0;
  if (!page.after.empty()) {
    Statement cursor = connection_.prepared(Query::task_find);
    cursor.bind(page.after);
    if (!cursor.step()) return {};
    core::ActivationId id;
    cursor.read(id);
    activation = key_of(id.text()).value_or(0);
    run = cursor.number();
    ordinal = cursor.number();
  }
  Statement statement = connection_.prepared(Query::tasks_asking);
  statement.bind(activation, run, ordinal, limit_of(page));
  std::vector<core::Task> found;
  while (statement.step()) found.push_back(read_task(statement));
  return found;
}

std::optional<core::StageOutput> SqliteReader::output(const core::ActivationId& id,
                                                      std::string_view stage) {
  const auto key = key_of(id.text());
  if (!key) return std::nullopt;
  Statement statement = connection_.prepared(Query::output_select);
  statement.bind(*key, stage);
  if (!statement.step()) return std::nullopt;
  const std::int64_t run = statement.number();
  return core::StageOutput{run, statement.text()};
}

std::optional<core::WorkLog> SqliteReader::log(const core::TaskKey& task) {
  const auto key = key_of(task.activation.text());
  if (!key) return std::nullopt;
  Statement statement = connection_.prepared(Query::log_select);
  statement.bind(*key, task.run, task.ordinal);
  if (!statement.step()) return std::nullopt;
  return read_log(statement);
}

std::vector<core::Object> SqliteReader::objects(const ObjectFilter& filter, const Page& page) {
  core::ObjectKey after{filter.kind, {}, {}};
  if (!page.after.empty()) {
    const auto key = core::object_key(page.after);
    if (!key) return {};
    after = std::max(after, *key);
  }
  if (!filter.kind.empty() && after.kind != filter.kind) return {};
  Statement statement =
      connection_.prepared(filter.kind.empty() ? Query::objects_page : Query::objects_page_of_kind);
  statement.bind(after.kind, after.name_space, after.name, filter.name_space, limit_of(page));
  std::vector<core::Object> found;
  while (statement.step()) found.push_back(read_object(statement));
  return found;
}

std::optional<core::Object> SqliteReader::object(const core::ObjectKey& key) {
  Statement statement = connection_.prepared(Query::object_select);
  statement.bind(key.kind, key.name_space, key.name);
  if (!statement.step()) return std::nullopt;
  core::Object object = read_object(statement);
  if (object.deleted_at) return std::nullopt;
  return object;
}

std::vector<core::Site> SqliteReader::sites(const Page& page) {
  Statement statement = connection_.prepared(Query::sites_page);
  statement.bind(page.after, limit_of(page));
  std::vector<core::Site> found;
  while (statement.step()) found.push_back(read_site(statement));
  return found;
}

std::vector<core::TriggerRow> SqliteReader::triggers(const Page& page) {
  const TriggerPlace after = trigger_place(page.after);
  Statement statement = connection_.prepared(Query::triggers_page);
  statement.bind(after[0], after[1], after[2], limit_of(page));
  std::vector<core::TriggerRow> found;
  while (statement.step()) found.push_back(read_trigger(statement));
  return found;
}

core::LaneLoad SqliteReader::lane_load(const core::TriggerRow& trigger) {
  const std::string ids = core::to_text(trigger);
  Statement statement = connection_.prepared(Query::lane_load_of);
  statement.bind(ids + "/", ids + after_slash);
  statement.step();
  return read_load(statement);
}

std::vector<core::Reject> SqliteReader::rejects(const Page& page) {
  const auto before = page.after.empty() ? highest : read_number(page.after);
  if (!before) return {};
  Statement statement = connection_.prepared(Query::rejects_page);
  statement.bind(*before, limit_of(page));
  std::vector<core::Reject> found;
  while (statement.step()) found.push_back(read_reject(statement));
  return found;
}

}  // namespace antiphon::store
