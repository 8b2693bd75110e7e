// SPDX-License-Identifier: MIT
// Providers that say "not yet", for trying durable polling out: `ask` is a pure function, `fetch`
// is work of whoever plays the worker pool.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/core/provider.hpp"
#include "engine/stages/registry.hpp"

namespace antiphon::test {

/// Is done, or fails with the input `end` if it has one, once it was asked again as often as the
/// input `times` says; until then every input `every` seconds (10). Its state counts, and is a text
/// of the input `bytes` length beside.
inline core::InlineResult ask(const core::Call& call) {
  const auto number = [&call](const char* name, int otherwise) {
    return call.inputs.contains(name) ? call.inputs.at(name).get<int>() : otherwise;
  };
  const int counted = call.state == nullptr ? 0 : call.state->at("n").get<int>();
  if (counted != call.polls) return core::Finished{500, core::Value::object(), "a state was lost"};
  const int times = number("times", 0);
  if (counted >= times) {
    const int end = number("end", 200);
    return core::Finished{end, {{"asked", counted}}, end == 200 ? "" : "it failed"};
  }
  const auto bytes = static_cast<std::size_t>(number("bytes", 0));
  return core::NotYet{core::seconds(number("every", 10)),
                      {{"n", counted + 1}, {"kept", std::string(bytes, 'x')}},
                      "answer " + std::to_string(counted + 1) + " of " + std::to_string(times)};
}

/// Approved, it is done; rejected, it fails; with the comment `again` it is asked once more.
inline core::Counted vote_on_ask(const core::Call&, const core::Vote& vote) {
  if (vote.comment == "again") return {};
  if (vote.comment == "no") return {std::nullopt, 403, "not you", {}};
  const int status = vote.approve ? 200 : 500;
  return {core::Finished{status, core::Value::object(), vote.approve ? "" : "rejected"}};
}

/// The signal `go` ends it, `fail` fails it; it waits for no other.
inline core::Counted signal_to_ask(const core::Call&, const core::Signal& signal) {
  if (signal.name == "full") return {std::nullopt, 413, "no room", {}};
  if (signal.name != "go" && signal.name != "fail") return {std::nullopt, 404, "another", {}};
  const int status = signal.name == "go" ? 200 : 500;
  return {core::Finished{status, core::Value::object(), status == 200 ? "" : "failed"}};
}

inline core::Providers polling_providers() {
  using core::Executor;
  using core::RestartRule;
  return stages::standard_providers().with({
      {"ask",
       Executor::inline_stage,
       RestartRule::rerun,
       true,
       ask,
       {},
       {},
       false,
       vote_on_ask,
       signal_to_ask},
      {"fetch", Executor::worker, RestartRule::reattach_else_uncertain, true, nullptr},
  });
}

}  // namespace antiphon::test
