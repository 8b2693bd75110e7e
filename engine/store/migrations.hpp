// SPDX-License-Identifier: MIT
// The store's schema as numbered steps. `PRAGMA user_version` is the number of the last one
// applied; a released step is never edited, a change is a new step.
#pragma once

#include <vector>

namespace antiphon::store {

class Connection;

struct Migration {
  int number;
  const char* sql;  ///< one or more statements, no BEGIN or COMMIT
};

/// In order of number, from 1, without gaps.
const std::vector<Migration>& migrations();

/// The number of the schema that this program writes.
int schema_version();

/// Applies the steps that the file lacks, each in one transaction with its number: a file is at one
/// step or at the next, never between. Throws StoreError.
void migrate(Connection& connection, const std::vector<Migration>& steps);

/// What `PRAGMA application_id` says of our files ("Anti").
inline constexpr int application_id = 0x416e7469;

}  // namespace antiphon::store
