// SPDX-License-Identifier: MIT
#include "engine/store/records.hpp"

#include <limits>

#include "engine/core/limits.hpp"

namespace antiphon::store {
namespace {

constexpr int rows_of_page = core::limits::page_items;
constexpr int documents_of_page = 16;  // each may have limits::document_bytes

/// Turns the pages of a list: `fetch` gives one, `place` the cursor behind a row of it.
template <class Fetch, class Place, class Visit>
void each_row(int limit, Fetch fetch, Place place, Visit visit) {
  Page page{{}, limit};
  while (true) {
    auto rows = fetch(page);
    if (!rows.empty()) page.after = place(rows.back());
    for (auto& row : rows) visit(std::move(row));
    if (rows.size() < static_cast<std::size_t>(limit)) return;
  }
}

}  // namespace

core::RunRecord load_record(Reader& reader, const core::ActivationId& id) {
  auto activation = reader.activation(id);
  if (!activation) throw StoreError(StoreError::Kind::other, "run " + id.text() + " is not stored");
  core::RunRecord record;
  record.activation = *std::move(activation);
  each_row(
      rows_of_page, [&](const Page& page) { return reader.history(id, page); },
      [](const core::StageRun& run) { return std::to_string(run.run); },
      [&](core::StageRun run) { record.runs.push_back(std::move(run)); });
  each_row(
      rows_of_page, [&](const Page& page) { return reader.tasks(id, std::nullopt, page); },
      [](const core::Task& task) {
        return std::to_string(task.key.run) + "." + std::to_string(task.key.ordinal);
      },
      [&](core::Task task) { record.tasks.push_back(std::move(task)); });
  for (const core::StageRun& run : record.runs) {
    if (record.outputs.contains(run.stage)) continue;
    if (auto output = reader.output(id, run.stage)) record.outputs[run.stage] = *std::move(output);
  }
  return record;
}

core::LaneRecord load_lane(Transaction& rows, core::Lane lane) {
  constexpr auto every = std::numeric_limits<std::size_t>::max();
  core::LaneRecord record{std::move(lane), {}, false};
  for (const bool ready : {false, true}) {
    for (core::LaneEvent& event : rows.lane_events(record.lane.id, ready, every)) {
      record.events.push_back(std::move(event));
    }
  }
  const auto run = rows.activation(record.lane.activation);
  record.busy = run && !core::ended(run->state);
  return record;
}

void each_activation(Reader& reader, const std::function<void(const core::Activation&)>& visit) {
  Reader::ActivationFilter every;
  every.commanded = true;
  each_row(
      rows_of_page, [&](const Page& page) { return reader.activations(every, page); },
      [](const core::Activation& row) { return row.id.text(); }, visit);
}

std::map<std::string, core::VersionRecord> load_versions(Reader& reader, const ReadDocument& read) {
  std::map<std::string, core::VersionRecord> versions;
  each_row(
      documents_of_page, [&](const Page& page) { return reader.campaigns(page); },
      [](const core::CampaignVersion& row) { return row.hash; },
      [&](const core::CampaignVersion& row) {
        versions.emplace(row.hash, core::version_record(row, read(row)));
      });
  return versions;
}

}  // namespace antiphon::store
