// SPDX-License-Identifier: MIT
// What planes say to each other, read from checked JSON: commands, replies, hello, presence.
// schemas/ describes each.
#pragma once

#include <variant>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"

namespace antiphon::wire {

/// What an origin says to a site, on one topic.
using OriginMessage =
    std::variant<core::Command, core::CancelCommand, core::UnknownNotice, core::HelloAnswer>;

// Each takes any JSON value and fails with 400 and the field, or 405 for what this version cannot
// do.
core::Result<OriginMessage> read_origin_message(const core::Value& message);
/// Outputs over limits::reply_bytes make it `failed` with 413 and the size.
core::Result<core::Reply> read_reply(const core::Value& message);
core::Result<core::Hello> read_hello(const core::Value& message);
core::Result<core::Presence> read_presence(const core::Value& message);

}  // namespace antiphon::wire
