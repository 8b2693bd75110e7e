// SPDX-License-Identifier: MIT
#include "tests/contracts/script_world.hpp"

#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/support/await.hpp"

namespace antiphon::test {
namespace {

namespace fs = std::filesystem;
using runtime::WorkReport;

}  // namespace

ScriptWorld::ScriptWorld() {
  options.state_dir = dir / "state";
  options.data_dir = dir / "data";
  options.site = core::PlaneName::parse("tokyo").value();
  options.script_folders = {dir / "scripts"};
  options.runner = ANTIPHON_SCRIPT_HOST;
  fs::create_directories(dir / "scripts");
  fs::create_directories(options.data_dir);
}

ScriptWorld::~ScriptWorld() {
  std::error_code ignored;
  for (fs::directory_iterator run(options.state_dir / "runs", ignored), end; !ignored && run != end;
       run.increment(ignored)) {
    const auto claim = providers::RunFolder(run->path()).claimed();
    if (claim && providers::open_if_alive(claim->runner)) ::kill(claim->runner.pid, SIGUSR1);
  }
}

std::string ScriptWorld::script(const std::string& body, const std::string& name) {
  const fs::path path = dir / "scripts" / name;
  write_text(path, "#!/bin/bash\n" + body + "\n");
  fs::permissions(path, fs::perms::owner_all);
  return name;
}

std::string ScriptWorld::waiting_script() {
  return script(R"(echo "$$" >> "$ANTIPHON_DATA/runs"
echo "$$" > "$ANTIPHON_DATA/begun.new"; mv "$ANTIPHON_DATA/begun.new" "$ANTIPHON_DATA/begun"
until [ -e "$ANTIPHON_DATA/go" ]; do sleep 0.01; done
echo '{"went": true}')");
}

void ScriptWorld::let_go() const {
  write_text(data("go"), "");
}

fs::path ScriptWorld::late_runner() const {
  const fs::path path = dir / "late-runner";
  write_text(path, "#!/bin/bash\ntouch " + data("late").string() + "\nuntil [ -e " +
                       data("wake").string() + " ]; do sleep 0.01; done\nexec " +
                       ANTIPHON_SCRIPT_HOST + " \"$@\"\n");
  fs::permissions(path, fs::perms::owner_all);
  return path;
}

runtime::Work ScriptWorld::work(const std::string& script, const std::string& inputs,
                                const std::string& id) const {
  runtime::Work work = work_with(R"({"script": ")" + script + "\"}", id);
  work.request = R"({"config": {"script": ")" + script + R"("}, "inputs": )" + inputs + "}";
  return work;
}

runtime::Work ScriptWorld::work_with(const std::string& config, const std::string& id) const {
  runtime::Work work;
  work.key = {core::ActivationId::parse("rollout-1").value(), 2, 3};
  work.id = core::TaskId::parse(id).value();
  work.provider = "script";
  work.request = R"({"config": )" + config + R"(, "inputs": {"version": "1.4"}})";
  work.time_left = core::minutes(5);
  return work;
}

std::unique_ptr<providers::ScriptWorker> ScriptWorld::worker(
    const providers::ScriptOptions& chosen) {
  return std::make_unique<providers::ScriptWorker>(chosen, [this](WorkReport report) {
    const std::lock_guard lock(mutex_);
    reports_.push_back(std::move(report));
  });
}

WorkReport ScriptWorld::await_report(const std::string& id,
                                     const std::function<bool(const WorkReport&)>& wanted) {
  const auto look = [&]() -> std::optional<WorkReport> {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(
        reports_.begin(), reports_.end(),
        [&](const WorkReport& report) { return report.id.text() == id && wanted(report); });
    if (found == reports_.end()) return std::nullopt;
    WorkReport report = *found;
    reports_.erase(found);
    return report;
  };
  return *await(look, patience, "a report about " + id);
}

WorkReport ScriptWorld::await_end(const std::string& id) {
  return await_report(id, [](const WorkReport& r) { return r.kind != WorkReport::Kind::started; });
}

WorkReport ScriptWorld::await_started(const std::string& id) {
  return await_report(id, [](const WorkReport& r) { return r.kind == WorkReport::Kind::started; });
}

WorkReport ScriptWorld::end_of(const runtime::Work& work) {
  const auto plane = worker();
  plane->start(work);
  return await_end(work.id.text());
}

void ScriptWorld::await_file(const fs::path& path) const {
  await([&] { return fs::exists(path); }, patience, "the file " + path.string());
}

std::size_t ScriptWorld::lines(const std::string& data_name) const {
  if (!fs::exists(data(data_name))) return 0;
  const std::string text = text_of(data(data_name));
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

pid_t ScriptWorld::pid_in(const std::string& data_name) const {
  // The file is there before the line in it is.
  await([&] { return lines(data_name) > 0; }, patience, "a pid in " + data_name);
  return std::stoi(text_of(data(data_name)));
}

providers::RunFolder ScriptWorld::folder(const std::string& name) const {
  return providers::RunFolder(options.state_dir / "runs" / name);
}

pid_t ScriptWorld::runner() const {
  return folder().claimed().value().runner.pid;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

bool is_gone(pid_t pid) {
  const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');
  return name_end == std::string::npos || stat.at(name_end + 2) == 'Z';
}

Variable::Variable(const char* name, const char* value) : name_(name) {
  ::setenv(name, value, 1);
}

Variable::~Variable() {
  ::unsetenv(name_);
}

}  // namespace antiphon::test
