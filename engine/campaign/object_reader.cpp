// SPDX-License-Identifier: MIT
#include "engine/campaign/object_reader.hpp"

#include <array>

#include "engine/core/limits.hpp"

namespace antiphon::campaign {
namespace {

/// What other stores wrote into a document that came out of them.
constexpr std::array other_stores_fields{
    "etag",       "objGeneraion",    "uid",        "ownerReferences", "creationTimestamp",
    "generation", "resourceVersion", "finalizers", "managedFields"};

/// Parents of versions have a spec with nothing in it; the word alone does not tell which it is.
std::string kind_of(const Node& root) {
  const Member* kind = find_member(root, "kind");
  const std::string word = kind->value->text;
  const Member* spec = find_member(root, "spec");
  const bool empty = !spec || spec->value->kind == Node::Kind::null ||
                     (spec->value->kind == Node::Kind::map && spec->value->members.empty());
  return empty && (word == "Catalog" || word == "Solution") ? word + "Container" : word;
}

template <class T>
T checked(const core::Result<T>& read, std::size_t at, const char* path, Problems& problems) {
  if (read) return *read;
  problems.add(at, path, read.error().message, read.error().hint);
  return {};
}

}  // namespace

ObjectDocument read_object(const Node& root, Fields& fields, const Metadata& metadata) {
  Problems& problems = fields.problems();
  ObjectDocument document;
  document.key.name_space = metadata.name_space;
  document.key.kind =
      checked(core::object_kind(kind_of(root)), find_member(root, "kind")->at, "kind", problems);
  if (metadata.name.empty()) {
    problems.add(metadata.name_at, name_path, "is missing");
  } else {
    document.key.name =
        checked(core::object_name(metadata.name), metadata.name_at, name_path, problems);
  }
  for (const Member& member : root.members) {
    const bool read = member.name == "apiVersion" || member.name == "kind" ||
                      member.name == "metadata" || member.name == "status";
    if (!read) fields.data(member.name);
  }
  core::Value canonical = fields.finish();
  if (auto& about = canonical["metadata"]; about.is_object()) {
    for (const auto* name : other_stores_fields) about.erase(name);
    about["name"] = document.key.name.text();
    about["namespace"] = document.key.name_space.text();
  }
  document.canonical = canonical.dump();
  if (document.canonical.size() > core::limits::object_bytes) {
    problems.add(root.at, {},
                 "the object has " + std::to_string(document.canonical.size()) +
                     " bytes, more than " + std::to_string(core::limits::object_bytes));
  }
  return document;
}

}  // namespace antiphon::campaign
