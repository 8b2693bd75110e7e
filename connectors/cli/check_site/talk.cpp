// SPDX-License-Identifier: MIT
#include "connectors/cli/check_site/talk.hpp"

#include <algorithm>
#include <cstdlib>

#include "engine/core/json.hpp"
#include "engine/core/random.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/entropy.hpp"

namespace antiphon::cli {
namespace {

using core::ReplyState;
using core::Value;

/// Long enough that no check meets it by mistake.
constexpr core::Duration deadline_after = core::minutes(30);

/// Where a state stands in a task's life: it never goes back.
int rank(ReplyState state) {
  if (state == ReplyState::accepted) return 1;
  if (state == ReplyState::started) return 2;
  return core::is_final(state) ? 3 : 0;
}

bool says_the_same(const core::Reply& a, const core::Reply& b) {
  return a.state == b.state && a.status == b.status && a.attempt == b.attempt &&
         core::parse_object(a.outputs) == core::parse_object(b.outputs);
}

bool lists(const Value& presence, const char* field, const std::string& word) {
  const auto list = presence.find(field);
  if (list == presence.end() || !list->is_array()) return false;
  for (const auto& entry : *list) {
    if (entry == word) return true;
  }
  return false;
}

Value new_command(const std::string& id, const Bench& bench) {
  const auto now = runtime::SystemClock().wall();
  return {{"v", 1},
          {"id", id},
          {"attempt", 1},
          {"activation", "check-site"},
          {"campaign", "check-site"},
          {"stage", "check"},
          {"run", 1},
          {"context", bench.origin().site().text()},
          {"config", Value::object()},
          {"inputs", Value::object()},
          {"deadline", core::to_rfc3339(now + deadline_after)},
          {"at", core::to_rfc3339(now)},
          {"idempotent", false},
          {"depth", 1},
          {"path", {bench.origin().self().text()}}};
}

std::int64_t boot_of(const Value& presence) {
  const auto boot = presence.find("boot");
  return boot != presence.end() && boot->is_number_integer() ? boot->get<std::int64_t>() : 0;
}

}  // namespace

Bench::Bench(Origin& origin, core::Duration patience, std::string restart_command)
    : origin_(origin), patience_(patience), restart_command_(std::move(restart_command)) {}

bool Bench::offers(const std::string& provider) const {
  return lists(presence_, "offers", provider);
}

bool Bench::obeys_us() const {
  return lists(presence_, "parents", origin_.self().text());
}

bool Bench::find_site() {
  presence_ = origin_.await_presence(-1, patience_);
  return presence_.is_object() && presence_.value("state", Value()) == "online";
}

Problem Bench::restart() {
  const auto boot = boot_of(presence_);
  // What the command prints must not end up between the lines of --json.
  const std::string command = "( " + restart_command_ + " ) </dev/null 1>&2";
  if (const int code = std::system(command.c_str()); code != 0) {
    return "the command of --restart failed";
  }
  const Value presence = origin_.await_presence(boot, patience_);
  if (!presence.is_object() || presence.value("state", Value()) != "online" ||
      boot_of(presence) <= boot) {
    return "expected a presence with a boot over " + std::to_string(boot) +
           " after the restart; came " + core::dump(presence);
  }
  presence_ = presence;
  return {};
}

Problem Bench::fence() {
  const core::Duration begun = runtime::SystemClock().monotonic();
  Talk talk =
      offers("mock") ? Talk(*this, mock()) : Talk(*this, {{"provider", "check-site-fence"}});
  talk.command().hears_end(offers("mock") ? ReplyState::done : ReplyState::rejected);
  const core::Duration took{runtime::SystemClock().monotonic().ms - begun.ms};
  slowest_fence_ = std::max(slowest_fence_, took);
  return talk.problem();
}

core::Duration Bench::work_time() const {
  constexpr std::int64_t fences = 5;
  return {std::max(core::seconds(2).ms, std::min(fences * slowest_fence_.ms, patience_.ms / 2))};
}

std::string Bench::fresh_id() {
  return *ids_.insert(core::Draws(runtime::fresh_seed()).task_id().text()).first;
}

Value mock(const Value& inputs) {
  return {{"provider", "mock"}, {"inputs", inputs}};
}

Value delay(core::Duration duration) {
  return {{"provider", "delay"}, {"inputs", {{"delay", core::to_text(duration)}}}};
}

Talk::Talk(Bench& bench, const Value& fields)
    : bench_(bench), id_(bench.fresh_id()), command_(new_command(id_, bench)) {
  command_.update(fields);
}

Talk& Talk::change(const Value& fields) {
  command_.update(fields);
  return *this;
}

Talk& Talk::command(int attempt) {
  if (problem_) return *this;
  attempt_ = attempt;
  command_["attempt"] = attempt;
  bench_.origin().tell(core::dump(command_));
  return *this;
}

Talk& Talk::cancel(int attempt) {
  if (problem_) return *this;
  attempt_ = attempt;
  const Value cancel{
      {"v", 1}, {"id", id_}, {"attempt", attempt}, {"cancel", true}, {"reason", "check-site"}};
  bench_.origin().tell(core::dump(cancel));
  return *this;
}

std::optional<core::Reply> Talk::next(const std::string& expected) {
  while (!problem_) {
    auto said = bench_.origin().next(id_, heard_, bench_.patience());
    if (!said) {
      problem_ =
          "expected " + expected + "; nothing came within " + core::to_text(bench_.patience());
    } else if (!said->problem.empty()) {
      problem_ = "expected " + expected + "; came what is no reply: " + said->problem;
    } else if (said->reply.state != ReplyState::progress) {
      if (core::is_final(said->reply.state)) end_ = said->reply;
      return said->reply;
    }
  }
  return std::nullopt;
}

bool Talk::is(const core::Reply& came, ReplyState state, int status) const {
  return came.state == state && came.attempt == attempt_ && (status == 0 || came.status == status);
}

std::string Talk::attempt_text(std::string_view what, int status) const {
  return std::string(what) + (status == 0 ? "" : " " + std::to_string(status)) + " of attempt " +
         std::to_string(attempt_);
}

Talk& Talk::hears(ReplyState state) {
  const std::string expected = attempt_text(core::to_text(state));
  const auto came = next(expected);
  if (came && !is(*came, state, 0)) differs(expected, *came);
  return *this;
}

Talk& Talk::hears_begun() {
  const std::string expected = attempt_text("started");
  auto came = next(expected);
  if (came && is(*came, ReplyState::accepted, 0)) came = next(expected);
  if (came && !is(*came, ReplyState::started, 0)) differs(expected, *came);
  return *this;
}

Talk& Talk::hears_standing() {
  const std::string expected = attempt_text("accepted or started");
  const auto came = next(expected);
  if (came && !is(*came, ReplyState::accepted, 0) && !is(*came, ReplyState::started, 0)) {
    differs(expected, *came);
  }
  return *this;
}

Talk& Talk::hears_end(ReplyState state, int status) {
  const std::string expected = attempt_text(core::to_text(state), status);
  int before = 0;
  while (const auto came = next(expected)) {
    const bool is_end = core::is_final(came->state);
    const bool forward = rank(came->state) > before && came->attempt == attempt_;
    if (!forward || (is_end && !is(*came, state, status))) differs(expected, *came);
    before = rank(came->state);
    if (is_end) break;
  }
  return *this;
}

Talk& Talk::hears_end_at_last(ReplyState state, int status) {
  const std::string expected = attempt_text(core::to_text(state), status);
  auto came = next(expected);
  while (came && !core::is_final(came->state)) came = next(expected);
  if (came && !is(*came, state, status)) differs(expected, *came);
  return *this;
}

Talk& Talk::hears_same_end() {
  return hears_end_again(end_.attempt);
}

Talk& Talk::hears_same_end_as_now() {
  return hears_end_again(attempt_);
}

Talk& Talk::hears_end_again(int attempt) {
  if (problem_) return *this;
  core::Reply same = end_;
  same.attempt = attempt;
  const std::string expected = cli::shown(same) + " again and nothing before it";
  const auto came = next(expected);
  if (came && !says_the_same(*came, same)) differs(expected, *came);
  return *this;
}

Talk& Talk::hears_nothing_more() {
  if (!problem_) problem_ = bench_.fence();
  if (problem_) return *this;
  const auto more = bench_.origin().next(id_, heard_, core::Duration{});
  if (more) differs("nothing more", more->reply);
  return *this;
}

Talk& Talk::hears_nothing_new() {
  if (!problem_) problem_ = bench_.fence();
  while (!problem_) {
    const auto more = bench_.origin().next(id_, heard_, core::Duration{});
    if (!more) break;
    if (!says_the_same(more->reply, end_)) differs("nothing new", more->reply);
  }
  return *this;
}

Talk& Talk::expects(bool right, const std::string& expected) {
  if (!problem_ && !right) differs(expected, end_);
  return *this;
}

Talk& Talk::restarts() {
  if (!problem_) problem_ = bench_.restart();
  return *this;
}

void Talk::differs(const std::string& expected, const core::Reply& came) {
  if (!problem_) problem_ = "expected " + expected + "; came " + cli::shown(came);
}

std::string shown(const core::Reply& reply) {
  std::string out = std::string(core::to_text(reply.state)) + " " + std::to_string(reply.status) +
                    " of attempt " + std::to_string(reply.attempt);
  if (!reply.error.empty()) out += " (" + reply.error + ")";
  if (reply.state == ReplyState::done && reply.outputs.size() > 2 && reply.outputs.size() < 200) {
    out += " " + reply.outputs;
  }
  return out;
}

}  // namespace antiphon::cli
