// SPDX-License-Identifier: MIT
// What a site has to do (docs/site-protocol.md), as a table of checks, each by itself.
#pragma once

#include <string_view>
#include <vector>

#include "connectors/cli/check_site/talk.hpp"

namespace antiphon::cli {

struct Check {
  std::string_view name;   ///< for --only
  std::string_view asks;   ///< what has to be so, for people
  std::string_view needs;  ///< an operation that the site has to offer; empty: none
  bool restarts;
  Problem (*run)(Bench& bench);
};

/// In the order in which they are run: the first says whether the site hears us at all.
const std::vector<Check>& site_checks();

// The checks, by what they are about.
Problem check_presence(Bench& bench);
Problem check_order(Bench& bench);
Problem check_journal(Bench& bench);
Problem check_reply_topic(Bench& bench);

Problem check_repeat_settled(Bench& bench);
Problem check_repeat_running(Bench& bench);
Problem check_lower_attempt(Bench& bench);
Problem check_adoption(Bench& bench);
Problem check_attempt_after_done(Bench& bench);
Problem check_attempt_after_failed(Bench& bench);
Problem check_attempt_after_cancel(Bench& bench);

Problem check_cancel_first(Bench& bench);
Problem check_cancel_running(Bench& bench);
Problem check_cancel_after_done(Bench& bench);
Problem check_expired(Bench& bench);
Problem check_deadline(Bench& bench);

Problem check_oversize(Bench& bench);
Problem check_stranger(Bench& bench);
Problem check_not_offered(Bench& bench);
Problem check_bad_messages(Bench& bench);
Problem check_unknown_fields(Bench& bench);
Problem check_newer_version(Bench& bench);
Problem check_hello_answer(Bench& bench);
Problem check_unknown_notice(Bench& bench);
Problem check_arrays(Bench& bench);

Problem check_restart_settled(Bench& bench);
Problem check_restart_running(Bench& bench);
Problem check_restart_cancelled(Bench& bench);

}  // namespace antiphon::cli
