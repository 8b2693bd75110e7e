// SPDX-License-Identifier: MIT
#include "engine/expression/regex.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <limits>

#include "engine/core/status.hpp"
#include "engine/expression/limits.hpp"

namespace antiphon::expression {

core::Result<Regex> Regex::parse(const std::string& pattern, bool ignore_case) {
  if (pattern.size() > limits::pattern_bytes) {
    return core::failure(
        core::status::bad_config,
        "a pattern of more than " + std::to_string(limits::pattern_bytes) + " bytes");
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_case_sensitive(!ignore_case);
  options.set_max_mem(limits::pattern_memory_bytes);
  auto compiled = std::make_shared<const re2::RE2>(pattern, options);
  if (!compiled->ok()) {
    return core::failure(core::status::bad_config, "no regular expression: " + compiled->error());
  }
  return Regex(std::move(compiled));
}

bool Regex::finds(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

int Regex::visits(std::string_view text) const {
  // RE2 may have to run each instruction on each byte: some hundred of those take what a visit
  // does.
  constexpr std::size_t instructions_per_visit = 256;
  const auto program = static_cast<std::size_t>(std::max(1, compiled_->ProgramSize()));
  const std::size_t cost = 1 + text.size() * program / instructions_per_visit;
  return static_cast<int>(
      std::min(cost, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

}  // namespace antiphon::expression
