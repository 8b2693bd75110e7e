// SPDX-License-Identifier: MIT
#include "connectors/cli/top/board.hpp"

#include <algorithm>
#include <vector>

#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"

namespace antiphon::cli::top {
namespace {

using core::Value;

constexpr core::Duration minute = core::minutes(1);
/// Of a busy plane's events; the rates are then the last ones' only.
constexpr std::size_t most_heard = 100'000;
constexpr std::size_t least_lines = 12;

int urgency(const Value& run) {
  if (run.contains("stuck")) return 0;
  return cell(run, "state") == "paused" ? 1 : 2;
}

std::string state_of(const Value& run) {
  return run.contains("stuck") ? paint("stuck", Colour::bad) : state_cell(run);
}

std::string since(const Value& item, const char* key, core::Instant now) {
  const auto at = core::parse_rfc3339(cell(item, key));
  return at && now > *at ? elapsed(now - *at) : "";
}

std::string and_more(std::size_t all, std::size_t shown, bool yet_more) {
  if (all <= shown && !yet_more) return {};
  return "and " + std::to_string(all - shown) + (yet_more ? " or more" : "") + " others\n";
}

template <class Count>
std::size_t count(const Value& items, Count counted) {
  return static_cast<std::size_t>(std::count_if(items.begin(), items.end(), counted));
}

}  // namespace

void Board::heard(const core::LifeCycle& event, core::Instant now) {
  heard_.push_back({now, event.type});
  while (!heard_.empty() && (heard_.size() > most_heard || now - heard_.front().at > minute)) {
    heard_.pop_front();
  }
}

std::string Board::counts() const {
  const auto in = [this](const char* state) {
    return std::to_string(
        count(known_.runs, [state](const Value& run) { return cell(run, "state") == state; }));
  };
  const auto stuck = count(known_.runs, [](const Value& run) { return run.contains("stuck"); });
  const auto online =
      count(known_.sites, [](const Value& site) { return site.value("online", false); });
  return "runs   " + in("running") + " running" + (known_.more_runs ? " or more" : "") + ", " +
         in("paused") + " paused, " + in("cancelling") + " cancelling, " + std::to_string(stuck) +
         " stuck\nsites  " + std::to_string(online) + " of " + std::to_string(known_.sites.size()) +
         " online\n";
}

std::string Board::last_minute(core::Instant now) const {
  const auto of = [this, now](const char* type) {
    return std::to_string(std::count_if(heard_.begin(), heard_.end(), [&](const Heard& event) {
      return event.type == type && now - event.at <= minute;
    }));
  };
  return "minute " + of("activation.started") + " runs begun, " + of("activation.ended") +
         " ended, " + of("task.settled") + " tasks settled\n";
}

std::string Board::runs(core::Instant now, std::size_t most) const {
  if (known_.runs.empty()) return "no open runs\n";
  std::vector<const Value*> order;
  for (const Value& run : known_.runs) order.push_back(&run);
  std::stable_sort(order.begin(), order.end(), [](const Value* one, const Value* other) {
    return urgency(*one) < urgency(*other);
  });
  const std::size_t shown = std::min(order.size(), most);
  Table table({"ACTIVATION", "CAMPAIGN", "STATE", "STAGE", "FOR", "WHY"});
  for (std::size_t i = 0; i < shown; ++i) {
    const Value& run = *order[i];
    table.add({cell(run, "id"), cell(run, "campaign") + ":" + cell(run, "version"), state_of(run),
               cell(run, "stage"), since(run, "updated", now), cell(run, "error")});
  }
  return table.text() + and_more(order.size(), shown, known_.more_runs);
}

std::string Board::sites(std::size_t most) const {
  if (known_.sites.empty()) return "no sites\n";
  std::vector<const Value*> order;
  for (const Value& site : known_.sites) order.push_back(&site);
  std::stable_partition(order.begin(), order.end(),
                        [](const Value* site) { return !site->value("online", false); });
  const std::size_t shown = std::min(order.size(), most);
  Table table({"SITE", "STATE", "VERSION", "LAST SEEN"});
  for (std::size_t i = 0; i < shown; ++i) {
    const char* state = order[i]->value("online", false) ? "online" : "offline";
    table.add({cell(*order[i], "name"), paint(state, colour_of(state)), cell(*order[i], "version"),
               cell(*order[i], "lastSeen")});
  }
  return table.text() + and_more(order.size(), shown, false);
}

std::string Board::frame(core::Instant now, std::size_t lines) const {
  // Besides the rows: title, counts, the minute, two headings, two rests, two empty lines.
  const std::size_t rows = std::max(lines, least_lines) - 10;
  const std::size_t for_sites = std::min(known_.sites.size(), std::max<std::size_t>(rows / 3, 1));
  return paint("antiphon top", Colour::bold) + "  " + title_ + "  " +
         core::to_rfc3339(now).substr(11, 8) + "Z\n" + counts() +
         (counting_ ? last_minute(now) : "") + "\n" + runs(now, rows - for_sites) + "\n" +
         sites(for_sites);
}

}  // namespace antiphon::cli::top
