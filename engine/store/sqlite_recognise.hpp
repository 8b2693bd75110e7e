// SPDX-License-Identifier: MIT
// Whether a file is a store that this program knows: asked before anything is written to it.
#pragma once

#include <string>

namespace antiphon::store {

class Connection;

/// Looks before SQLite does, which would make files beside one that is none of its own. An empty
/// file passes. Throws StoreError.
void refuse_no_database(const std::string& path);

/// False: the database has no tables yet. Throws StoreError when it is another program's, or of a
/// newer schema (Kind::newer).
bool is_store(Connection& connection);

}  // namespace antiphon::store
