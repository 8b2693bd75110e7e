// SPDX-License-Identifier: MIT
// Every bound of the engine, with its reason. What happens at a bound is said where it is used.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/time.hpp"

namespace antiphon::core::limits {

/// Symphony's length of a name; it also keeps every topic we build far below MQTT's 65,535 bytes.
inline constexpr std::size_t name_bytes = 61;
/// A stage's name or a context's text: generous for people, small in a row's key.
inline constexpr std::size_t stage_name_bytes = 256;
inline constexpr std::size_t context_bytes = 1024;

/// An inbound message; the same as broker-config/production's message_size_limit.
inline constexpr std::size_t message_bytes = 1024 * 1024;
/// Config and inputs of a command: the rest of its message holds its other fields, however their
/// texts have to be escaped.
inline constexpr std::size_t request_bytes = message_bytes - std::size_t{16} * 1024;
/// What a stage proxy sends of a stage: in base64 it still fits into a message.
inline constexpr std::size_t proxied_bytes = request_bytes / 4 * 3;
/// A reply or an answer we send: the origin, its history and its expressions have to carry it
/// further.
inline constexpr std::size_t reply_bytes = 256 * 1024;
/// A secret's text: a certificate with its chain fits, a command's config keeps room for more.
inline constexpr std::size_t secret_bytes = 64 * 1024;
/// Each of a secret's two names.
inline constexpr std::size_t secret_name_bytes = 128;
/// Secrets in one task's request.
inline constexpr std::size_t request_secrets = 256;
/// Shorter secrets, and lines of secrets, stand everywhere by chance: they are not looked for in
/// what work says.
inline constexpr std::size_t masked_bytes = 4;
inline constexpr std::size_t masked_line_bytes = 8;
/// Commands or replies in one array: keeps what one message can ask for near what one batch
/// applies.
inline constexpr std::size_t message_items = 256;
/// An identity, a request id, a journal's name: handed back or stored as they are, so they are kept
/// small.
inline constexpr std::size_t identity_bytes = 256;
/// Where an answer goes, and a plane's topic root; room for every name of ours in a topic stays
/// below 65,535 bytes.
inline constexpr std::size_t answer_topic_bytes = 1024;
inline constexpr std::size_t topic_root_bytes = 256;
/// Parents, offers, labels, planes above: entries of one list, and bytes of one entry.
inline constexpr std::size_t list_items = 64;
inline constexpr std::size_t list_item_bytes = 256;
/// A reason or note that a person reads.
inline constexpr std::size_t reason_bytes = 4096;
/// What comes with a vote: of some dozens of them all are kept and told together.
inline constexpr std::size_t comment_bytes = 1024;
/// nlohmann overflows the stack when it copies or prints what is nested deeper than some ten
/// thousand levels.
inline constexpr int json_depth = 64;
/// A campaign document; larger ones are generated, and belong into several campaigns.
inline constexpr std::size_t document_bytes = 1024 * 1024;
/// Nodes of a document after aliases: a few hundred bytes of YAML can stand for billions of them.
inline constexpr std::size_t document_nodes = 100'000;
/// Problems reported about one text: nobody reads more, and a hostile text must not cost more.
inline constexpr std::size_t document_problems = 100;
/// The aggregated outputs of one stage, in the store as one value.
inline constexpr std::size_t outputs_bytes = 16 * 1024 * 1024;

/// Contexts of one stage: ten thousand sites are the aim, a typing error should not open a million
/// tasks.
inline constexpr std::size_t contexts = 100'000;
/// Parts of one stage (its `tasks`): all of a context lie in one chunk of a fan-out.
inline constexpr std::size_t parts = 100;
/// Tasks opened, cancelled or swept by one event (architecture.md, Rows).
inline constexpr std::size_t fan_out_chunk = 256;
/// Stage runs that need nobody, of one activation in one transaction; then others get their turn.
inline constexpr int inline_stage_runs = 1'000;
/// Events in one transaction: bounds the time until its first effect leaves.
inline constexpr std::size_t batch_events = 256;
/// Events waiting for the loop; at the bound the bus stops being read, so that the broker keeps the
/// rest.
inline constexpr std::size_t waiting_events = 4'096;
/// How deep planes may command planes that command planes.
inline constexpr int command_depth = 8;

/// Commands sent to one site and not yet accepted (protocol.md, Re-sending).
inline constexpr std::size_t in_flight_per_site = 32;
/// The same over all sites: a stock broker keeps 1,000 replies for our one session and drops the
/// rest silently.
inline constexpr std::size_t in_flight = 800;

/// Re-sending before `accepted`, doubling from the first to the second; after it the same between
/// the other two.
inline constexpr Duration resend_first = seconds(2);
inline constexpr Duration resend_most = seconds(60);
inline constexpr Duration requery_first = minutes(1);
inline constexpr Duration requery_most = minutes(15);

/// Attempts after the first that a stage may ask for: each leaves its trace in the store.
inline constexpr int retries = 10'000;
/// Without an interval the pause before the next attempt grows by half from the first to the
/// second, and is drawn within half of it around it.
inline constexpr Duration retry_first = seconds(2);
inline constexpr Duration retry_most = seconds(30);

/// What work that says "not yet" keeps for its next call: it is written with every poll.
inline constexpr std::size_t poll_state_bytes = 256 * 1024;
/// A signal's payload, so many signals to a run that nobody waits for yet, and all of them: the
/// run's row holds them.
inline constexpr std::size_t signal_bytes = 16 * 1024;
inline constexpr std::size_t kept_signals = 32;
inline constexpr std::size_t kept_signal_bytes = 64 * 1024;
/// How long such a one is kept unless it says so itself, and the longest that it may say.
inline constexpr Duration signal_lifetime = hours(24);
inline constexpr Duration signal_lifetime_most = days(400);
/// Between two polls at the least: each is a commit.
inline constexpr Duration poll_least = milliseconds(100);

/// Deadline of a task whose stage says none.
inline constexpr Duration default_timeout = days(7);
/// How long a cancelled task may take to say how it ended; then it is cancelled, marked uncertain.
inline constexpr Duration cancel_grace = seconds(30);
/// That an operator may give.
inline constexpr Duration longest_grace = hours(24);
/// Lanes of triggers that are in use at once: each key that a device makes up takes one.
inline constexpr std::size_t lanes = 10'000;
/// Runs that wait in one lane for the one before them.
inline constexpr std::int64_t lane_waiting = 1'000;
/// What one lane keeps of messages, and all together: a device that floods one key leaves room for
/// the others, and all of them some on the disk.
inline constexpr std::int64_t lane_bytes = 8 * 1024 * 1024;
inline constexpr std::int64_t lane_events = 100'000;
inline constexpr std::int64_t lanes_bytes = 256 * 1024 * 1024;
/// Messages that become one run, and their bytes: the run's trigger is one value of its row, and
/// has to be told.
inline constexpr std::int64_t collected = 1'000;
inline constexpr std::int64_t collected_bytes = 256 * 1024;
/// A lane whose campaign version cannot be read is looked at again after this time.
inline constexpr Duration lane_retry = minutes(1);
/// Longest time of debounce, throttle and collect.
inline constexpr Duration gathering_most = days(400);
/// What a trigger's key may be.
inline constexpr std::size_t lane_key_bytes = 256;
/// How long it is known which retained message a trigger has heard on a topic, from each time that
/// it comes again.
inline constexpr Duration retained_memory = days(400);
/// Longest lifetime that a trigger may ask for its events' identities.
inline constexpr Duration event_lifetime_most = days(400);
/// Lifetime of an identity: the same request again within it gets the first answer.
inline constexpr Duration identity_lifetime = hours(24);

/// Statuses of open runs kept retained at the broker (protocol.md, Status).
inline constexpr std::size_t retained_statuses = 1'000;
inline constexpr Duration status_interval = milliseconds(100);
/// Rejects kept for `antiphon get rejects`; the oldest leave first.
inline constexpr std::int64_t kept_rejects = 1'000;
inline constexpr std::size_t reject_sample_bytes = 256;
/// Stage runs back whose step's token is known.
inline constexpr std::int64_t step_tokens = 256;
/// Objects of the registry: all of them are said again after each connect, and each goes to every
/// site that reads it.
inline constexpr std::size_t objects = 10'000;
/// One object's document: half of what one answer or reply may carry, so that its status fits
/// beside it.
inline constexpr std::size_t object_bytes = 128 * 1024;
inline constexpr std::size_t object_status_bytes = 64 * 1024;
/// As long as in Kubernetes; room for `<root>-v-<version>` and the names of a few origins before
/// it.
inline constexpr std::size_t object_name_bytes = 253;
/// How long it is known that an object is gone, so that who missed its end learns of it.
inline constexpr Duration object_memory = days(7);
/// Catalogs above one another that `$config` looks through; more are a circle.
inline constexpr int catalog_parents = 16;
/// Objects said at once after a connect, and the pause before the next ones.
inline constexpr std::size_t object_page = 32;
inline constexpr Duration object_pause = milliseconds(50);
/// All objects are said again so often, also while the connection holds: what a broker or bridge
/// lost without a word is there again then.
inline constexpr Duration object_refresh = days(1);
/// Items of one answer page.
inline constexpr int page_items = 500;

/// Scripts running at once on one plane; more wait for their turn.
inline constexpr std::size_t running_scripts = 16;
/// Output of a script that is kept, per stream.
inline constexpr std::size_t script_output_bytes = 256 * 1024;
/// Of that, per stream, what stays in the store with the task; and what a site's reply has of it.
inline constexpr std::size_t log_bytes = 32 * 1024;
inline constexpr std::size_t reply_log_bytes = 2 * 1024;
/// A script's outputs: what a stage here may use; a site's reply has the smaller bound reply_bytes.
inline constexpr std::size_t script_result_bytes = 1024 * 1024;
/// Scripts that wait for their turn: as many as one stage may open, and what their requests may
/// weigh in memory.
inline constexpr std::size_t waiting_scripts = contexts;
inline constexpr std::size_t waiting_script_bytes = 64 * 1024 * 1024;
/// Requests of the provider http at once on one plane; more wait for their turn.
inline constexpr std::size_t running_requests = 64;
/// The body of an answer: what a stage here may use; and one that is kept while wait.url is asked,
/// which may be base64 then and has headers beside it.
inline constexpr std::size_t http_body_bytes = 1024 * 1024;
inline constexpr std::size_t http_kept_body_bytes = 128 * 1024;
/// One request, redirects included each; what takes longer is for wait.url.
inline constexpr Duration http_request_most = minutes(10);
/// Between asking a script's processes to end and ending them; well within cancel_grace.
inline constexpr Duration script_kill_grace = seconds(5);

/// Stages that wait for a runner's answer at once, each with a connection and a thread of its own;
/// more wait for their turn.
inline constexpr std::size_t running_proxies = 32;
/// How long a runner may be waited for: a stage that takes longer is a site's work.
inline constexpr Duration proxy_timeout = seconds(5);
inline constexpr Duration proxy_timeout_most = hours(24);

}  // namespace antiphon::core::limits
