// SPDX-License-Identifier: MIT
#include "tests/sim/claims.hpp"

namespace antiphon::sim {

void Claims::note(const runtime::Outbound& message) {
  if (const auto* site = std::get_if<runtime::ToSite>(&message)) {
    if (const auto* command = std::get_if<core::Command>(&site->message)) {
      commands_.push_back({site->site, command->id, command->attempt});
    }
  } else if (const auto* origin = std::get_if<runtime::ToOrigin>(&message)) {
    const auto* reply = std::get_if<core::Reply>(&origin->message);
    if (reply != nullptr && reply->state == core::ReplyState::done) {
      results_.push_back({origin->origin, reply->id});
    }
  } else if (const auto* status = std::get_if<runtime::StatusOut>(&message)) {
    runs_.push_back({status->status.activation, status->status.seq});
  } else if (const auto* object = std::get_if<runtime::ObjectOut>(&message)) {
    objects_.push_back({object->object});
  } else if (const auto* request = std::get_if<runtime::RequestOut>(&message)) {
    if (!request->request.empty()) requests_.push_back(request->task);
  } else if (const auto* event = std::get_if<core::LifeCycle>(&message)) {
    runs_.push_back({event->activation, 0});
  }
}

std::vector<core::Violation> Claims::check(store::Transaction& rows) {
  std::vector<core::Violation> found;
  for (const Command& command : commands_) {
    const auto key = rows.find_task(command.id);
    const auto task = key ? rows.task(*key) : std::nullopt;
    if (!task || task->site != command.site || task->attempt < command.attempt) {
      found.push_back({"I1", "a command to " + command.site.text() + " has no task behind it"});
    }
  }
  for (const Result& result : results_) {
    const auto run = rows.commanded(result.origin, result.id);
    if (!run || !core::ended(run->state)) {
      found.push_back({"I1", "a result for " + result.origin.text() + " has no run behind it"});
    }
  }
  for (const Run& said : runs_) {
    const auto run = rows.activation(said.id);
    if (!run || run->seq < said.seq) {
      found.push_back({"I1", "of run " + said.id.text() + " more was told than is stored"});
    }
  }
  for (const Object& said : objects_) {
    if (rows.object(said.key)) continue;
    found.push_back({"I1", "object " + core::to_text(said.key) + " was told and is not stored"});
  }
  for (const core::TaskId& asks : requests_) {
    if (!rows.find_task(asks)) {
      found.push_back({"I1", "task " + asks.text() + " was said to ask and is not stored"});
    }
  }
  requests_.clear();
  objects_.clear();
  commands_.clear();
  results_.clear();
  runs_.clear();
  return found;
}

}  // namespace antiphon::sim
