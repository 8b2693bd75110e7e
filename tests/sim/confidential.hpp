// SPDX-License-Identifier: MIT
// The secret that every plane of the simulator has, and where its text may be: with the work, and
// in the config of commands (I11).
#pragma once

#include <string>
#include <vector>

#include "engine/core/invariants.hpp"
#include "engine/core/sources.hpp"
#include "engine/runtime/messenger.hpp"

namespace antiphon::sim {

inline constexpr const char* secret_text = "k3pt-to-itself";
/// As documents name it.
inline constexpr const char* secret_expression = "${{$secret(vault,key)}}";

const core::SecretSource& secrets();

/// What a plane is about to say; `payload` is how it says it.
std::vector<core::Violation> check_said(const runtime::Outbound& message,
                                        const std::string& payload);
/// What it has stored of a run.
std::vector<core::Violation> check_kept(const core::RunRecord& record);

}  // namespace antiphon::sim
