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

/// When nothing is heard for this long the plane is asked, in case an event was lost. The first
/// time sooner: a run that is over says nothing more.
constexpr core::Duration quiet_time = core::seconds(2);
constexpr core::Duration first_quiet_time = core::milliseconds(200);
/// A run that the plane calls ended: its last events may still be on their way.
constexpr core::Duration last_words_time = core::milliseconds(500);

/// What the event would have said that told of the run's end.
core::LifeCycle end_of(const core::ActivationId& id, const Value& run) {
  core::LifeCycle event;
  event.type = "activation.ended";
  event.activation = id;
  event.at = core::parse_rfc3339(cell(run, "ended")).value_or(core::Instant{});
  Value data{{"activation", id.text()}};
  for (const char* field : {"campaign", "version", "state", "status", "error"}) {
    if (const auto found = run.find(field); found != run.end()) data[field] = *found;
  }
  event.data = core::dump(data);
  return event;
}

int follow_all(Client& client, const ClientOptions& options) {
  core::QueryRequest anything;
  anything.what = "activations";
  anything.limit = 1;
  if (const auto there = client.ask(std::move(anything)); !there) {
    return report(there.error(), options);
  }
  say_watching("plane " + options.plane, options);
  EventLines lines(true);
  while (true) {
    const auto message = client.next(quiet_time);
    if (!message) continue;
    if (const auto event = wire::decode_event(*message)) print_event(*event, lines, options.json);
  }
}

int follow_one(Client& client, const ClientOptions& options, const core::ActivationId& run,
               bool to_step) {
  EventLines lines(false);
  std::optional<Value> over;
  int questions = 0;
  while (true) {
    const auto message = client.next(over             ? last_words_time
                                     : questions == 0 ? first_quiet_time
                                                      : quiet_time);
    if (message) {
      const auto event = wire::decode_event(*message);
      if (!event || event->activation != run) continue;
      print_event(*event, lines, options.json);
      if (to_step && event->type == "activation.proposed") return exit_code::ok;
      if (event->type != "activation.ended") continue;
      return exit_code_of(cell(core::parse_object(event->data), "state"));
    }
    if (over) {
      print_event(end_of(run, *over), lines, options.json);
      return exit_code_of(cell(*over, "state"));
    }
    auto known = look_up(client, run);
    // At first the plane may not have the request yet that starts the run; later it may be away for
    // a while.
    const bool no = !known && (known.error().exit_code == exit_code::refused) == (questions > 0);
    if (no) return report(known.error(), options);
    if (to_step && known && awaits_step(*known)) return exit_code::ok;
    if (known && has_ended(*known)) over = *std::move(known);
    ++questions;
  }
}

}  // namespace

int exit_code_of(std::string_view state) {
  return state == "done" ? exit_code::ok : exit_code::failed;
}

Reached<Value> look_up(Client& client, const core::ActivationId& run) {
  core::QueryRequest query;
  query.what = "activation";
  query.activation = run.text();
  const auto answer = client.ask(std::move(query));
  if (!answer) return tl::unexpected(answer.error());
  return core::parse_object(answer->body).value("item", Value::object());
}

bool has_ended(const Value& run) {
  const auto known = core::activation_state(cell(run, "state"));
  return known && core::ended(*known);
}

bool awaits_step(const Value& run) {
  return run.contains("proposal");
}

Reached<Value> await_stand(Client& client, const core::ActivationId& run, std::int64_t opened) {
  const auto stands = [opened](const Value& item) {
    return has_ended(item) || awaits_step(item) || item.value("run", std::int64_t{0}) > opened;
  };
  while (true) {
    auto known = look_up(client, run);
    const bool away = !known && known.error().exit_code == exit_code::unreachable;
    if (!away && (!known || stands(*known))) return known;
    while (const auto message = client.next(quiet_time)) {
      const auto event = wire::decode_event(*message);
      if (event && event->activation == run && event->type.starts_with("activation.")) break;
    }
  }
}

std::vector<std::string> followed_filters(const ClientOptions& options) {
  const auto plane = core::PlaneName::parse(options.plane);
  const auto topics = plane ? wire::Topics::make(options.topic_root, *plane) : core::failure(0, {});
  if (!topics) return {};  // Client::connect says what is wrong
  return {topics->all_events()};
}

void say_watching(const std::string& what, const ClientOptions& options) {
  if (options.json) return;
  std::printf("%s\n", paint("watching " + what + "; Ctrl-C ends it", Colour::dim).c_str());
  std::fflush(stdout);
}

int follow(Client& client, const ClientOptions& options,
           const std::optional<core::ActivationId>& only, bool to_step) {
  return only ? follow_one(client, options, *only, to_step) : follow_all(client, options);
}

}  // namespace antiphon::cli
