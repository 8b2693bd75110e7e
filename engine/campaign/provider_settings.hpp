// SPDX-License-Identifier: MIT
// What a stage says to its provider, as far as it can be judged before it runs: keys that nobody
// would read, and constants that the provider does not carry out.
#pragma once

#include "engine/campaign/fields.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::campaign {

/// The short name that the field `provider` means; empty if there is none, or after a problem.
std::string read_provider(Fields& fields, const core::Providers& providers);

/// `stage`: its fields, of the provider `info`. A remote stage is judged by its operation, if that
/// is a constant and a provider that is known here; else by whoever carries it out.
void check_settings(Fields& stage, const core::ProviderInfo& info,
                    const core::Providers& providers);

/// `proxy`: the fields of a stage's proxy, whose provider is `info`. Its required keys have to be
/// there.
void check_proxy_config(Fields& proxy, const core::ProviderInfo& info);

}  // namespace antiphon::campaign
