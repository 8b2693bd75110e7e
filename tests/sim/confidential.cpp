// SPDX-License-Identifier: MIT
#include "tests/sim/confidential.hpp"

#include "tests/support/fixed_secrets.hpp"

namespace antiphon::sim {
namespace {

bool tells(const std::string& text) {
  return text.find(secret_text) != std::string::npos;
}

/// A site holds a command's secrets until its work is over.
bool may_hold(const core::RunRecord& record, const core::Task& task) {
  return !record.activation.origin.empty() && !core::settled(task.state);
}

}  // namespace

const core::SecretSource& secrets() {
  static const test::FixedSecrets all({{{"vault", "key"}, secret_text}});
  return all;
}

std::vector<core::Violation> check_said(const runtime::Outbound& message,
                                        const std::string& payload) {
  if (!tells(payload)) return {};
  if (const auto* site = std::get_if<runtime::ToSite>(&message)) {
    const auto* command = std::get_if<core::Command>(&site->message);
    if (command != nullptr && !tells(command->inputs) && !command->secrets.empty()) return {};
  }
  return {{"I11", "a plane tells a secret: " + payload}};
}

std::vector<core::Violation> check_kept(const core::RunRecord& record) {
  std::vector<core::Violation> found;
  const auto look = [&](const std::string& text, const std::string& where) {
    if (tells(text)) {
      found.push_back(
          {"I11", "run " + record.activation.id.text() + " keeps a secret in " + where});
    }
  };
  look(record.activation.inputs + record.activation.error, "its own row");
  for (const core::StageRun& run : record.runs) {
    look(run.inputs + run.contexts + run.error + run.note, "the stage run of " + run.stage);
  }
  for (const core::Task& task : record.tasks) {
    look(task.outputs + task.error + task.note + task.poll_state + task.waits_for,
         "the result of task " + task.id.text());
    if (!may_hold(record, task)) look(task.request, "the request of task " + task.id.text());
  }
  for (const auto& [stage, output] : record.outputs) look(output.outputs, "outputs of " + stage);
  return found;
}

}  // namespace antiphon::sim
