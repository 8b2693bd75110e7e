// SPDX-License-Identifier: MIT
#include "connectors/providers/capped_output.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace antiphon::providers {

CappedOutput::CappedOutput(const std::filesystem::path& path, std::size_t most)
    : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)), most_(most) {}

void CappedOutput::append(std::string_view bytes) {
  const std::uint64_t head = most_ / 2;
  if (total_ < head) write(bytes.substr(0, static_cast<std::size_t>(head - total_)));
  total_ += bytes.size();
  kept_.append(bytes);
  if (kept_.size() > 2 * most_) kept_.erase(0, kept_.size() - most_);
}

void CappedOutput::finish() {
  const std::size_t head = most_ / 2;
  if (total_ <= head) return;
  const std::uint64_t rest = total_ - head;
  const auto shown = static_cast<std::size_t>(std::min<std::uint64_t>(rest, most_ - head));
  if (shown < rest) write("\n[... " + std::to_string(rest - shown) + " bytes left out ...]\n");
  write(tail().substr(tail().size() - shown));
}

std::string_view CappedOutput::tail() const {
  const std::string_view kept = kept_;
  return kept.size() > most_ ? kept.substr(kept.size() - most_) : kept;
}

void CappedOutput::write(std::string_view bytes) {
  while (file_ && !bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_.reset();
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace antiphon::providers
