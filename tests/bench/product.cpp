// SPDX-License-Identifier: MIT
#include "tests/bench/product.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "tests/bench/far_end.hpp"

namespace antiphon::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Milliseconds longest_start{20'000};
constexpr Milliseconds longest_drain{20'000};
/// Between the first stages of all runs and the measurement, so that they no longer go in step.
constexpr Milliseconds settling{200};
constexpr int stages_per_run = 5;

const std::string status_prefix = "antiphon/hq/activation/";
const std::string presence_topic = "antiphon/hq/presence";

std::string campaign() {
  std::string text = "metadata: {name: five}\nspec:\n  firstStage: s1\n  stages:\n";
  for (int i = 1; i <= stages_per_run; ++i) {
    text += "    s" + std::to_string(i) +
            ":\n      provider: remote\n      contexts: ${{$trigger(site, '')}}\n"
            "      inputs: {operation: mock, step: " +
            std::to_string(i) + "}\n";
    if (i < stages_per_run) text += "      stageSelector: s" + std::to_string(i + 1) + "\n";
  }
  return text;
}

std::vector<std::string> serve_command(const std::string& program, const std::string& uri,
                                       const std::filesystem::path& folder) {
  return {program,       "serve", "--name",  hq_name,
          "--broker",    uri,     "--store", (folder / "hq.db").string(),
          "--log-level", "warn"};
}

/// User and system time so far.
double cpu_seconds(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string line{std::istreambuf_iterator<char>(file), {}};
  const auto name_end = line.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  constexpr int fields_before_utime = 11;
  std::string skipped;
  for (int i = 0; i < fields_before_utime; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

Product::Product(const std::string& program, const std::string& uri,
                 const std::filesystem::path& folder, const SharedCounts& counts)
    : counts_(counts), hq_(serve_command(program, uri, folder)), bus_(bench_bus(uri, "driver")) {
  bus::Handlers handlers;
  handlers.message = [this](const bus::Received& message) { heard(message); };
  bus_->start(std::move(handlers), {presence_topic, status_prefix + "+/status"});
  if (!reached([this] { return ready_ || !hq_.running(); }, longest_start) || !hq_.running()) {
    fail("the plane does not come to the bus");
  }
  apply(program, uri, folder);
}

Product::~Product() {
  bus_->stop(core::seconds(1));
  hq_.kill(SIGTERM);
  try {
    hq_.wait(Milliseconds(3'000));
  } catch (const std::runtime_error&) {
    hq_.kill(SIGKILL);
  }
}

void Product::apply(const std::string& program, const std::string& uri,
                    const std::filesystem::path& folder) {
  const auto file = (folder / "five.yaml").string();
  std::ofstream(file) << campaign();
  const auto applied = test::run(
      {program, "apply", "-f", file, "--broker", uri, "--plane", hq_name, "--user", "bench"});
  if (applied.exit_code != 0) fail("the campaign is not taken: " + applied.out + applied.err);
}

void Product::activate(int site) {
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    id = "b" + std::to_string(++started_);
    open_.emplace(id, site);
  }
  bus_->publish({"antiphon/hq/campaign/five/activate/bench",
                 R"({"activation":")" + id + R"(","inputs":{"site":")" + site_name(site) + "\"}}"});
}

/// A run that has ended makes place for the next one to the same site.
void Product::heard(const bus::Received& message) {
  if (message.topic == presence_topic) {
    ready_ = message.payload.find(R"("state":"online")") != std::string::npos;
    return;
  }
  const bool done = message.payload.find(R"("state":"done")") != std::string::npos;
  const bool failed = message.payload.find(R"("state":"failed")") != std::string::npos;
  if (!done && !failed) return;
  const auto id_end = message.topic.find('/', status_prefix.size());
  std::unique_lock lock(mutex_);
  const auto run =
      open_.find(message.topic.substr(status_prefix.size(), id_end - status_prefix.size()));
  if (run == open_.end()) return;
  const int site = run->second;
  open_.erase(run);
  lock.unlock();
  ++(done ? done_ : failed_);
  if (going_) activate(site);
}

std::size_t Product::running() {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

Throughput Product::measure(int depth, Milliseconds time) {
  going_ = true;
  const std::uint64_t first = counts_->stages;
  for (int i = 0; i < depth; ++i) activate(i % site_count);
  const auto all_began = [&] {
    return counts_->stages - first >= static_cast<std::uint64_t>(depth) || !hq_.running();
  };
  if (!reached(all_began, longest_start)) fail("the runs do not start");
  pass(settling);

  const auto begin = Clock::now();
  const std::uint64_t stages_before = counts_->stages;
  const double cpu_before = cpu_seconds(hq_.pid());
  pass(time);
  const auto stages = static_cast<double>(counts_->stages - stages_before);
  const double cpu = cpu_seconds(hq_.pid()) - cpu_before;
  const std::chrono::duration<double> took = Clock::now() - begin;
  drain();
  constexpr double us_per_second = 1e6;
  return {stages / took.count(), cpu * us_per_second / std::max(stages, 1.0)};
}

/// What was counted at the sites must be what the plane says it has done.
void Product::drain() {
  going_ = false;
  if (!reached([this] { return running() == 0 || !hq_.running(); }, longest_drain) ||
      !hq_.running()) {
    fail(std::to_string(running()) + " runs do not end");
  }
  if (failed_ != 0) fail(std::to_string(failed_) + " runs failed");
  if (counts_->stages != done_ * stages_per_run) {
    fail("the sites answered " + std::to_string(counts_->stages) + " stages, but " +
         std::to_string(done_) + " runs of " + std::to_string(stages_per_run) + " are done");
  }
}

void Product::fail(const std::string& what) {
  throw std::runtime_error(what + "\nthe plane's log:\n" + hq_.out() + hq_.err());
}

}  // namespace antiphon::bench
