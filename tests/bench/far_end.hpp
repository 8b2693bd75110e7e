// SPDX-License-Identifier: MIT
// The far end, a process of its own: sites without a journal that answer each command with `done`
// at once, and the echo of bare requests. One client plays them all.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "connectors/bus/bus.hpp"

namespace antiphon::bench {

inline const std::string bare_request_topic = "bench/request";
inline const std::string bare_reply_topic = "bench/reply";
inline const std::string hq_name = "hq";

/// A plane sends at most 32 unanswered commands to one site, so these are enough for 2,000.
inline constexpr int site_count = 64;
std::string site_name(int number);

/// A client as `antiphon serve` is one, but without a session that lasts. Throws
/// std::runtime_error.
std::unique_ptr<bus::Bus> bench_bus(const std::string& uri, const std::string& name);

/// Plays until the process is ended. `counts` is the file of SharedCounts.
[[noreturn]] void play_far_end(const std::string& uri, const std::filesystem::path& counts);

}  // namespace antiphon::bench
