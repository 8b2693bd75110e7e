// SPDX-License-Identifier: MIT
#include "connectors/cli/document_files.hpp"

#include <cstdio>

#include "connectors/cli/files.hpp"
#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

/// What surrounds a document's text in its message: the envelope, the file's name.
constexpr std::size_t envelope_bytes = 4096;

bool is_named(const core::Campaign& campaign, const std::string& wanted) {
  const std::string& name = campaign.name.text();
  return wanted.empty() || wanted == name || wanted == name + ":" + campaign.version.text();
}

}  // namespace

core::Result<campaign::CampaignDocument> one_campaign(
    const std::vector<campaign::Document>& documents, const std::string& wanted,
    const std::string& file) {
  std::vector<const campaign::CampaignDocument*> found;
  std::string names;
  for (const auto& document : documents) {
    const auto* version = std::get_if<campaign::CampaignDocument>(&document);
    if (version == nullptr) continue;
    names += (names.empty() ? "" : ", ") + version->campaign->name.text() + ":" +
             version->campaign->version.text();
    if (is_named(*version->campaign, wanted)) found.push_back(version);
  }
  if (found.size() == 1) return *found.front();
  if (!found.empty()) {
    return core::failure(core::status::bad_request, file + " has several campaigns: " + names,
                         "name one with --campaign, with its version if need be");
  }
  return core::failure(core::status::not_found,
                       file + " has no campaign" + (wanted.empty() ? "" : " " + wanted),
                       names.empty() ? "" : "it has " + names);
}

std::string shown_name(const std::string& name) {
  return name == "-" ? "stdin" : name;
}

core::Result<std::string> read_document(const std::string& name) {
  auto text = read_text(name, core::limits::document_bytes);
  if (!text) return text;
  const std::size_t bytes = core::dump(core::Value(*text)).size() + envelope_bytes;
  if (bytes <= core::limits::message_bytes) return text;
  return core::failure(core::status::too_large,
                       shown_name(name) + " has " + std::to_string(text->size()) +
                           " bytes, which make a message of " + std::to_string(bytes) +
                           "; a plane takes " + std::to_string(core::limits::message_bytes),
                       "give its documents in several files, each a message of its own");
}

void print_problems(const std::vector<campaign::Problem>& problems) {
  for (const auto& problem : problems) {
    std::fprintf(stderr, "%s\n", printable(campaign::to_text(problem)).c_str());
  }
}

nlohmann::json problem_value(const std::string& file, const campaign::Problem& problem) {
  return {{"file", file},           {"line", problem.line},       {"column", problem.column},
          {"field", problem.field}, {"message", problem.message}, {"hint", problem.hint}};
}

void print_warnings(const campaign::Linted& linted) {
  for (const campaign::Warning& warning : linted.warnings) {
    if (warning.rule->level == campaign::Level::note) continue;
    std::fprintf(stderr, "%s\n", printable_lines(campaign::to_text(warning)).c_str());
  }
}

nlohmann::json warning_value(const std::string& file, const campaign::Warning& warning) {
  core::Value value = problem_value(file, warning.problem);
  value["rule"] = warning.rule->name;
  value["level"] = warning.rule->level == campaign::Level::note ? "note" : "warning";
  value["why"] = warning.rule->why;
  return value;
}

}  // namespace antiphon::cli
