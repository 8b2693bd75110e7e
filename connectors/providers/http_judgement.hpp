// SPDX-License-Identifier: MIT
// What an answer, or that there is none, means for a stage (Symphony's numbers): done, failed, or
// to be asked again later.
#pragma once

#include "connectors/providers/http_transfer.hpp"
#include "engine/runtime/worker.hpp"

namespace antiphon::providers {

/// Fills a report's kind, status, outputs, error and wait with what the first request came to.
void judge_first(runtime::WorkReport& report, const HttpCall& call,
                 const core::Result<HttpResponse>& answer);

/// The same of the request to wait.url that is number report.polls; `state` is what the one before
/// it kept.
void judge_poll(runtime::WorkReport& report, const HttpCall& call, const core::JsonText& state,
                const core::Result<HttpResponse>& answer);

}  // namespace antiphon::providers
