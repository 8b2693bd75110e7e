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

/// The known sites, or the instances or catalogs of the registry, as `items`: names with
/// `namesOnly`, else objects of Symphony's shape. `objectType` is `sites`, `instance`,
/// `catalogversions` or `catalogs`; any other: 500.
core::InlineResult list(const core::Call& call);

/// Done when all of `names` are there, of the `objectType` (as list's): sites, instances, or
/// catalogs by their name at the plane that commanded it. Looks every `wait.interval` seconds (5),
/// at most `wait.count` times (0: for ever), then 404. Another type: 10041.
core::InlineResult wait(const core::Call& call);

/// Makes what the catalogs in `names` describe, all of it or nothing (400), and with
/// `waitForDeployment` waits up to `waitTimeout` (5m) until its reconcilers have said how it went.
core::InlineResult materialize(const core::Call& call);

/// Creates or removes (`action`) the solution or instance `objectName`. An instance it has created
/// it awaits: 400 when its deployment fails, 10056 when nobody says so in time.
core::InlineResult create(const core::Call& call);

/// Asks people for their yes or no (docs/campaigns.md, Approvals): waits until as many as it needs
/// have approved, or enough have rejected, or its deadline has passed. A rejection is no error: the
/// output `approved` says which it is. A config that contradicts itself: 400.
core::InlineResult approval(const core::Call& call);
/// 403 for who is not among its approvers.
core::Counted approval_vote(const core::Call& call, const core::Vote& vote);

/// Waits for signals of one name (docs/campaigns.md, Signals): until as many have come as it
/// counts, or its deadline has passed, which is no error unless its `default` says so.
core::InlineResult event(const core::Call& call);
/// 404 for another name; 413 for what there is no room for.
core::Counted event_signal(const core::Call& call, const core::Signal& signal);

/// Changes the solution `objectName`: a component, or an item of a list in its `property` (and
/// `subKey`), by what `patchContent` holds, inline or in the catalog that it names. Input that
/// cannot be used: 1000; a solution that is not there: 404.
core::InlineResult patch(const core::Call& call);

}  // namespace antiphon::stages
