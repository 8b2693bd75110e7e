// SPDX-License-Identifier: MIT
// Providers that need nobody: each a pure core::InlineStage (symphony.md, Stage providers). What
// they refuse is a Finished with a state number and a reason; they never fail otherwise.
#pragma once

#include "engine/core/provider.hpp"

namespace antiphon::stages {

/// Echoes the inputs; an input `foo` that is an integer, or integer text, comes back one higher, an
/// empty one as 1.
core::InlineResult mock(const core::Call& call);

/// Adds each numeric input to what `__state` holds under its name, beginning with `<name>.init`;
/// outputs the sums, and
/// `__state` with all of them for the next visit. Other inputs are passed over. A `__state` that is
/// no object: 400.
core::InlineResult counter(const core::Call& call);

/// Fails as often as its config's `failTimes` says (1), counting the attempts of all visits of its
/// stage for one context, and then echoes its inputs: for trying `retry` out. A `failTimes` that is
/// no number: 400.
core::InlineResult flaky(const core::Call& call);

/// Is done after the input `delay`: a number of seconds, or a duration as text. None: at once.
/// Anything else: 500.
core::InlineResult delay(const core::Call& call);

/// The known sites as `items`: names with `namesOnly`, else objects of Symphony's shape.
/// `objectType` is `sites`; what else Symphony lists is refused as not supported yet, and any other
/// type too: 500.
core::InlineResult list(const core::Call& call);

}  // namespace antiphon::stages
