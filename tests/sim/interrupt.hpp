// SPDX-License-Identifier: MIT
// Who is told to stop (SIGINT, SIGTERM) finishes its seed, says what it has found, and leaves no
// files behind. Told the same once more, the process ends at once.
#pragma once

namespace antiphon::sim {

void heed_signals();

/// 0, or the signal that told us to stop.
int told_to_stop();

}  // namespace antiphon::sim
