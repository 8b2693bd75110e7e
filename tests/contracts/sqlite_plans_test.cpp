// SPDX-License-Identifier: MIT
// What the store's statements cost: SQLite's plan of each. None may read what only grows, a history
// or the runs that wait.
#include "engine/store/sqlite_connection.hpp"
#include "engine/store/sqlite_queries.hpp"
#include "tests/contracts/store_contract.hpp"
#include "tests/support/texts.hpp"

namespace antiphon::test {
namespace {

using store::Connection;

/// A store as it is made, and a connection of its own to it.
struct Made {
  TempDir folder;
  std::string path = made((folder / "hq.db").string());
  Connection connection{path, Connection::Access::write};

  static std::string made(const std::string& path) {
    store::open_sqlite(path, plane("hq"), minted)->close();
    return path;
  }
};

/// What SQLite means to do for the statement, one step a line.
std::string plan_of(Connection& connection, const std::string& sql) {
  std::string plan;
  for (const std::string& line : connection.lines("EXPLAIN QUERY PLAN " + sql)) plan += line + '\n';
  return plan;
}

bool whole_table_or_sort(const std::string& plan) {
  return contains(plan, "SCAN") || contains(plan, "TEMP B-TREE");
}

TEST_CASE("sqlite store: no statement reads a whole table or sorts") {
  Made made;
  Connection& connection = made.connection;
  for (int i = 0; i < static_cast<int>(store::Query::count_); ++i) {
    const auto query = static_cast<store::Query>(i);
    const std::string sql = store::text_of(query);
    REQUIRE(!sql.empty());
    const std::string plan = plan_of(connection, sql);
    INFO(sql << '\n' << plan);
    switch (query) {
      case store::Query::meta_select:      // one row
      case store::Query::triggers_select:  // all of them are wanted, in the order of their key
      case store::Query::sites_ours:       // the same
        CHECK(!contains(plan, "TEMP B-TREE"));
        break;
      case store::Query::activations_open:  // the newest of those that are open, in their order
        CHECK(!contains(plan, "TEMP B-TREE"));
        CHECK(contains(plan, "SCAN activation USING INDEX activation_open\n"));
        break;
      case store::Query::commands_unsettled:  // counts what is open
        CHECK(contains(plan, "USING COVERING INDEX activation_open_command\n"));
        break;
      case store::Query::lane_load:  // adds up what is there, which has a bound
        CHECK(contains(plan, "SCAN lane"));
        break;
      case store::Query::objects_kept:  // counts what is there
        CHECK(contains(plan, "USING COVERING INDEX object_kept\n"));
        break;
      case store::Query::objects_gone:  // the same of what is gone
        CHECK(contains(plan, "USING COVERING INDEX object_gone"));
        break;
      default:
        CHECK(!whole_table_or_sort(plan));
    }
  }
}

TEST_CASE("sqlite store: lists of activations read an index in the order of the list") {
  Made made;
  Connection& connection = made.connection;
  const struct {
    store::Reader::ActivationFilter filter;
    const char* index;
  } rows[] = {
      {{"", "", false}, "activation_own"},
      {{"", "", true}, "INTEGER PRIMARY KEY"},
      {{"rollout", "", false}, "activation_campaign"},
      {{"", "failed", true}, "activation_state"},
      {{"", "running", false}, "activation_state"},
  };
  for (const auto& [filter, index] : rows) {
    const std::string plan = plan_of(connection, store::activations_page(filter));
    INFO(plan);
    CHECK(!whole_table_or_sort(plan));
    CHECK(contains(plan, index));
  }
}

TEST_CASE("sqlite store: the hot questions are answered from their partial indexes") {
  Made made;
  Connection& connection = made.connection;
  const struct {
    store::Query query;
    const char* index;
  } rows[] = {
      {store::Query::activation_commanded, "activation_commanded"},
      {store::Query::activations_open, "activation_open"},
      {store::Query::due_activations, "activation_due"},
      {store::Query::due_next_activation, "activation_due"},
      {store::Query::due_tasks, "task_due"},
      {store::Query::due_next_task, "task_due"},
      {store::Query::task_find, "task_id"},
      {store::Query::task_seq, "task_id"},
      {store::Query::tasks_owed, "task_owed"},
      {store::Query::owing_next, "task_owed"},
      {store::Query::tasks_local, "task_local"},
      {store::Query::tasks_asking, "task_asking"},
      {store::Query::seen_forget, "seen_expires"},
      {store::Query::objects_forget, "object_gone"},
      {store::Query::objects_gone_behind, "object_gone_named"},
      {store::Query::objects_page, "object_kept"},
      {store::Query::objects_page_of_kind, "object_kept"},
      {store::Query::version_newest, "campaign_version_newest"},
      {store::Query::version_last_seq, "campaign_version_applied"},
  };
  for (const auto& [query, index] : rows) {
    const std::string plan = plan_of(connection, store::text_of(query));
    INFO(plan);
    const std::string use = std::string("INDEX ") + index;
    CHECK((contains(plan, use + " (") || contains(plan, use + "\n")));
  }
}

}  // namespace
}  // namespace antiphon::test
