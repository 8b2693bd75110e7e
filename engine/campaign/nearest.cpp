// SPDX-License-Identifier: MIT
#include "engine/campaign/nearest.hpp"

#include <algorithm>

namespace antiphon::campaign {
namespace {

constexpr std::size_t most_candidates = 1'000;
constexpr std::size_t most_bytes = 40;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the usual table: swapping neighbours looks two rows back.
  std::vector<std::size_t> before;
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.size()];
}

std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& known) {
  if (name.empty() || name.size() > most_bytes) return std::nullopt;
  const std::string* best = nullptr;
  std::size_t least = std::clamp<std::size_t>(name.size() / 3, 1, 3) + 1;
  for (std::size_t i = 0; i < std::min(known.size(), most_candidates); ++i) {
    const std::string& candidate = known[i];
    if (candidate.size() + least <= name.size() || name.size() + least <= candidate.size())
      continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance >= least) continue;
    least = distance;
    best = &candidate;
  }
  if (!best) return std::nullopt;
  return *best;
}

std::string nearest_hint(std::string_view name, const std::vector<std::string>& known,
                         std::string otherwise) {
  if (const auto meant = nearest(name, known)) return "did you mean '" + *meant + "'?";
  return otherwise;
}

}  // namespace antiphon::campaign
