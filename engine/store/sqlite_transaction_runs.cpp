// SPDX-License-Identifier: MIT
// Activations, their stage runs and outputs.
#include "engine/store/sqlite_rows.hpp"
#include "engine/store/sqlite_transaction.hpp"

namespace antiphon::store {

void SqliteTransaction::insert(const core::Activation& activation) {
  const ActivationKey key = keys_.find_or_reserve(activation.id);
  Statement statement = connection_.prepared(Query::activation_insert);
  bind_row(statement, key, activation);
  statement.run();
  keys_.note_stored(activation.id);
}

void SqliteTransaction::update(const core::Activation& activation) {
  const std::string what = "activation " + activation.id.text();
  Statement statement = connection_.prepared(Query::activation_update);
  bind_row(statement, existing(activation.id, what), activation);
  if (statement.run() == 0) throw not_stored(connection_.path(), what);
}

std::optional<core::Activation> SqliteTransaction::activation(const core::ActivationId& id) {
  Statement statement = connection_.prepared(Query::activation_select);
  statement.bind(id);
  if (!statement.step()) return std::nullopt;
  return read_activation(statement);
}

std::optional<core::Activation> SqliteTransaction::commanded(const core::PlaneName& origin,
                                                             const core::TaskId& id) {
  Statement statement = connection_.prepared(Query::activation_commanded);
  statement.bind(origin, id);
  if (!statement.step()) return std::nullopt;
  return read_activation(statement);
}

std::int64_t SqliteTransaction::unsettled_commands() {
  Statement statement = connection_.prepared(Query::commands_unsettled);
  statement.step();
  return statement.number();
}

std::vector<core::Activation> SqliteTransaction::open_activations(std::size_t limit) {
  Statement statement = connection_.prepared(Query::activations_open);
  statement.bind(sql_limit(limit));
  std::vector<core::Activation> found;
  while (statement.step()) found.push_back(read_activation(statement));
  return found;
}

void SqliteTransaction::insert(const core::StageRun& run) {
  const ActivationKey key = keys_.find_or_reserve(run.activation);
  Statement statement = connection_.prepared(Query::run_insert);
  bind_row(statement, key, run);
  statement.run();
}

void SqliteTransaction::update(const core::StageRun& run) {
  const std::string what =
      "stage run " + std::to_string(run.run) + " of activation " + run.activation.text();
  Statement statement = connection_.prepared(Query::run_update);
  bind_row(statement, existing(run.activation, what), run);
  if (statement.run() == 0) throw not_stored(connection_.path(), what);
}

std::optional<core::StageRun> SqliteTransaction::stage_run(const core::ActivationId& id,
                                                           std::int64_t run) {
  const auto key = keys_.find(id);
  if (!key) return std::nullopt;
  Statement statement = connection_.prepared(Query::run_select);
  statement.bind(*key, run);
  if (!statement.step()) return std::nullopt;
  return read_stage_run(statement, id);
}

std::optional<core::StageOutput> SqliteTransaction::output(const core::ActivationId& activation,
                                                           std::string_view stage) {
  const auto key = keys_.find(activation);
  if (!key) return std::nullopt;
  Statement statement = connection_.prepared(Query::output_select);
  statement.bind(*key, stage);
  if (!statement.step()) return std::nullopt;
  const std::int64_t run = statement.number();
  return core::StageOutput{run, statement.text()};
}

bool SqliteTransaction::any_output(const core::ActivationId& activation) {
  const auto key = keys_.find(activation);
  if (!key) return false;
  Statement statement = connection_.prepared(Query::output_any);
  statement.bind(*key);
  return statement.step();
}

void SqliteTransaction::put_output(const core::ActivationId& activation, std::string_view stage,
                                   const core::StageOutput& output) {
  const ActivationKey key = keys_.find_or_reserve(activation);
  Statement statement = connection_.prepared(Query::output_put);
  statement.bind(key, stage, output.run, Bytes{output.outputs});
  statement.run();
}

}  // namespace antiphon::store
