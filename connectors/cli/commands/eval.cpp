// SPDX-License-Identifier: MIT
// `antiphon eval`: an expression's value, without a broker.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/files.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/limits.hpp"
#include "engine/expression/compile.hpp"
#include "engine/expression/json_context.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct EvalOptions {
  std::string context_file;
  std::string text;
};

core::Result<Value> read_context(const std::string& name) {
  if (name.empty()) return Value::object();
  const auto text = read_text(name, core::limits::message_bytes);
  if (!text) {
    return core::failure(text.error().status, "--context: " + text.error().message,
                         text.error().hint);
  }
  auto value = wire::parse_guarded(*text, core::limits::message_bytes);
  if (value) return value;
  return core::failure(value.error().status, name + ": " + value.error().message,
                       value.error().hint);
}

int eval(const EvalOptions& options) {
  const auto given = read_context(options.context_file);
  if (!given) return fail(given.error(), exit_code::usage);
  const auto context = expression::JsonContext::make(*given);
  if (!context) return fail(context.error(), exit_code::usage);
  const auto compiled = expression::compile(options.text, "text");
  if (!compiled) return fail(compiled.error(), exit_code::failed);
  const auto value = (*compiled)->evaluate(context->scope());
  if (!value) return fail(value.error(), exit_code::failed);
  std::printf("%s\n", json_line(*value).c_str());
  return exit_code::ok;
}

}  // namespace

void add_eval(CLI::App& app, Run& run) {
  auto options = std::make_shared<EvalOptions>();
  auto* command =
      app.add_subcommand("eval", "the value of a text with expressions, as JSON; needs no broker");
  command->add_option("--context", options->context_file,
                      "JSON file with inputs, outputs, triggers, value, properties, payload, "
                      "topic, secrets, config, "
                      "deployment, sites, now, seed");
  command
      ->add_option("text", options->text,
                   "for example '${{$input(a)}}'; put -- before one that begins with -")
      ->required();
  command->callback([&run, options] { run = [options] { return eval(*options); }; });
}

}  // namespace antiphon::cli
