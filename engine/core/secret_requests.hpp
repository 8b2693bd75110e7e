// SPDX-License-Identifier: MIT
// What a task is asked to do, with secrets in it: how its row keeps them sealed, and how they are
// opened for who carries it out. A row of a commanded task holds the secrets that came with the
// command, apart from the config, until the task settles.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/sources.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {

/// Task::request of an object {"config", "inputs", ...}. What is sealed in it becomes the mask in
/// `request` too: so inline providers see it.
JsonText pack_request(Value& request);

/// The object that it was made of, with what was sealed.
Value unpack_request(const JsonText& request);

/// StageRun::inputs, and back.
JsonText pack_view(Value& view);
Value unpack_view(const JsonText& inputs);

bool has_secrets(const JsonText& request);

/// Are all its secrets there? The bytes that they add at most, or what is wrong with the first
/// that cannot be opened.
Result<std::size_t> weigh_secrets(const JsonText& request, const SecretSource* source);

/// The request with the secrets' texts in it, to be given to who carries it out and kept by nobody.
Result<JsonText> open_request(const JsonText& request, const SecretSource* source);

/// Moves what is sealed in a request's config to where open_command() finds it.
void seal_command(Command& command, const Value& request);
/// The same for a command that leaves: `config` has the texts, `secrets` says where.
Result<void> open_command(Command& command, const SecretSource* source);

/// Why the spans do not fit what they are about; nothing: they do.
std::optional<Error> why_wrong(const std::vector<SecretSpan>& spans, const Value& config);
/// Task::request of a commanded task; the mask takes the secrets' place in `config`.
JsonText hold_request(Value& config, const Value& inputs, const std::vector<SecretSpan>& spans);
/// The same without the texts that it held: nobody carries it out any more.
JsonText drop_held(const JsonText& request);

/// Texts of its secrets that could be met in what comes of the work.
std::vector<std::string> secret_texts(const JsonText& request, const SecretSource* source);

}  // namespace antiphon::core
