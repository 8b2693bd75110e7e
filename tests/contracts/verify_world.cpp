// SPDX-License-Identifier: MIT
#include "tests/contracts/verify_world.hpp"

#include <fstream>
#include <iterator>

#include "tests/unit/core_invariants_rows.hpp"

namespace antiphon::test {

namespace fs = std::filesystem;

namespace {

/// Every file of the folder with its bytes.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::directory_iterator(folder)) {
    all[entry.path().filename()] = content(entry.path());
  }
  return all;
}

core::CampaignVersion stored_version() {
  core::CampaignVersion row = some_version("hello", "1", 1);
  row.name_space = name<core::Namespace>("default");
  row.hash = "hash";
  row.applied_at = core::start;
  return row;
}

core::Result<core::CampaignPtr> read_document(const core::CampaignVersion&) {
  auto campaign = std::make_shared<core::Campaign>();
  for (const char* stage : {"first", "second", "third"}) campaign->stages[stage].name = stage;
  core::TriggerSpec press;
  press.name = "press";
  press.filter = "plant/+/press";
  campaign->triggers = {press};
  return core::CampaignPtr(std::move(campaign));
}

void insert(store::Transaction& rows, const core::RunRecord& record) {
  rows.insert(record.activation);
  for (const auto& run : record.runs) rows.insert(run);
  for (const auto& task : record.tasks) rows.insert(task);
  for (const auto& [stage, output] : record.outputs) {
    rows.put_output(record.activation.id, stage, output);
  }
}

}  // namespace

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void fill(store::Transaction& rows) {
  rows.insert(stored_version());
  rows.replace_triggers(
      stored_version().name_space, stored_version().name,
      {{stored_version().name_space, stored_version().name, "press", "plant/+/press", "hash"}});
  core::RunRecord own = core::run_between();
  own.activation.name_space = stored_version().name_space;
  own.activation.campaign = stored_version().name;
  own.activation.version = stored_version().version;
  insert(rows, own);
  core::RunRecord commanded = core::commanded_run();
  commanded.activation.id = activation_id("c1");
  for (auto& run : commanded.runs) run.activation = commanded.activation.id;
  for (auto& task : commanded.tasks) {
    task.key.activation = commanded.activation.id;
    task.id = task_id("c" + std::to_string(task.key.run));
  }
  commanded.activation.updated = commanded.activation.created = core::start;
  insert(rows, commanded);
  rows.put(some_site("tokyo"));
  core::Object app = some_object("instance/app");
  app.origin = {};
  rows.put(app);
  const core::LaneRecord lane = core::sound_lane();
  rows.put(lane.lane);
  for (const core::LaneEvent& event : lane.events) rows.add(lane.lane.id, event);
  rows.add(some_reject("reason"));
  rows.remember("digest", R"({"status":200})", core::start + core::hours(1));
  rows.put_last_instant(core::start);
}

void File::make() const {
  const auto store = open();
  commit(*store, fill);
  store->close();
}

void File::damage(const std::string& sql) const {
  store::Connection(path, store::Connection::Access::write).execute(sql);
}

std::string Outcome::text() const {
  std::string all;
  for (const auto& finding : found) all += finding.rule + " " + finding.text + "\n";
  return all;
}

Outcome verify(const std::string& path,
               const std::function<void(std::int64_t, std::int64_t)>& progress) {
  std::vector<store::Finding> found;
  auto verified = store::verify_sqlite(
      path, {read_document, [&](store::Finding finding) { found.push_back(std::move(finding)); },
             progress ? progress : [](std::int64_t, std::int64_t) {}});
  return {std::move(verified), std::move(found)};
}

Outcome verify_untouched(const File& file) {
  const auto before = contents(file.folder.path());
  Outcome outcome = verify(file.path);
  auto after = contents(file.folder.path());
  after.erase("hq.db.lock");  // has our pid now
  auto rest = before;
  rest.erase("hq.db.lock");
  CHECK(after == rest);
  return outcome;
}

}  // namespace antiphon::test
