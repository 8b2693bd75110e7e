// SPDX-License-Identifier: MIT
// What a plane knows besides its runs: identities, sites, rejects, its clock.
#include "engine/core/limits.hpp"
#include "engine/store/sqlite_rows.hpp"
#include "engine/store/sqlite_transaction.hpp"

namespace antiphon::store {

std::optional<std::string> SqliteTransaction::seen(std::string_view digest, core::Instant now) {
  const std::string key(digest);
  Statement statement = connection_.prepared(Query::seen_select);
  statement.bind(Bytes{key}, now);
  if (!statement.step()) return std::nullopt;
  return statement.text();
}

void SqliteTransaction::remember(std::string_view digest, std::string_view answer,
                                 core::Instant expires) {
  const std::string key(digest);
  const std::string bytes(answer);
  Statement statement = connection_.prepared(Query::seen_put);
  statement.bind(Bytes{key}, Bytes{bytes}, expires);
  statement.run();
}

std::size_t SqliteTransaction::forget_expired(core::Instant now, std::size_t limit) {
  Statement statement = connection_.prepared(Query::seen_forget);
  statement.bind(now, sql_limit(limit));
  return static_cast<std::size_t>(statement.run());
}

std::vector<core::SiteView> SqliteTransaction::sites() {
  Statement statement = connection_.prepared(Query::sites_ours);
  std::vector<core::SiteView> found;
  while (statement.step()) {
    core::Site site = read_site(statement);
    found.push_back({site.name, site.online, std::move(site.labels), site.last_seen});
  }
  return found;
}

std::optional<core::Site> SqliteTransaction::site(const core::PlaneName& name) {
  Statement statement = connection_.prepared(Query::site_select);
  statement.bind(name);
  if (!statement.step()) return std::nullopt;
  return read_site(statement);
}

void SqliteTransaction::put(const core::Site& site) {
  Statement statement = connection_.prepared(Query::site_put);
  bind_row(statement, site);
  statement.run();
}

void SqliteTransaction::add(core::Reject reject) {
  Statement insert = connection_.prepared(Query::reject_insert);
  bind_row(insert, reject);
  insert.run();
  connection_.prepared(Query::reject_trim).bind(core::limits::kept_rejects).run();
}

core::Instant SqliteTransaction::last_instant() {
  Statement statement = connection_.prepared(Query::instant_select);
  statement.step();
  return statement.instant();
}

void SqliteTransaction::put_last_instant(core::Instant at) {
  connection_.prepared(Query::instant_update).bind(at).run();
}

}  // namespace antiphon::store
