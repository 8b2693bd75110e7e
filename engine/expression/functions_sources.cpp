// SPDX-License-Identifier: MIT
// The functions that ask whoever runs the expression: $secret, $config, $instance, $param, $sites,
// and the event's own $now and $uuid.
#include <string>
#include <vector>

#include "engine/core/provider.hpp"
#include "engine/core/random.hpp"
#include "engine/core/sources.hpp"
#include "engine/core/status.hpp"
#include "engine/core/template.hpp"
#include "engine/expression/function_bodies.hpp"
#include "engine/expression/site_selector.hpp"

namespace antiphon::expression::bodies {
namespace {

/// The source's answer; its error becomes one of this call.
Outcome answered(Evaluation& evaluation, const Call& call, Outcome answer) {
  if (answer) return answer;
  const core::Error& error = answer.error();
  if (error.status == core::status::not_found) {
    return evaluation.missing(call, error.message, error.hint);
  }
  return evaluation.failure(call, error.message, error.hint);
}

core::Result<std::vector<std::string>> texts(Evaluation& evaluation, const Call& call) {
  std::vector<std::string> all;
  for (const NodePtr& argument : call.arguments) {
    const auto text = evaluation.text(*argument);
    if (!text) return tl::unexpected<core::Error>(text.error());
    all.push_back(text->string());
  }
  return all;
}

}  // namespace

Outcome secret(Evaluation& evaluation, const Call& call) {
  const auto given = texts(evaluation, call);
  if (!given) return tl::unexpected<core::Error>(given.error());
  const auto* source = evaluation.scope().secrets;
  if (source == nullptr) return evaluation.failure(call, "no source of secrets is configured");
  return answered(evaluation, call, source->secret(given->at(0), given->at(1)));
}

Outcome config(Evaluation& evaluation, const Call& call) {
  const auto given = texts(evaluation, call);
  if (!given) return tl::unexpected<core::Error>(given.error());
  const auto* source = evaluation.scope().configs;
  if (source == nullptr) {
    return evaluation.failure(call, "no source of configuration is configured");
  }
  const std::vector<std::string> overlays(given->begin() + 2, given->end());
  return answered(evaluation, call, source->config(given->at(0), given->at(1), overlays));
}

Outcome instance(Evaluation& evaluation, const Call& call) {
  const auto* deployment = evaluation.scope().deployment;
  if (deployment == nullptr) return evaluation.failure(call, "there is no deployment here");
  return answered(evaluation, call, deployment->instance());
}

Outcome param(Evaluation& evaluation, const Call& call) {
  const auto name = evaluation.text(*call.arguments[0]);
  if (!name) return tl::unexpected<core::Error>(name.error());
  const auto* deployment = evaluation.scope().deployment;
  if (deployment == nullptr) return evaluation.failure(call, "there is no deployment here");
  return answered(evaluation, call, deployment->param(name->view()));
}

Outcome sites(Evaluation& evaluation, const Call& call) {
  core::Result<SiteSelector> selector = SiteSelector();
  if (!call.arguments.empty()) {
    const auto text = evaluation.text(*call.arguments[0]);
    if (!text) return tl::unexpected<core::Error>(text.error());
    selector = SiteSelector::parse(text->view());
    if (!selector) {
      return evaluation.failure(call, selector.error().message, selector.error().hint);
    }
  }
  const auto* source = evaluation.scope().sites;
  if (source == nullptr) return evaluation.failure(call, "no sites are known here");
  core::Value names = core::Value::array();
  for (const core::SiteView& site : source->sites()) {
    if (selector->matches(site)) names.push_back(site.name.text());
  }
  return names;
}

Outcome now(Evaluation& evaluation, const Call& call) {
  const auto& time = evaluation.scope().now;
  if (!time) return evaluation.failure(call, "there is no event whose time it could be");
  return core::Value(core::to_rfc3339(*time));
}

Outcome uuid(Evaluation& evaluation, const Call& call) {
  auto* draws = evaluation.scope().draws;
  if (draws == nullptr) return evaluation.failure(call, "there is no event that gives randomness");
  return core::Value(draws->uuid());
}

}  // namespace antiphon::expression::bodies
