// SPDX-License-Identifier: MIT
// The proxy over HTTP: a bearer token from `users/auth` if the config names a user, and then the
// stage to `processor`.
#pragma once

#include "connectors/providers/http_options.hpp"
#include "connectors/proxy/question.hpp"

namespace antiphon::proxy {

/// Waits for the answer. Config: baseUrl (with or without /v1alpha2), user, password,
/// timeoutSeconds. Errors: 1000 the config, 401 the user is not let in, 10024 no URL that
/// `options` allow, 10025 no connection, 10026 it broke, 500 no answer in time, 413 it is too
/// large, else the runner's own.
core::Finished ask_over_http(const Question& question, const providers::HttpOptions& options);

/// A code of HTTP as a state number.
int state_of(int code);

}  // namespace antiphon::proxy
