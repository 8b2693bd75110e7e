// SPDX-License-Identifier: MIT
#include "engine/campaign/templates.hpp"

#include "engine/campaign/secret_use.hpp"
#include "engine/expression/compile.hpp"

namespace antiphon::campaign {
namespace {

void add_error(std::size_t at, const std::string& path, const core::Error& error,
               Problems& problems) {
  // The language's errors begin with the field, which a problem has in a place of its own.
  std::string message = error.message;
  if (message.starts_with(path + ", ")) message.erase(0, path.size() + 2);
  problems.add(at, path, std::move(message), error.hint);
}

/// Finds each text below `node` that does not compile, so that every one is reported in its place.
void add_errors(const Node& node, const std::string& path, Problems& problems) {
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    add_errors(*node.items[i], child_path(path, i), problems);
  }
  for (const Member& member : node.members) {
    add_errors(*member.value, child_path(path, member.name), problems);
  }
  if (node.kind != Node::Kind::text) return;
  const auto compiled = expression::compile(core::Value(node.text), path);
  if (!compiled) add_error(node.at, path, compiled.error(), problems);
}

}  // namespace

core::TemplatePtr compile(const Node& node, const core::Value& value, const std::string& path,
                          Problems& problems) {
  const auto compiled = expression::compile(value, path);
  if (compiled) {
    check_secrets(**compiled, node.at, problems);
    return *compiled;
  }
  const std::size_t before = problems.count();
  add_errors(node, path, problems);
  if (problems.count() == before) add_error(node.at, path, compiled.error(), problems);
  return nullptr;
}

core::TemplatePtr read_target(Fields& fields) {
  const Node* node = fields.node("target");
  const auto text = fields.text("target");
  if (!text || text->empty()) return nullptr;
  auto target = compile(*node, core::Value(*text), fields.path("target"), fields.problems());
  refuse_secrets(target, node->at, "targets are shown", fields.problems());
  return target;
}

core::TemplateMap read_templates(Fields& fields, std::string_view name) {
  core::TemplateMap templates;
  const Node* map = fields.map(name);
  if (!map) return templates;
  auto canonical = core::Value::object();
  for (const Member& member : map->members) {
    const std::string path = child_path(fields.path(name), member.name);
    core::Value value = to_value(*member.value, path, fields.problems());
    templates[member.name] = compile(*member.value, value, path, fields.problems());
    canonical[member.name] = std::move(value);
  }
  fields.put(name, std::move(canonical));
  return templates;
}

}  // namespace antiphon::campaign
