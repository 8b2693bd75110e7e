// SPDX-License-Identifier: MIT
#include "connectors/providers/run_folder.hpp"

#include <nlohmann/json.hpp>
#include <system_error>

#include "connectors/providers/durable_file.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::providers {
namespace {

namespace fs = std::filesystem;
using core::Value;

/// Names of dropped folders begin so; a task id never begins with a dot.
constexpr std::string_view dropped_prefix = ".dropped-";
/// Our own files: outputs with their escapes, and some words around them.
constexpr std::size_t file_bytes = 8 * core::limits::script_result_bytes;

Value json_of(const RunOrder& order) {
  return {{"v", 1},
          {"activation", order.piece.key.activation.text()},
          {"run", order.piece.key.run},
          {"ordinal", order.piece.key.ordinal},
          {"task", order.piece.id.text()},
          {"attempt", order.piece.attempt},
          {"argv", order.argv},
          {"env", order.env},
          {"timeLeftMs", order.time_left.ms}};
}

Value json_of(const RunClaim& claim) {
  if (claim.never) return {{"v", 1}, {"never", true}};
  return {{"v", 1},
          {"pid", claim.runner.pid},
          {"startTicks", claim.runner.start_ticks},
          {"boot", claim.runner.boot_id}};
}

Value json_of(const RunResult& result) {
  Value value{{"v", 1},
              {"status", result.status},
              {"outputs", core::parse_object(result.outputs)},
              {"error", result.error}};
  if (result.exit_code) value["exitCode"] = *result.exit_code;
  if (result.signal) value["signal"] = *result.signal;
  return value;
}

RunOrder order_from(const Value& value) {
  RunOrder order;
  order.piece.key = {core::ActivationId::parse(value.at("activation").get<std::string>()).value(),
                     value.at("run").get<std::int64_t>(), value.at("ordinal").get<std::int64_t>()};
  order.piece.id = core::TaskId::parse(value.at("task").get<std::string>()).value();
  order.piece.attempt = value.at("attempt").get<int>();
  order.argv = value.at("argv").get<std::vector<std::string>>();
  order.env = value.at("env").get<std::vector<std::string>>();
  order.time_left.ms = value.at("timeLeftMs").get<std::int64_t>();
  return order;
}

RunClaim claim_from(const Value& value) {
  if (value.value("never", false)) return {{}, true};
  return {{value.at("pid").get<pid_t>(), value.at("startTicks").get<std::uint64_t>(),
           value.at("boot").get<std::string>()},
          false};
}

RunResult result_from(const Value& value) {
  const Value& outputs = value.at("outputs");
  if (!outputs.is_object()) throw std::invalid_argument("outputs are no object");
  RunResult result;
  result.status = value.at("status").get<int>();
  result.outputs = core::dump(outputs);
  result.error = value.at("error").get<std::string>();
  if (value.contains("exitCode")) result.exit_code = value.at("exitCode").get<int>();
  if (value.contains("signal")) result.signal = value.at("signal").get<int>();
  return result;
}

/// A file of ours as `read` makes it from its JSON.
template <class Read>
auto parsed(const fs::path& path, Read read) -> core::Result<decltype(read(Value()))> {
  const auto text = read_file(path, file_bytes);
  if (!text) return tl::unexpected(text.error());
  try {
    return read(Value::parse(*text));
  } catch (const std::exception& problem) {
    return core::failure(core::status::internal_error,
                         "cannot understand " + path.string() + ": " + problem.what());
  }
}

}  // namespace

std::string name_of(const core::TaskId& id, int attempt) {
  return id.text() + "." + std::to_string(attempt);
}

bool RunFolder::exists() const {
  std::error_code ignored;
  return fs::is_directory(path_, ignored);
}

core::Result<void> RunFolder::prepare(const RunOrder& order, std::string_view inputs) const {
  std::error_code problem;
  fs::create_directories(script_folder(), problem);
  // The order, the inputs and what the script writes may hold secrets.
  if (!problem) fs::permissions(path_, fs::perms::owner_all, problem);
  if (problem) return io_failure("cannot make " + script_folder().string(), problem.value());
  if (auto written = replace_file(inputs_file(), inputs); !written) return written;
  if (auto written = replace_file(path_ / "work.json", core::dump(json_of(order))); !written) {
    return written;
  }
  return sync_folder(path_.parent_path());
}

core::Result<RunOrder> RunFolder::order() const {
  return parsed(path_ / "work.json", order_from);
}

core::Result<bool> RunFolder::claim(const RunClaim& claim) const {
  return create_file_once(path_ / "started", core::dump(json_of(claim)));
}

std::optional<RunClaim> RunFolder::claimed() const {
  auto claim = parsed(path_ / "started", claim_from);
  if (claim) return *claim;
  if (claim.error().status == core::status::not_found) return std::nullopt;
  return RunClaim{};
}

core::Result<void> RunFolder::finish(const RunResult& result) const {
  return replace_file(path_ / "result.json", core::dump(json_of(result)));
}

std::optional<RunResult> RunFolder::result() const {
  auto result = parsed(path_ / "result.json", result_from);
  if (!result) return std::nullopt;
  return std::move(*result);
}

void RunFolder::drop() const {
  const fs::path dropped =
      path_.parent_path() / (std::string(dropped_prefix) + path_.filename().string());
  std::error_code ignored;
  fs::remove_all(dropped, ignored);
  fs::rename(path_, dropped, ignored);
  fs::remove_all(dropped, ignored);
}

void sweep_dropped(const fs::path& runs) {
  std::error_code problem;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(runs, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (entry->path().filename().string().starts_with(dropped_prefix)) found.push_back(*entry);
  }
  for (const fs::path& path : found) fs::remove_all(path, problem);
}

}  // namespace antiphon::providers
