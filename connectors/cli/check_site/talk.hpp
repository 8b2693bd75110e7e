// SPDX-License-Identifier: MIT
// The site under test, and talks with it about one task each: what is said, what has to come back.
// A talk remembers the first thing that was not as it should be, and after that does nothing, so
// that a check is written straight down.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "connectors/cli/check_site/origin.hpp"

namespace antiphon::cli {

/// What a check found wrong; nothing: all is well.
using Problem = std::optional<std::string>;

class Bench {
 public:
  Bench(Origin& origin, core::Duration patience, std::string restart_command);

  Origin& origin() const { return origin_; }
  core::Duration patience() const { return patience_; }
  /// The site's latest presence.
  const core::Value& presence() const { return presence_; }
  bool offers(const std::string& provider) const;
  bool obeys_us() const;
  bool can_restart() const { return !restart_command_.empty(); }

  /// Waits until the site says that it is online; false: it does not.
  bool find_site();
  /// Runs the command that restarts the site and waits until it is online with a higher boot.
  Problem restart();
  /// Has something done for which the site needs to have taken everything that was sent before.
  Problem fence();

  /// How long work has to take to be met at work, judged by how fast the site has been so far.
  core::Duration work_time() const;

  std::string fresh_id();
  /// Was it made by fresh_id()?
  bool is_ours(const std::string& id) const { return ids_.contains(id); }

  /// The present check cannot be made here, and why.
  void skip(std::string why) { skipped_ = std::move(why); }
  /// What skip() was told since the last call.
  std::string take_skipped() { return std::exchange(skipped_, {}); }

 private:
  Origin& origin_;
  core::Duration patience_;
  std::string restart_command_;
  core::Value presence_;
  core::Duration slowest_fence_{};
  std::set<std::string> ids_;
  std::string skipped_;
};

/// A command's fields besides those that every command has.
core::Value mock(const core::Value& inputs = core::Value::object());
core::Value delay(core::Duration duration);

class Talk {
 public:
  /// About a new task: `fields` are added to a complete command of it, or replace fields of it.
  Talk(Bench& bench, const core::Value& fields);

  const std::string& id() const { return id_; }
  /// The command as it was or will be sent.
  const core::Value& text() const { return command_; }
  Talk& change(const core::Value& fields);

  /// Sends the command as this attempt; the same attempt's bytes are the same unless change() was
  /// called.
  Talk& command(int attempt = 1);
  Talk& cancel(int attempt = 1);

  // What the site says next about this task, under the attempt that was sent last. Progress is
  // passed over. A later state may come without the earlier ones: `started` says `accepted` too, an
  // end says both.

  /// This state, and nothing before it.
  Talk& hears(core::ReplyState state);
  /// States up to `started`, each at most once and in the protocol's order.
  Talk& hears_begun();
  /// `accepted` or `started`: the work goes on.
  Talk& hears_standing();
  /// This end at last, each state before it at most once and in the protocol's order. A status of
  /// 0: any.
  Talk& hears_end(core::ReplyState state, int status = 0);
  /// This end, whatever comes before it: the site was restarted.
  Talk& hears_end_at_last(core::ReplyState state, int status = 0);
  /// The end that was heard before, and nothing before it: under the attempt of then, or under the
  /// one sent last.
  Talk& hears_same_end();
  Talk& hears_same_end_as_now();
  /// Nothing, while the site takes and does something else.
  Talk& hears_nothing_more();
  /// Nothing, or the same end again, which a site may repeat after a restart.
  Talk& hears_nothing_new();
  /// What is particular to one check, about the end that was heard last.
  Talk& expects(bool right, const std::string& expected);
  Talk& restarts();

  /// The end that was heard last.
  const core::Reply& end() const { return end_; }
  const Problem& problem() const { return problem_; }

 private:
  std::optional<core::Reply> next(const std::string& expected);
  bool is(const core::Reply& came, core::ReplyState state, int status) const;
  std::string attempt_text(std::string_view what, int status = 0) const;
  Talk& hears_end_again(int attempt);
  void differs(const std::string& expected, const core::Reply& came);

  Bench& bench_;
  std::string id_;
  core::Value command_;
  int attempt_ = 1;
  std::size_t heard_ = 0;  ///< position in what the site has said
  core::Reply end_;
  Problem problem_;
};

/// "done 200 of attempt 1".
std::string shown(const core::Reply& reply);

}  // namespace antiphon::cli
