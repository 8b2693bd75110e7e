// SPDX-License-Identifier: MIT
// `antiphon delete`: objects of a plane's registry.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "connectors/cli/client.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"

namespace antiphon::cli {
namespace {

struct DeleteOptions {
  ClientOptions client;
  std::vector<std::string> objects;
};

/// Nothing is asked of the plane before all names are read.
int delete_all(const DeleteOptions& options) {
  std::vector<core::ObjectKey> keys;
  for (const std::string& text : options.objects) {
    const auto key = core::object_key(text);
    if (!key) return report({exit_code::usage, key.error()}, options.client);
    keys.push_back(*key);
  }
  auto client = Client::connect(options.client);
  if (!client) return report(client.error(), options.client);
  core::Value all = core::Value::array();
  for (const core::ObjectKey& key : keys) {
    const auto answer = (*client)->ask(core::DeleteRequest{{}, key});
    if (!answer) return report(answer.error(), options.client);
    if (!options.client.json) std::printf("%s: deleted\n", core::to_text(key).c_str());
    const core::Value body = core::parse_object(answer->body);
    for (const auto& item : body.value("items", core::Value::array())) all.push_back(item);
  }
  if (options.client.json) print_json({{"ok", true}, {"items", all}});
  return exit_code::ok;
}

}  // namespace

void add_delete(CLI::App& app, Run& run) {
  auto options = std::make_shared<DeleteOptions>();
  auto* command = app.add_subcommand("delete", "take objects out of a plane's registry");
  command->add_option("objects", options->objects, "<kind>/<name> or <kind>/<name>@<namespace>")
      ->required();
  add_client_options(*command, options->client);
  command->callback([&run, options] { run = [options] { return delete_all(*options); }; });
}

}  // namespace antiphon::cli
