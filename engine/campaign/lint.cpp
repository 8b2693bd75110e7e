// SPDX-License-Identifier: MIT
#include "engine/campaign/lint.hpp"

#include <algorithm>
#include <tuple>

#include "engine/campaign/document_reader.hpp"
#include "engine/campaign/flow.hpp"
#include "engine/campaign/lint/findings.hpp"
#include "engine/campaign/lint/rules.hpp"
#include "engine/campaign/nearest.hpp"

namespace antiphon::campaign {
namespace {

/// The names of a list in one text.
std::vector<std::string> words_of(std::string_view text) {
  constexpr std::string_view between = ", \t\r\n";
  std::vector<std::string> words;
  for (auto at = text.find_first_not_of(between); at != text.npos;
       at = text.find_first_not_of(between, at)) {
    const auto end = std::min(text.find_first_of(between, at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

void allow_annotated(const Node& root, lint::Findings& findings) {
  const Node* annotation = &root;
  for (const std::string_view name :
       {std::string_view("metadata"), std::string_view("annotations"), allow_annotation}) {
    const Member* member = find_member(*annotation, name);
    if (member == nullptr) return;
    annotation = member->value.get();
  }
  for (const std::string& word : words_of(annotation->text)) {
    const std::string name = word.substr(0, word.find('@'));
    if (find_rule(name) == nullptr) {
      findings.add("unknown-rule", {}, "metadata.annotations['antiphon/lint-allow']",
                   "there is no rule " + in_quotes(name), rule_hint(name));
    }
    findings.allow(word);
  }
}

/// Stages at which activations of the text begin runs of the campaign.
std::vector<std::string> begun_at(const std::vector<ReadDocument>& documents,
                                  const core::Campaign& campaign) {
  std::vector<std::string> stages;
  for (const ReadDocument& one : documents) {
    const auto* run = std::get_if<ActivationDocument>(&one.document);
    if (run == nullptr || run->stage.empty() || run->campaign != campaign.name) continue;
    if (run->version.empty() || run->version == campaign.version) stages.push_back(run->stage);
  }
  return stages;
}

void look_at(const CampaignDocument& document, const std::vector<std::string>& begun,
             const core::Providers& providers, lint::Findings& findings) {
  const Flow flow = flow_of(*document.campaign);
  std::vector<std::string> names;
  for (const core::StageSpec* stage : flow.stages) names.push_back(stage->name);
  const lint::Subject subject{*document.campaign, flow, names, providers, begun, findings};
  lint::check_flow(subject);
  lint::check_reads(subject);
  lint::check_work(subject);
  lint::check_symphony(subject);
}

void sort(std::vector<Warning>& warnings) {
  std::stable_sort(warnings.begin(), warnings.end(), [](const Warning& a, const Warning& b) {
    return std::tie(a.problem.line, a.problem.column) < std::tie(b.problem.line, b.problem.column);
  });
}

}  // namespace

const std::vector<Rule>& lint_rules() {
  static const std::vector<Rule> rules{
      {"differs-from-symphony", Level::note, "Symphony 0.49 does it otherwise"},
      {"endless-loop", Level::warning, "a run that gets here never ends by itself"},
      {"no-timeout", Level::warning,
       "work that nobody answers for holds its run for the plane's default, mostly 7 days"},
      {"output-before-run", Level::warning,
       "the expression fails there, or is empty text where no stage has run yet"},
      {"output-of-unknown-stage", Level::warning,
       "the expression fails there, or is empty text where no stage has run yet"},
      {"tasks-of-remote-stage", Level::warning, "the stage is done without them"},
      {"trigger-without-default", Level::warning,
       "a run that is started without it goes on as if all were well"},
      {"unknown-next-stage", Level::warning, "a run that is sent there fails with status 400"},
      {"unknown-rule", Level::warning, "it allows nothing"},
      {"unreachable-stage", Level::warning,
       "it does nothing, and what was meant to lead to it leads elsewhere"},
  };
  return rules;
}

const Rule* find_rule(std::string_view name) {
  const auto& rules = lint_rules();
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [name](const Rule& rule) { return rule.name == name; });
  return found == rules.end() ? nullptr : &*found;
}

std::string rule_hint(std::string_view name) {
  std::vector<std::string> names;
  std::string all;
  for (const Rule& rule : lint_rules()) {
    names.emplace_back(rule.name);
    all += (all.empty() ? "rules: " : ", ") + names.back();
  }
  return nearest_hint(name, names, all);
}

std::string to_text(const Warning& warning) {
  Problem head = warning.problem;
  head.message = std::string(warning.rule->level == Level::note ? "note: " : "warning: ") +
                 (head.field.empty() ? "" : head.field + ": ") + head.message + " [" +
                 std::string(warning.rule->name) + "]";
  head.field.clear();
  head.hint.clear();
  std::string text = to_text(head) + "\n  why: " + std::string(warning.rule->why);
  if (!warning.problem.hint.empty()) text += "\n  right: " + warning.problem.hint;
  return text;
}

tl::expected<Linted, std::vector<Problem>> load_and_lint(std::string_view text,
                                                         const std::string& file,
                                                         const core::Providers& providers,
                                                         const std::vector<std::string>& allowed) {
  const Source source(document_text(text));
  Problems problems(file, source);
  std::vector<ReadDocument> read = read_documents(source, file, providers, problems);
  if (problems.count() > 0) return tl::unexpected(problems.take());
  Linted linted;
  for (const ReadDocument& one : read) {
    const auto* document = std::get_if<CampaignDocument>(&one.document);
    if (document == nullptr) continue;
    lint::Findings findings(file, source, *one.root, linted);
    for (const std::string& rule : allowed) findings.allow(rule);
    allow_annotated(*one.root, findings);
    look_at(*document, begun_at(read, *document->campaign), providers, findings);
  }
  sort(linted.warnings);
  for (ReadDocument& one : read) linted.documents.push_back(std::move(one.document));
  return linted;
}

}  // namespace antiphon::campaign
