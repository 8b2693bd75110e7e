// SPDX-License-Identifier: MIT
#include "engine/stages/registry.hpp"

#include "engine/core/limits.hpp"
#include "engine/stages/stages.hpp"

namespace antiphon::stages {
namespace {

core::Setting required(std::string_view name) {
  return {name, {}, {}, false, true};
}

core::Setting seconds(std::string_view name, core::Duration most) {
  return {name, {}, {}, false, false, static_cast<int>(most.ms / 1000)};
}

std::vector<core::Setting> mqtt_proxy_config() {
  return {required("brokerAddress"),
          required("requestTopic"),
          required("responseTopic"),
          seconds("timeoutSeconds", core::limits::proxy_timeout_most),
          seconds("keepAliveSeconds", core::hours(1)),
          seconds("pingTimeoutSeconds", core::hours(1)),
          {"user"},
          {"password"}};
}

std::vector<core::Setting> http_proxy_config() {
  return {required("baseUrl"),
          {"user"},
          {"password"},
          seconds("timeoutSeconds", core::limits::proxy_timeout_most)};
}

core::ProviderInfo proxy(std::string_view name, std::vector<core::Setting> config) {
  core::ProviderInfo info{name, core::Executor::worker, core::RestartRule::uncertain, false,
                          nullptr};
  info.config = std::move(config);
  info.proxy = true;
  return info;
}

}  // namespace

core::Providers standard_providers() {
  using core::Executor;
  using core::RestartRule;
  using Settings = std::vector<core::Setting>;
  // How a document tells two uses of a provider apart; nothing reads it.
  const Settings id_only{{"id"}};
  const Settings event_config{
      required("signal"), {"when"}, {"count"}, {"deadline"}, {"default", {"continue", "fail"}}};
  const Settings approval_config{required("ask"),
                                 {"why"},
                                 {"approvers"},
                                 {"need"},
                                 {"rejections"},
                                 {"deadline"},
                                 {"default", {"approve", "reject", "fail"}},
                                 {"escalateAfter"},
                                 {"escalateTo"}};
  const Settings none{};
  const Settings http_config{{"id"},
                             {"url"},
                             {"method"},
                             {"headers"},
                             {"successCodes"},
                             {"wait.url"},
                             {"wait.interval"},
                             {"wait.count"},
                             {"wait.start"},
                             {"wait.success"},
                             {"wait.fail"},
                             {"wait.expression"},
                             {"wait.expressionType", {"symphony", "jsonpath"}}};
  const Settings list_inputs{{"objectType", {"instance", "sites", "catalogversions", "catalogs"}}};
  const Settings wait_config{{"wait.interval"}, {"wait.count"}};
  const Settings materialize_config{{"waitForDeployment"}, {"waitTimeout"}};
  const Settings create_inputs{{"objectType", {"solution", "solutionversion", "instance"}},
                               {"action", {"create", "remove"}}};
  const Settings patch_inputs{{"objectType", {"solution", "solutionversion"}},
                              {"patchSource", {"", "catalog", "catalogversion", "inline"}},
                              {"patchAction", {"", "add", "remove"}}};
  // `name` and `stagingFolder` are read past: the run folder is the staging folder.
  const Settings script_config{{"script"},
                               {"scriptFolder", {}, {}, true},
                               {"scriptEngine", {"bash", "powershell"}},
                               {"environment"},
                               {"name"},
                               {"stagingFolder"}};
  return core::Providers({
      {"approval", Executor::inline_stage, RestartRule::due_row, false, approval, approval_config,
       none, false, approval_vote},
      {"counter", Executor::inline_stage, RestartRule::rerun, true, counter, id_only},
      {"create", Executor::inline_stage, RestartRule::rerun, false, create, wait_config,
       create_inputs},
      {"delay", Executor::inline_stage, RestartRule::due_row, true, delay, id_only},
      {"event", Executor::inline_stage, RestartRule::due_row, false, event, event_config, none,
       false, nullptr, event_signal},
      {"flaky", Executor::inline_stage, RestartRule::rerun, false, flaky, {{"id"}, {"failTimes"}}},
      {"http", Executor::worker, RestartRule::rerun_reads, false, nullptr, http_config},
      {"list", Executor::inline_stage, RestartRule::rerun, true, list, none, list_inputs},
      {"materialize", Executor::inline_stage, RestartRule::rerun, true, materialize,
       materialize_config},
      {"mock", Executor::inline_stage, RestartRule::rerun, true, mock, id_only},
      {"patch", Executor::inline_stage, RestartRule::rerun, false, patch, none, patch_inputs},
      proxy("proxy.http", http_proxy_config()),
      proxy("proxy.mqtt", mqtt_proxy_config()),
      {"remote", Executor::remote, RestartRule::resend, false, nullptr, none},
      {"script", Executor::worker, RestartRule::reattach_else_uncertain, false, nullptr,
       script_config},
      {"wait", Executor::inline_stage, RestartRule::rerun, true, wait, wait_config, list_inputs},
  });
}

}  // namespace antiphon::stages
