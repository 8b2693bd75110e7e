// SPDX-License-Identifier: MIT
// Campaign versions and their triggers.
#include "engine/store/sqlite_rows.hpp"
#include "engine/store/sqlite_transaction.hpp"

namespace antiphon::store {

void SqliteTransaction::insert(const core::CampaignVersion& version) {
  Statement statement = connection_.prepared(Query::version_insert);
  bind_row(statement, version);
  statement.run();
}

std::optional<core::CampaignVersion> SqliteTransaction::one_version(Statement& statement) {
  if (!statement.step()) return std::nullopt;
  return read_version(statement);
}

std::optional<core::CampaignVersion> SqliteTransaction::campaign_version(
    const core::Namespace& name_space, const core::CampaignName& name,
    const core::VersionName& version) {
  Statement statement = connection_.prepared(Query::version_select);
  return one_version(statement.bind(name_space, name, version));
}

std::optional<core::CampaignVersion> SqliteTransaction::newest(const core::Namespace& name_space,
                                                               const core::CampaignName& name) {
  Statement statement = connection_.prepared(Query::version_newest);
  return one_version(statement.bind(name_space, name));
}

std::optional<core::CampaignVersion> SqliteTransaction::by_hash(std::string_view hash) {
  Statement statement = connection_.prepared(Query::version_by_hash);
  return one_version(statement.bind(hash));
}

void SqliteTransaction::touch(std::string_view hash, std::int64_t applied_seq, core::Instant at) {
  Statement statement = connection_.prepared(Query::version_touch);
  statement.bind(hash, applied_seq, at);
  if (statement.run() == 0) {
    throw not_stored(connection_.path(), "campaign version " + std::string(hash));
  }
}

std::int64_t SqliteTransaction::last_applied_seq() {
  Statement statement = connection_.prepared(Query::version_last_seq);
  return statement.step() ? statement.number() : 0;
}

std::vector<core::TriggerRow> SqliteTransaction::triggers() {
  Statement statement = connection_.prepared(Query::triggers_select);
  std::vector<core::TriggerRow> found;
  while (statement.step()) found.push_back(read_trigger(statement));
  return found;
}

std::vector<core::TriggerRow> SqliteTransaction::triggers(const core::Namespace& name_space,
                                                          const core::CampaignName& campaign) {
  Statement statement = connection_.prepared(Query::triggers_of_campaign);
  statement.bind(name_space, campaign);
  std::vector<core::TriggerRow> found;
  while (statement.step()) found.push_back(read_trigger(statement));
  return found;
}

void SqliteTransaction::replace_triggers(const core::Namespace& name_space,
                                         const core::CampaignName& campaign,
                                         const std::vector<core::TriggerRow>& triggers) {
  connection_.prepared(Query::triggers_delete).bind(name_space, campaign).run();
  for (const core::TriggerRow& trigger : triggers) {
    Statement statement = connection_.prepared(Query::trigger_insert);
    bind_row(statement, trigger);
    statement.run();
  }
}

}  // namespace antiphon::store
