// SPDX-License-Identifier: MIT
#include "connectors/proxy/marks.hpp"

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <system_error>
#include <vector>

#include "connectors/providers/durable_file.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::proxy {
namespace {

namespace fs = std::filesystem;
using core::Value;

/// An answer, with room for what JSON escapes in it.
constexpr std::size_t kept_bytes_most = 8 * core::limits::message_bytes;

/// Clocks are set right now and then; who wakes up late finds its mark still.
constexpr core::Duration mark_grace = core::hours(24);
constexpr std::size_t instant_bytes_most = 32;

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

/// Of a file that is none of ours nothing is known.
bool is_over(const fs::path& begun) {
  const auto text = providers::read_file(begun, instant_bytes_most);
  std::int64_t deadline = 0;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), deadline).ec != std::errc{}) {
    return false;
  }
  return now_ms() > deadline + mark_grace.ms;
}

}  // namespace

void Marks::sweep() const {
  std::error_code none;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder_, none), end; !none && at != end; at.increment(none)) {
    files.push_back(at->path());
  }
  for (const fs::path& file : files) {
    const std::string name = file.stem().string();
    const bool mark = file.extension() == ".begun" || file.extension() == ".ended";
    if (!mark) {
      fs::remove(file, none);
    } else if (!has_begun(name) || is_over(begun(name))) {
      forget(name);
    }
  }
}

core::Result<void> Marks::begin(const std::string& name, core::Duration time_left) const {
  std::error_code problem;
  fs::create_directories(folder_, problem);
  if (problem) return providers::io_failure("cannot make " + folder_.string(), problem.value());
  return providers::replace_file(begun(name), std::to_string(now_ms() + time_left.ms));
}

bool Marks::has_begun(const std::string& name) const {
  std::error_code unknown;
  return fs::exists(begun(name), unknown);
}

void Marks::keep(const std::string& name, const core::Finished& end) const {
  const Value text{{"status", end.status}, {"outputs", end.outputs}, {"error", end.error}};
  static_cast<void>(providers::replace_file(ended(name), core::dump(text)));
}

std::optional<core::Finished> Marks::kept(const std::string& name) const {
  const auto text = providers::read_file(ended(name), kept_bytes_most);
  if (!text) return std::nullopt;
  const Value end = Value::parse(*text, nullptr, false);
  const bool whole = end.is_object() && end.contains("status") && end.contains("outputs") &&
                     end.contains("error") && end["status"].is_number_integer() &&
                     end["outputs"].is_object() && end["error"].is_string();
  if (!whole) return std::nullopt;
  return core::Finished{end["status"].get<int>(), end["outputs"], end["error"].get<std::string>()};
}

void Marks::forget(const std::string& name) const {
  std::error_code unknown;
  fs::remove(ended(name), unknown);
  fs::remove(begun(name), unknown);
}

}  // namespace antiphon::proxy
