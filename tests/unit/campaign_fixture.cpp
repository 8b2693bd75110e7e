// SPDX-License-Identifier: MIT
#include "tests/unit/campaign_fixture.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "engine/stages/registry.hpp"

namespace antiphon::campaign::test {
namespace {

std::string joined(const std::vector<Problem>& problems) {
  std::string lines;
  for (const Problem& problem : problems) {
    const std::string text = to_text(problem);
    // "f:3:1: ..." and "f: ..." without the file.
    lines +=
        (lines.empty() ? "" : "\n") + text.substr(problem.file.size() + (problem.line > 0 ? 1 : 2));
  }
  return lines;
}

std::string evaluated(const core::TemplatePtr& text) {
  if (!text) return "null";
  const core::Scope scope;
  const auto value = text->evaluate(scope);
  return value ? value->dump() : "error: " + value.error().message;
}

std::string evaluated(const core::TemplateMap& map) {
  std::string all;
  for (const auto& [key, text] : map) {
    all += (all.empty() ? "" : ", ") + key + ": " + evaluated(text);
  }
  return "{" + all + "}";
}

std::string described(const core::Retry& retry) {
  return std::to_string(retry.most) +
         (retry.interval ? " every " + core::to_text(*retry.interval) : "");
}

struct Outcome {
  std::string operator()(const CampaignDocument& document) const {
    const core::Campaign& campaign = *document.campaign;
    return "campaign " + campaign.name_space.text() + "/" + campaign.name.text() + ":" +
           campaign.version.text();
  }
  std::string operator()(const ActivationDocument& document) const {
    return "activation " + document.name_space.text() + "/" + document.id.text() + " of " +
           document.campaign.text() + ":" + document.version.text() + " from '" + document.stage +
           "' with " + document.inputs + (document.metadata.empty() ? "" : " and ") +
           document.metadata;
  }
  std::string operator()(const ContainerDocument& document) const {
    return "container " + document.name_space.text() + "/" + document.name.text();
  }
  std::string operator()(const ObjectDocument& document) const {
    return "object " + core::to_text(document.key) + " " + document.canonical;
  }
};

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

const core::Providers& providers() {
  static const core::Providers known = stages::standard_providers();
  return known;
}

std::string problems_of(std::string_view text, const std::string& file) {
  const auto documents = load(text, file, providers());
  return documents ? "none" : joined(documents.error());
}

std::string outcome_of(std::string_view text, const std::string& file) {
  const auto documents = load(text, file, providers());
  if (!documents) return joined(documents.error());
  std::string lines;
  for (const Document& document : *documents) {
    lines += (lines.empty() ? "" : "\n") + std::visit(Outcome{}, document);
  }
  return lines;
}

std::string describe(const core::Campaign& campaign) {
  std::string text = campaign.name_space.text() + "/" + campaign.name.text() + ":" +
                     campaign.version.text() + " first " + campaign.first_stage +
                     (campaign.self_driving ? "" : " stepped") +
                     (campaign.compat ? " compat\n" : "\n");
  for (const auto& [key, value] : campaign.labels) text += "label " + key + "=" + value + "\n";
  for (const auto& [key, stage] : campaign.stages) {
    text += "stage " + key + "=" + stage.name + " provider " + stage.provider;
    if (stage.proxy) text += " by " + stage.proxy->provider + " " + evaluated(stage.proxy->config);
    text += " config " + evaluated(stage.config) + " inputs " + evaluated(stage.inputs);
    text += " contexts " + evaluated(stage.contexts) + " selector " + evaluated(stage.selector);
    if (stage.handle_errors) text += " handles";
    if (stage.idempotent) text += " idempotent";
    if (stage.timeout) text += " timeout " + core::to_text(*stage.timeout);
    if (stage.target) text += " target " + evaluated(stage.target);
    for (const core::PartSpec& part : stage.tasks) {
      text += " task " + part.name + " by " + part.provider + " config " + evaluated(part.config) +
              " inputs " + evaluated(part.inputs) + " target " + evaluated(part.target);
    }
    const core::Parts& parts = stage.parts;
    if (parts.count > 0) {
      text += " parts " + std::to_string(parts.count) + " at once " +
              std::to_string(parts.at_once) + " tolerated " + std::to_string(parts.tolerated);
    }
    if (stage.schedule) text += " at " + core::to_rfc3339(stage.schedule->at);
    if (stage.retry.most > 0) text += " retries " + described(stage.retry);
    text += "\n";
  }
  for (const core::TriggerSpec& trigger : campaign.triggers) {
    text += "trigger " + trigger.name + " on " + trigger.filter + " levels";
    for (const std::string& level : trigger.level_names) text += " '" + level + "'";
    text += " inputs " + evaluated(trigger.inputs) + "\n";
  }
  return text;
}

CampaignDocument campaign_of(std::string_view text, const std::string& file) {
  const auto documents = load(text, file, providers());
  REQUIRE_MESSAGE(documents.has_value(), problems_of(text, file));
  REQUIRE(documents->size() == 1);
  const auto* document = std::get_if<CampaignDocument>(&documents->front());
  REQUIRE(document != nullptr);
  return *document;
}

void check_problems(const std::vector<BadText>& cases) {
  for (const BadText& bad : cases) {
    CAPTURE(bad.text);
    CHECK(problems_of(bad.text) == bad.problems);
  }
}

}  // namespace antiphon::campaign::test
