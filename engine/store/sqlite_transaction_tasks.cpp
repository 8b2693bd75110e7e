// SPDX-License-Identifier: MIT
// Tasks: what is owed, what is done here, and what is due.
#include <algorithm>

#include "engine/store/sqlite_rows.hpp"
#include "engine/store/sqlite_transaction.hpp"

namespace antiphon::store {

void SqliteTransaction::insert(const core::Task& task) {
  const ActivationKey key = keys_.find_or_reserve(task.key.activation);
  Statement statement = connection_.prepared(Query::task_insert);
  bind_row(statement, key, task);
  statement.run();
}

void SqliteTransaction::update(const core::Task& task) {
  const std::string what = "task " + std::to_string(task.key.run) + "." +
                           std::to_string(task.key.ordinal) + " of activation " +
                           task.key.activation.text();
  Statement statement = connection_.prepared(Query::task_update);
  bind_row(statement, existing(task.key.activation, what), task);
  if (statement.run() == 0) throw not_stored(connection_.path(), what);
}

std::optional<core::Task> SqliteTransaction::task(const core::TaskKey& key) {
  const auto activation = keys_.find(key.activation);
  if (!activation) return std::nullopt;
  Statement statement = connection_.prepared(Query::task_select);
  statement.bind(*activation, key.run, key.ordinal);
  if (!statement.step()) return std::nullopt;
  return read_task(statement, key.activation);
}

void SqliteTransaction::put_log(const core::TaskKey& key, const core::WorkLog& log) {
  Statement statement = connection_.prepared(Query::log_put);
  statement.bind(keys_.find_or_reserve(key.activation), key.run, key.ordinal, log.attempt,
                 Bytes{log.out}, Bytes{log.err}, log.note);
  statement.run();
}

std::optional<core::WorkLog> SqliteTransaction::log(const core::TaskKey& key) {
  const auto activation = keys_.find(key.activation);
  if (!activation) return std::nullopt;
  Statement statement = connection_.prepared(Query::log_select);
  statement.bind(*activation, key.run, key.ordinal);
  if (!statement.step()) return std::nullopt;
  return read_log(statement);
}

void SqliteTransaction::each_task(const core::ActivationId& activation, std::int64_t run,
                                  std::int64_t after, std::size_t limit,
                                  const std::function<bool(const core::Task&)>& visit) {
  const auto key = keys_.find(activation);
  if (!key) return;
  Statement statement = connection_.prepared(Query::tasks_of_run);
  statement.bind(*key, run, after, sql_limit(limit));
  while (statement.step() && visit(read_task(statement, activation))) {
  }
}

std::optional<core::TaskKey> SqliteTransaction::find_task(const core::TaskId& id) {
  Statement statement = connection_.prepared(Query::task_find);
  statement.bind(id);
  if (!statement.step()) return std::nullopt;
  core::TaskKey key;
  statement.read(key.activation);
  key.run = statement.number();
  key.ordinal = statement.number();
  return key;
}

std::vector<core::Task> SqliteTransaction::owed(const core::PlaneName& site,
                                                const std::optional<core::TaskId>& after,
                                                std::size_t limit) {
  std::int64_t after_seq = 0;
  if (after) {
    Statement cursor = connection_.prepared(Query::task_seq);
    cursor.bind(*after);
    if (!cursor.step()) return {};
    after_seq = cursor.number();
  }
  Statement statement = connection_.prepared(Query::tasks_owed);
  statement.bind(site, after_seq, sql_limit(limit));
  std::vector<core::Task> found;
  while (statement.step()) found.push_back(read_task(statement));
  return found;
}

std::vector<core::PlaneName> SqliteTransaction::owing_sites() {
  // One search per site: the tasks of one that owes thousands are stepped over, not read.
  std::vector<core::PlaneName> found;
  core::PlaneName last;
  while (true) {
    Statement statement = connection_.prepared(Query::owing_next);
    statement.bind(last);
    if (!statement.step()) return found;
    core::PlaneName next;
    statement.read(next);
    // In a broken index the search would find the same ones for ever.
    if (!(last < next)) statement.refuse("its owing sites are out of order");
    found.push_back(last = next);
  }
}

std::vector<core::Task> SqliteTransaction::local_work(const std::optional<core::TaskKey>& after,
                                                      std::size_t limit) {
  return tasks_behind(Query::tasks_local, after, limit);
}

std::vector<core::Task> SqliteTransaction::asking(const std::optional<core::TaskKey>& after,
                                                  std::size_t limit) {
  return tasks_behind(Query::tasks_asking, after, limit);
}

std::vector<core::Task> SqliteTransaction::tasks_behind(Query query,
                                                        const std::optional<core::TaskKey>& after,
                                                        std::size_t limit) {
  ActivationKey after_activation = 0;
  std::int64_t after_run = 0;
  std::int64_t after_ordinal = 0;
  if (after) {
    const auto key = keys_.find(after->activation);
    if (!key) return {};
    after_activation = *key;
    after_run = after->run;
    after_ordinal = after->ordinal;
  }
  Statement statement = connection_.prepared(query);
  statement.bind(after_activation, after_run, after_ordinal, sql_limit(limit));
  std::vector<core::Task> found;
  while (statement.step()) found.push_back(read_task(statement));
  return found;
}

std::vector<Due> SqliteTransaction::due(core::Instant now, std::size_t limit) {
  std::vector<Due> found;
  Statement activations = connection_.prepared(Query::due_activations);
  activations.bind(now, sql_limit(limit));
  while (activations.step()) {
    Due& due = found.emplace_back();
    activations.read(due.activation);
    due.at = activations.instant();
  }
  Statement tasks = connection_.prepared(Query::due_tasks);
  tasks.bind(now, sql_limit(limit));
  while (tasks.step()) {
    Due& due = found.emplace_back();
    tasks.read(due.activation);
    const std::int64_t run = tasks.number();
    const std::int64_t ordinal = tasks.number();
    due.task = core::TaskKey{due.activation, run, ordinal};
    due.at = tasks.instant();
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Due& a, const Due& b) { return a.at < b.at; });
  if (found.size() > limit) found.resize(limit);
  return found;
}

std::optional<core::Instant> SqliteTransaction::next_due() {
  std::optional<core::Instant> least;
  for (const Query query :
       {Query::due_next_activation, Query::due_next_task, Query::due_next_lane}) {
    Statement statement = connection_.prepared(query);
    if (!statement.step()) continue;
    const core::Instant at = statement.instant();
    least = least ? std::min(*least, at) : at;
  }
  return least;
}

}  // namespace antiphon::store
