// SPDX-License-Identifier: MIT
// Activation ids to the integers that stand for them. A key is given at the first row that names an
// activation, which may come before the activation's own row within one transaction.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "engine/core/names.hpp"
#include "engine/store/sqlite_connection.hpp"
#include "engine/store/sqlite_rows.hpp"

namespace antiphon::store {

class ActivationKeys {
 public:
  explicit ActivationKeys(Connection& connection);

  /// None: no row has named the activation.
  std::optional<ActivationKey> find(const core::ActivationId& id);
  ActivationKey find_or_reserve(const core::ActivationId& id);

  /// The activation's own row was written.
  void note_stored(const core::ActivationId& id);
  /// An activation that has rows and is none itself; a transaction must not end with one.
  std::optional<core::ActivationId> missing() const;

  /// After a transaction that left no trace.
  void forget();

 private:
  void keep(const core::ActivationId& id, ActivationKey key);

  Connection& connection_;
  ActivationKey last_;
  std::unordered_map<core::ActivationId, ActivationKey> known_;
  std::unordered_map<core::ActivationId, ActivationKey> reserved_;
};

}  // namespace antiphon::store
