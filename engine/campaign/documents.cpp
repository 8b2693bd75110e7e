// SPDX-License-Identifier: MIT
#include "engine/campaign/documents.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "engine/campaign/activation_reader.hpp"
#include "engine/campaign/campaign_reader.hpp"
#include "engine/campaign/document_kind.hpp"
#include "engine/campaign/document_reader.hpp"
#include "engine/campaign/json_reader.hpp"
#include "engine/campaign/object_reader.hpp"
#include "engine/campaign/yaml_reader.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::campaign {
namespace {

namespace limits = core::limits;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_json(std::string_view text, std::string_view file) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (file.ends_with(".json")) return true;
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

/// What no document may contain, in YAML or in JSON. False: there was a problem.
bool check_bytes(const Source& source, Problems& problems) {
  if (source.text().size() > limits::document_bytes) {
    problems.add("the text has " + std::to_string(source.text().size()) + " bytes, more than " +
                 std::to_string(limits::document_bytes));
  } else if (const auto bad = find_bad_utf8(source.text())) {
    problems.add(*bad, {}, "this is not valid UTF-8");
  } else if (const auto control = find_control(source.text())) {
    problems.add(*control, {}, "a control character does not belong here");
  }
  return problems.count() == 0;
}

ContainerDocument read_container(Fields& document, const Metadata& metadata) {
  ContainerDocument container;
  container.name_space = metadata.name_space;
  container.name = read_name<core::CampaignName>(metadata, document.problems());
  const Node* node = document.node("spec");
  Fields spec(node, node ? node->at : document.at(), document.path("spec"), document.problems());
  document.put("spec", spec.finish());
  return container;
}

std::optional<Document> read_spec(DocumentKind kind, const Node& root, Fields& fields,
                                  const Metadata& metadata, const core::Providers& providers) {
  switch (kind) {
    case DocumentKind::campaign_version: {
      auto campaign = read_campaign(fields, metadata, providers);
      return CampaignDocument{std::move(campaign), fields.finish().dump()};
    }
    case DocumentKind::activation: {
      auto activation = read_activation(fields, metadata);
      fields.finish();
      return activation;
    }
    case DocumentKind::container: {
      auto container = read_container(fields, metadata);
      fields.finish();
      return container;
    }
    case DocumentKind::object:
      return read_object(root, fields, metadata);
  }
  return std::nullopt;
}

std::optional<Document> read_document(const Node& root, const core::Providers& providers,
                                      Problems& problems) {
  if (root.kind != Node::Kind::map) {
    problems.add(root.at, {}, "a document is a map, this is " + describe(root));
    return std::nullopt;
  }
  Fields fields(&root, root.at, {}, problems);
  const auto kind = read_kind(root, fields);
  if (!kind) return std::nullopt;
  fields.node("status");  // an export carries what an engine or a reconciler wrote
  const Metadata metadata = read_metadata(fields);
  return read_spec(*kind, root, fields, metadata, providers);
}

}  // namespace

std::string_view document_text(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return text;
}

std::vector<NodePtr> read_trees(const Source& source, std::string_view file, Problems& problems) {
  if (!check_bytes(source, problems)) return {};
  if (!is_json(source.text(), file)) return read_yaml(source, problems);
  std::vector<NodePtr> roots;
  if (auto root = read_json(source, problems)) roots.push_back(std::move(root));
  return roots;
}

std::vector<ReadDocument> read_documents(const Source& source, std::string_view file,
                                         const core::Providers& providers, Problems& problems) {
  std::vector<NodePtr> roots = read_trees(source, file, problems);
  std::vector<ReadDocument> documents;
  for (NodePtr& root : roots) {
    if (auto document = read_document(*root, providers, problems)) {
      documents.push_back({std::move(root), std::move(*document)});
    }
  }
  if (roots.empty() && problems.count() == 0) problems.add("there is no document in it");
  return documents;
}

tl::expected<std::vector<Document>, std::vector<Problem>> load(std::string_view text,
                                                               const std::string& file,
                                                               const core::Providers& providers) {
  const Source source(document_text(text));
  Problems problems(file, source);
  auto read = read_documents(source, file, providers, problems);
  if (problems.count() > 0) return tl::unexpected(problems.take());
  std::vector<Document> documents;
  for (ReadDocument& one : read) documents.push_back(std::move(one.document));
  return documents;
}

core::Result<core::CampaignPtr> load_canonical(std::string_view json,
                                               const core::Providers& providers) {
  const Source source(json);
  Problems problems("stored campaign", source);
  const auto documents = read_documents(source, ".json", providers, problems);
  if (problems.count() > 0) {
    return core::failure(core::status::bad_request, to_text(problems.take().front()));
  }
  if (const auto* document = std::get_if<CampaignDocument>(&documents.front().document)) {
    return document->campaign;
  }
  return core::failure(core::status::bad_request, "the stored document is no campaign");
}

}  // namespace antiphon::campaign
