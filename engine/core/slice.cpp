// SPDX-License-Identifier: MIT
#include "engine/core/slice.hpp"

#include "engine/core/check.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/report.hpp"

namespace antiphon::core {

void Slice::begin(Activation fresh) {
  ANTIPHON_CHECK(!activation);
  activation = std::move(fresh);
  activation_new_ = true;
}

void Slice::begin(StageRun fresh) {
  ANTIPHON_CHECK(!run_changed_ && !run_new_);
  run = std::move(fresh);
  run_new_ = true;
}

void Slice::flush_run() {
  if (run_new_) {
    rows.insert(*run);
  } else if (run_changed_) {
    rows.update(*run);
  }
  run_new_ = run_changed_ = false;
}

void Slice::save() {
  const bool run_moved = run_new_ || run_changed_;
  flush_run();
  if (!activation_new_ && !activation_changed_ && !run_moved) return;
  activation->seq += 1;
  activation->updated = now();
  if (activation_new_) {
    rows.insert(*activation);
  } else {
    rows.update(*activation);
  }
  activation_new_ = activation_changed_ = false;
  const bool frees = ended(activation->state) && !activation->trigger.empty();
  if (frees && !planted(Planted::lane_not_freed)) rows.free_lane(activation->id, now());
  if (activation->origin.empty()) emit(PublishStatus{status_of(*activation, run)});
}

}  // namespace antiphon::core
