// SPDX-License-Identifier: MIT
#include "connectors/cli/follow.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "connectors/cli/event_lines.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

constexpr core::Duration quiet_time = core::seconds(2);  // then we ask, in case an event was lost

int code_of(std::string_view state) {
  return state == "done" ? exit_code::ok : exit_code::failed;
}

/// The run's state as the plane knows it.
Reached<std::string> state_of(Client& client, const core::ActivationId& run) {
  core::QueryRequest query;
  query.what = "activation";
  query.activation = run.text();
  const auto answer = client.ask(std::move(query));
  if (!answer) return tl::unexpected(answer.error());
  return cell(core::parse_object(answer->body).value("item", Value::object()), "state");
}

bool ended(std::string_view state) {
  const auto known = core::activation_state(state);
  return known && core::ended(*known);
}

void print(const core::LifeCycle& event, EventLines& lines, bool json) {
  if (json) {
    const Value value{{"type", event.type},
                      {"activation", event.activation.text()},
                      {"at", core::to_rfc3339(event.at)},
                      {"data", core::parse_object(event.data)}};
    std::printf("%s\n", core::dump(value).c_str());
  } else {
    std::printf("%s\n", lines.line(event).c_str());
  }
  std::fflush(stdout);
}

}  // namespace

std::vector<std::string> followed_filters(const ClientOptions& options) {
  const auto plane = core::PlaneName::parse(options.plane);
  const auto topics = plane ? wire::Topics::make(options.topic_root, *plane) : core::failure(0, {});
  if (!topics) return {};  // Client::connect says what is wrong
  return {topics->all_events()};
}

int follow(Client& client, const ClientOptions& options,
           const std::optional<core::ActivationId>& only) {
  EventLines lines(!only);
  while (true) {
    const auto message = client.next(quiet_time);
    if (!message) {
      if (!only) continue;
      const auto state = state_of(client, *only);
      if (!state && state.error().exit_code == exit_code::refused)
        return report(state.error(), options);
      if (state && ended(*state)) return code_of(*state);
      continue;
    }
    const auto event = wire::decode_event(*message);
    if (!event || (only && event->activation != *only)) continue;
    print(*event, lines, options.json);
    if (only && event->type == "activation.ended") {
      return code_of(cell(core::parse_object(event->data), "state"));
    }
  }
}

}  // namespace antiphon::cli
