// SPDX-License-Identifier: MIT
// Checks of one task's life: its order, repeats, attempts, cancel, deadline.
#include "connectors/cli/check_site/checks.hpp"
#include "engine/core/json.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/clock.hpp"

namespace antiphon::cli {
namespace {

namespace status = core::status;
using core::ReplyState;
using core::Value;

/// To be waited for; it shows where an answer did not come at once.
constexpr core::Duration a_while = core::seconds(1);
/// Never waited for.
constexpr core::Duration long_time = core::minutes(10);

std::string at(core::Duration from_now) {
  return core::to_rfc3339(runtime::SystemClock().wall() + from_now);
}

Value with_deadline(Value fields, core::Duration from_now) {
  fields["deadline"] = at(from_now);
  return fields;
}

}  // namespace

Problem check_order(Bench& bench) {
  const Value inputs{
      {"text", "a \"quoted\" snowman \u2603"}, {"list", {1, 2.5, nullptr, true}}, {"foo", 41}};
  Talk talk(bench, mock(inputs));
  talk.command().hears_end(ReplyState::done, status::ok).hears_nothing_more();
  const Value outputs = core::parse_object(talk.end().outputs);
  return talk
      .expects(outputs.value("text", Value()) == inputs["text"] &&
                   outputs.value("list", Value()) == inputs["list"],
               "the outputs of mock to have its inputs " + core::dump(inputs))
      .expects(outputs.value("foo", Value()) == 42, "the output foo of mock to be 42")
      .problem();
}

// The wait shows a second execution: an answer from the journal comes before what was sent later is
// done.
Problem check_repeat_settled(Bench& bench) {
  return Talk(bench, delay(a_while))
      .command()
      .hears_end(ReplyState::done, status::ok)
      .command()
      .hears_same_end()
      .hears_nothing_more()
      .command()
      .hears_same_end()
      .hears_nothing_more()
      .problem();
}

Problem check_repeat_running(Bench& bench) {
  return Talk(bench, delay(long_time))
      .command()
      .hears_begun()
      .command()
      .hears_standing()
      .command()
      .hears_standing()
      .hears_nothing_more()
      .cancel()
      .hears_end(ReplyState::cancelled)
      .problem();
}

Problem check_lower_attempt(Bench& bench) {
  return Talk(bench, mock())
      .command(3)
      .hears_end(ReplyState::done, status::ok)
      .command(2)
      .hears_same_end()
      .command(1)
      .hears_same_end()
      .hears_nothing_more()
      .problem();
}

Problem check_adoption(Bench& bench) {
  return Talk(bench, delay(bench.work_time()))
      .command()
      .hears_begun()
      .command(2)
      .hears_standing()
      .hears_end(ReplyState::done, status::ok)
      .hears_nothing_more()
      .problem();
}

Problem check_attempt_after_done(Bench& bench) {
  return Talk(bench, mock({{"text", "kept"}}))
      .command()
      .hears_end(ReplyState::done, status::ok)
      .command(2)
      .hears_same_end_as_now()
      .hears_nothing_more()
      .problem();
}

// What came too late fails everywhere, and is the one failure that a later attempt can be sure to
// get over.
Problem check_attempt_after_failed(Bench& bench) {
  Talk talk(bench, with_deadline(mock(), core::seconds(-5)));
  talk.command().hears_end(ReplyState::failed, status::timed_out);
  return talk.change({{"deadline", at(long_time)}})
      .command(2)
      .hears_end(ReplyState::done, status::ok)
      .hears_nothing_more()
      .problem();
}

Problem check_attempt_after_cancel(Bench& bench) {
  return Talk(bench, delay(bench.work_time()))
      .command()
      .hears_begun()
      .cancel()
      .hears_end(ReplyState::cancelled)
      .command(2)
      .hears_end(ReplyState::done, status::ok)
      .hears_nothing_more()
      .problem();
}

Problem check_cancel_first(Bench& bench) {
  return Talk(bench, mock())
      .cancel()
      .hears_end(ReplyState::cancelled)
      .command()
      .hears(ReplyState::cancelled)
      .command()
      .hears(ReplyState::cancelled)
      .hears_nothing_more()
      .problem();
}

Problem check_cancel_running(Bench& bench) {
  return Talk(bench, delay(long_time))
      .command()
      .hears_begun()
      .cancel()
      .hears_end(ReplyState::cancelled)
      .cancel()
      .hears_same_end()
      .hears_nothing_more()
      .problem();
}

Problem check_cancel_after_done(Bench& bench) {
  return Talk(bench, mock({{"text", "kept"}}))
      .command()
      .hears_end(ReplyState::done, status::ok)
      .cancel()
      .hears_same_end()
      .hears_nothing_more()
      .problem();
}

Problem check_expired(Bench& bench) {
  Talk talk(bench, with_deadline(mock(), core::seconds(-5)));
  talk.command().hears(ReplyState::failed);
  return talk.expects(talk.end().status == status::timed_out, "failed 11004")
      .hears_nothing_more()
      .problem();
}

Problem check_deadline(Bench& bench) {
  Talk talk(bench, with_deadline(delay(long_time), core::seconds(3)));
  talk.command().hears_end(ReplyState::failed, status::timed_out);
  return talk.command().hears_same_end().hears_nothing_more().problem();
}

Problem check_restart_settled(Bench& bench) {
  const Value before = bench.presence();
  Talk talk(bench, delay(a_while));
  talk.command().hears_end(ReplyState::done, status::ok).restarts().command().hears_same_end();
  talk.expects(bench.presence().value("journal", Value()) == before.value("journal", Value()),
               "the journal to stay " + core::dump(before.value("journal", Value())) +
                   " (the presence says " + core::dump(bench.presence().value("journal", Value())) +
                   ")");
  return talk.hears_nothing_new().problem();
}

// The origin asks again after a restart, as every origin does; what it hears on the way is the
// site's to choose.
Problem check_restart_running(Bench& bench) {
  return Talk(bench, delay(bench.work_time()))
      .command()
      .hears_begun()
      .restarts()
      .command()
      .hears_end_at_last(ReplyState::done, status::ok)
      .command()
      .hears_same_end()
      .hears_nothing_new()
      .problem();
}

Problem check_restart_cancelled(Bench& bench) {
  return Talk(bench, mock())
      .cancel()
      .hears_end(ReplyState::cancelled)
      .restarts()
      .command()
      .hears(ReplyState::cancelled)
      .hears_nothing_new()
      .problem();
}

}  // namespace antiphon::cli
