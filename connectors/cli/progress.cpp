// SPDX-License-Identifier: MIT
#include "connectors/cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace antiphon::cli {
namespace {

bool is_terminal() {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return !dumb && ::isatty(STDERR_FILENO) == 1;
}

}  // namespace

std::string progress_line(const std::string& what, std::int64_t done, std::int64_t all) {
  constexpr std::int64_t width = 30;
  const std::int64_t of = std::max<std::int64_t>(all, 1);
  const std::int64_t so_far = std::clamp<std::int64_t>(done, 0, of);
  const auto full = static_cast<std::size_t>(so_far * width / of);
  return what + " [" + std::string(full, '#') + std::string(width - full, '.') + "] " +
         std::to_string(so_far * 100 / of) + " %";
}

Progress::Progress(std::string what) : what_(std::move(what)), wanted_(is_terminal()) {}

void Progress::show(std::int64_t done, std::int64_t all) {
  if (!wanted_) return;
  std::string line = progress_line(what_, done, all);
  if (line == shown_) return;
  shown_ = std::move(line);
  std::fprintf(stderr, "\r%s\033[K", shown_.c_str());
  std::fflush(stderr);
}

void Progress::clear() {
  if (shown_.empty()) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  shown_.clear();
}

}  // namespace antiphon::cli
