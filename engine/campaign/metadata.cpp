// SPDX-License-Identifier: MIT
#include "engine/campaign/metadata.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"

namespace antiphon::campaign {
namespace {

/// Written by Symphony and Kubernetes into what they store; an exported document has them. They
/// mean nothing here, and the same document exported twice is still the same.
constexpr std::array bookkeeping{
    "etag",         "objGeneraion",      "uid",        "ownerReferences",
    "generation",   "creationTimestamp", "finalizers", "resourceVersion",
    "managedFields"};

}  // namespace

Metadata read_metadata(Fields& document) {
  Metadata metadata;
  const Node* node = document.node("metadata");
  metadata.name_at = node ? node->at : document.at();
  Fields fields(node, metadata.name_at, document.path("metadata"), document.problems());
  if (const Node* name = fields.node("name")) metadata.name_at = name->at;
  metadata.name = fields.text("name").value_or("");
  const std::string space = fields.text("namespace").value_or("");
  if (const auto parsed = core::Namespace::parse(space.empty() ? "default" : space)) {
    metadata.name_space = *parsed;
  } else {
    fields.problem("namespace", parsed.error().message, parsed.error().hint);
  }
  metadata.labels = fields.texts("labels");
  metadata.annotations = fields.texts("annotations");
  for (const char* field : bookkeeping) fields.data(field);
  core::Value canonical = fields.finish();
  for (const char* field : bookkeeping) canonical.erase(field);
  if (node) document.put("metadata", std::move(canonical));
  return metadata;
}

core::JsonText kept_metadata(const Metadata& metadata) {
  if (metadata.labels.empty() && metadata.annotations.empty()) return {};
  return core::dump({{"labels", metadata.labels}, {"annotations", metadata.annotations}});
}

}  // namespace antiphon::campaign
