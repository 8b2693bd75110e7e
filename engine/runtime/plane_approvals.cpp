// SPDX-License-Identifier: MIT
// What people are asked: said again after each connect, and taken back where the broker has kept
// what nobody asks any more.
#include "engine/core/polling.hpp"
#include "engine/runtime/plane.hpp"

namespace antiphon::runtime {

/// The broker has kept them, if it kept anything: so not all of very many are said again.
void Plane::say_requests(store::Transaction& rows) {
  for (const core::Task& task : rows.asking(std::nullopt, core::limits::retained_statuses)) {
    auto request = core::request_of(options_.plane, task);
    if (request.empty()) continue;
    messenger_.send(RequestOut{task.key.activation, task.id, std::move(request)});
  }
}

void Plane::on(Batch& batch, const SeenRequest& seen) {
  const auto key = batch.rows->find_task(seen.task);
  const auto task = key ? batch.rows->task(*key) : std::nullopt;
  const bool asked = task && key->activation == seen.activation &&
                     !core::request_of(options_.plane, *task).empty();
  if (!asked) batch.effects.push_back(core::PublishRequest{seen.activation, seen.task, {}});
}

}  // namespace antiphon::runtime
