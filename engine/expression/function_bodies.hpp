// SPDX-License-Identifier: MIT
// The bodies of the functions (expressions.md, sections 5 and 6). Each is called with as many
// arguments as the table allows; a body that is not given a value it needs says so with the
// function's name.
#pragma once

#include "engine/core/error.hpp"
#include "engine/core/value.hpp"
#include "engine/expression/evaluator.hpp"
#include "engine/expression/tree.hpp"

namespace antiphon::expression::bodies {

using Outcome = core::Result<core::Value>;

// functions_lookup.cpp: what reads the scope.
Outcome input(Evaluation& evaluation, const Call& call);
Outcome output(Evaluation& evaluation, const Call& call);
Outcome trigger(Evaluation& evaluation, const Call& call);
Outcome property(Evaluation& evaluation, const Call& call);
Outcome topic(Evaluation& evaluation, const Call& call);

// functions_sources.cpp: what asks whoever runs the expression.
Outcome secret(Evaluation& evaluation, const Call& call);
Outcome config(Evaluation& evaluation, const Call& call);
Outcome instance(Evaluation& evaluation, const Call& call);
Outcome param(Evaluation& evaluation, const Call& call);
Outcome sites(Evaluation& evaluation, const Call& call);
Outcome now(Evaluation& evaluation, const Call& call);
Outcome uuid(Evaluation& evaluation, const Call& call);

// functions_query.cpp: what looks into a value, by key or JSONPath.
Outcome context(Evaluation& evaluation, const Call& call);
Outcome payload(Evaluation& evaluation, const Call& call);
Outcome json_path(Evaluation& evaluation, const Call& call);

// functions_logic.cpp: what compares and decides.
Outcome equal(Evaluation& evaluation, const Call& call);
Outcome greater(Evaluation& evaluation, const Call& call);
Outcome greater_or_equal(Evaluation& evaluation, const Call& call);
Outcome less(Evaluation& evaluation, const Call& call);
Outcome less_or_equal(Evaluation& evaluation, const Call& call);
Outcome between(Evaluation& evaluation, const Call& call);
Outcome both(Evaluation& evaluation, const Call& call);
Outcome either(Evaluation& evaluation, const Call& call);
Outcome negation(Evaluation& evaluation, const Call& call);
Outcome choice(Evaluation& evaluation, const Call& call);
Outcome member(Evaluation& evaluation, const Call& call);

Outcome or_default(Evaluation& evaluation, const Call& call);
Outcome coalesce(Evaluation& evaluation, const Call& call);

// functions_lists.cpp: what folds lists and objects.
Outcome length(Evaluation& evaluation, const Call& call);
Outcome keys(Evaluation& evaluation, const Call& call);
Outcome sum(Evaluation& evaluation, const Call& call);
Outcome least(Evaluation& evaluation, const Call& call);
Outcome most(Evaluation& evaluation, const Call& call);
Outcome all(Evaluation& evaluation, const Call& call);
Outcome any(Evaluation& evaluation, const Call& call);
Outcome first(Evaluation& evaluation, const Call& call);
Outcome join(Evaluation& evaluation, const Call& call);

// functions_text.cpp: what makes text.
Outcome text(Evaluation& evaluation, const Call& call);
Outcome json(Evaluation& evaluation, const Call& call);
Outcome encode(Evaluation& evaluation, const Call& call);
Outcome decode(Evaluation& evaluation, const Call& call);

}  // namespace antiphon::expression::bodies
