// SPDX-License-Identifier: MIT
// What a plane has said to others, until it was compared with what it has on its disk: nothing may
// be said that was not committed before (I1).
#pragma once

#include <string>
#include <vector>

#include "engine/core/invariants.hpp"
#include "engine/runtime/messenger.hpp"
#include "engine/store/store.hpp"

namespace antiphon::sim {

class Claims {
 public:
  /// The plane hands this to its messenger.
  void note(const runtime::Outbound& message);

  bool empty() const {
    return commands_.empty() && results_.empty() && runs_.empty() && objects_.empty() &&
           requests_.empty();
  }

  /// Compares them with committed rows, and forgets them.
  std::vector<core::Violation> check(store::Transaction& rows);

 private:
  struct Command {
    core::PlaneName site;
    core::TaskId id;
    int attempt;
  };
  struct Result {
    core::PlaneName origin;
    core::TaskId id;
  };
  struct Run {
    core::ActivationId id;
    std::int64_t seq;
  };

  struct Object {
    core::ObjectKey key;
  };

  std::vector<Command> commands_;
  std::vector<Result> results_;
  std::vector<Run> runs_;
  std::vector<Object> objects_;
  std::vector<core::TaskId> requests_;
};

}  // namespace antiphon::sim
