// SPDX-License-Identifier: MIT
#include "connectors/providers/script_judgement.hpp"

#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "connectors/providers/durable_file.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::providers {
namespace {

namespace status = core::status;
namespace limits = core::limits;

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Takes the last line that is not blank off `text`; empty when there is none left.
std::string_view take_last_line(std::string_view& text) {
  text = text.substr(0, text.find_last_not_of(blanks) + 1);
  const auto end_before = text.rfind('\n');
  const std::size_t begin = end_before == std::string_view::npos ? 0 : end_before + 1;
  const std::string_view line = trimmed(text.substr(begin));
  text = text.substr(0, begin);
  return line;
}

std::optional<core::JsonText> last_object(const CappedOutput& out) {
  std::string_view rest = out.tail();
  while (true) {
    const std::string_view line = take_last_line(rest);
    const bool may_be_half_a_line = rest.empty() && out.tail_is_cut();
    if (line.empty() || may_be_half_a_line) return std::nullopt;
    if (line.front() != '{') continue;
    if (auto object = object_text(line)) return std::move(*object);
  }
}

core::Result<core::JsonText> outputs_of(const RunFolder& folder, const CappedOutput& out) {
  const auto text = read_file(folder.outputs_file(), limits::script_result_bytes);
  if (text) return object_text(*text);
  if (text.error().status != status::not_found) return tl::unexpected(text.error());
  if (auto printed = last_object(out)) return *std::move(printed);
  return core::failure(status::script_result_unreadable, "it left none");
}

std::string last_words(const CappedOutput& err) {
  std::string_view rest = err.tail();
  const std::string_view line = take_last_line(rest).substr(0, limits::reason_bytes);
  return line.empty() ? std::string("it wrote nothing to stderr") : std::string(line);
}

std::string how(const Ending& ending) {
  if (ending.signal) {
    return "was ended by signal " + std::to_string(*ending.signal) + " (" +
           strsignal(*ending.signal) + ")";
  }
  return "ended with exit code " + std::to_string(ending.exit_code.value_or(-1));
}

}  // namespace

core::Result<core::JsonText> object_text(std::string_view text) {
  const auto bounded = [](int depth, core::Value::parse_event_t, core::Value&) {
    if (depth > limits::json_depth) throw std::length_error("it is nested too deep");
    return true;
  };
  try {
    const core::Value value = core::Value::parse(text, bounded);
    if (value.is_object()) return core::dump(value);
    return core::failure(status::script_result_unreadable,
                         std::string("it is of type ") + value.type_name());
  } catch (const core::Value::parse_error& problem) {
    return core::failure(status::script_result_unreadable,
                         "it is no JSON at byte " + std::to_string(problem.byte));
  } catch (const std::exception& problem) {
    return core::failure(status::script_result_unreadable, problem.what());
  }
}

RunResult judge(const Ending& ending, const RunFolder& folder, const RunOrder& order,
                const CappedOutput& out, const CappedOutput& err) {
  auto outputs = outputs_of(folder, out);
  RunResult result{status::ok, outputs.value_or("{}"), {}, ending.exit_code, ending.signal};
  if (ending.by == EndedBy::cancel) {
    result.status = status::cancelled;
    result.error = "the script was cancelled; it " + how(ending);
  } else if (ending.by == EndedBy::deadline) {
    result.status = status::timed_out;
    result.error = "the script was ended at its deadline, " + core::to_text(order.time_left) +
                   " after its start";
  } else if (ending.exit_code != 0) {
    result.status = status::script_failed;
    result.error = "the script " + how(ending) + ": " + last_words(err);
  } else if (!outputs) {
    result.status = status::script_result_unreadable;
    result.error =
        "the script's outputs are no JSON object of at most " +
        std::to_string(limits::script_result_bytes) +
        " bytes, in its outputs file or as a line that it prints: " + outputs.error().message;
  }
  return result;
}

}  // namespace antiphon::providers
