// SPDX-License-Identifier: MIT
// Ctrl-C for commands that go on until somebody ends them, so that they leave the broker in order.
#pragma once

namespace antiphon::cli {

/// From here on the first SIGINT or SIGTERM is only noted; the second one ends the process.
void note_interrupts();

bool interrupted();

}  // namespace antiphon::cli
