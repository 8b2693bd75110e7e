// SPDX-License-Identifier: MIT
// Rows as text, every field of them.
#include "tests/scenarios/print.hpp"

namespace antiphon::scenarios {
namespace {

class Row {
 public:
  explicit Row(std::string kind) : text_(std::move(kind)) {}

  Row& operator()(const char* name, const std::string& value) {
    if (!value.empty()) text_ += std::string(" ") + name + "=" + value;
    return *this;
  }
  Row& operator()(const char* name, std::string_view value) {
    return (*this)(name, std::string(value));
  }
  Row& operator()(const char* name, const char* value) { return (*this)(name, std::string(value)); }
  Row& operator()(const char* name, std::int64_t value) {
    return (*this)(name, std::to_string(value));
  }
  Row& operator()(const char* name, core::Instant at) { return (*this)(name, at.ms); }
  Row& operator()(const char* name, std::optional<core::Instant> at) {
    return at ? (*this)(name, *at) : *this;
  }
  std::string line() const { return text_ + "\n"; }

 private:
  std::string text_;
};

std::string dump(const core::Activation& a) {
  return Row("activation")("id", a.id.text())("namespace", a.name_space.text())(
             "campaign", a.campaign.text())("version", a.version.text())("hash", a.hash)(
             "state", core::to_text(a.state))("status", a.status)("error", a.error)(
             "stage", a.stage)("run", a.run)("next", a.next_stage)("due", a.due)("seq", a.seq)(
             "origin", a.origin.text())("task", a.task_id.text())("depth", a.depth)(
             "inputs", a.inputs)("trigger", a.trigger)("metadata", a.metadata)(
             "stepped", a.stepped ? "yes" : "no")("awaits_step", a.awaits_step ? "yes" : "no")(
             "given_inputs", a.given_inputs)("signals", a.signals)("author", a.author)(
             "created", a.created)("updated", a.updated)("ended", a.ended_at)
      .line();
}

std::string dump(const core::StageRun& r) {
  return Row("stage_run")("activation", r.activation.text())("run", r.run)("stage", r.stage)(
             "provider", r.provider)("state", core::to_text(r.state))("total", r.total)(
             "opened", r.opened)("succeeded", r.succeeded)("failed", r.failed)("swept", r.swept)(
             "parts", std::int64_t{r.parts.count})("at_once", std::int64_t{r.parts.at_once})(
             "tolerated", std::int64_t{r.parts.tolerated})("compat", r.compat ? "yes" : "no")(
             "contexts", r.contexts)("inputs", r.inputs)("next", r.next_stage)("status", r.status)(
             "error", r.error)("note", r.note)("handled", r.handled ? "yes" : "no")(
             "stepped_by", r.stepped_by)("token", r.step_token)("given", r.given_outputs)(
             "opened_at", r.opened_at)("begins", r.begins_at)("ended", r.ended_at)
      .line();
}

std::string dump(const core::Task& t) {
  return Row("task")("activation", t.key.activation.text())("run", t.key.run)(
             "ordinal", t.key.ordinal)("id", t.id.text())("context", t.context)("name", t.name)(
             "site", t.site.text())("provider", t.provider)("state", core::to_text(t.state))(
             "attempt", t.attempt)("idempotent", t.idempotent ? "yes" : "no")("request", t.request)(
             "outputs", t.outputs)("status", t.status)("error", t.error)("note", t.note)(
             "journal", t.journal)("created", t.created)("deadline", t.deadline)(
             "next_send", t.next_send)("wake", t.wake_at)("sends", t.sends)(
             "settled", t.settled_at)("polls", t.polls)("poll_state", t.poll_state)(
             "waits_for", t.waits_for)("work_until", t.work_until)
      .line();
}

}  // namespace

std::string dump_run(const core::RunRecord& record) {
  std::string text = dump(record.activation);
  for (const core::StageRun& run : record.runs) text += dump(run);
  for (const core::Task& task : record.tasks) text += dump(task);
  for (const auto& [stage, output] : record.outputs) {
    text += Row("output")("stage", stage)("run", output.run)("outputs", output.outputs).line();
  }
  return text;
}

}  // namespace antiphon::scenarios
