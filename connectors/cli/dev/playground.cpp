// SPDX-License-Identifier: MIT
#include "connectors/cli/dev/playground.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "connectors/cli/client.hpp"
#include "connectors/cli/pages.hpp"
#include "connectors/providers/durable_file.hpp"
#include "connectors/providers/program_path.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli::dev {
namespace {

namespace fs = std::filesystem;

const char* const this_program = "/proc/self/exe";

bool is_document(const fs::directory_entry& entry) {
  const std::string ending = entry.path().extension().string();
  return entry.is_regular_file() && (ending == ".yaml" || ending == ".yml" || ending == ".json");
}

core::Result<fs::path> temporary_folder() {
  std::string name = (fs::temp_directory_path() / "antiphon-dev-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return providers::io_failure("cannot make a folder for the data", errno);
  }
  return fs::path(name);
}

}  // namespace

Playground::~Playground() {
  while (!children_.empty()) children_.pop_back();
  std::error_code ignored;
  if (temporary_) fs::remove_all(data_, ignored);
}

core::Result<void> Playground::start() {
  if (options_.data.empty()) {
    auto made = temporary_folder();
    if (!made) return tl::unexpected(made.error());
    data_ = *made;
    temporary_ = true;
  } else {
    data_ = fs::absolute(options_.data);
    std::error_code problem;
    fs::create_directories(data_, problem);
    if (problem) return providers::io_failure("cannot make " + data_.string(), problem.value());
  }
  if (auto started = start_broker(); !started) return started;
  if (auto started = start_plane("hq", {}); !started) return started;
  const std::string offers =
      std::string("mock,delay,counter,list,http,flaky") + (scripts().empty() ? "" : ",script");
  for (int i = 1; i <= options_.sites; ++i) {
    const auto started =
        start_plane("site" + std::to_string(i), {"--parents", "hq", "--offers", offers});
    if (!started) return started;
  }
  return {};
}

fs::path Playground::scripts() const {
  const fs::path folder = fs::path(options_.folder) / "scripts";
  const bool there = !options_.folder.empty() && fs::is_directory(folder);
  return there ? fs::absolute(folder) : fs::path();
}

core::Result<void> Playground::start_broker() {
  // Debian keeps it where only root's PATH looks.
  const auto mosquitto = providers::find_program("mosquitto", "/usr/sbin:/usr/local/sbin");
  if (!mosquitto) {
    return core::failure(core::status::not_found, "there is no mosquitto here",
                         "install it, on Debian with `apt install mosquitto`");
  }
  const auto port = options_.port > 0 ? core::Result<int>(options_.port) : free_port();
  if (!port) return tl::unexpected(port.error());
  port_ = *port;
  const fs::path settings = data_ / "mosquitto.conf";
  const auto written = providers::replace_file(
      settings, "listener " + std::to_string(port_) + " 127.0.0.1\nallow_anonymous true\n");
  if (!written) return written;
  auto child = Child::start("mosquitto", {mosquitto->string(), "-c", settings.string()},
                            data_ / "mosquitto.log");
  if (!child) return tl::unexpected(child.error());
  children_.push_back(*std::move(child));
  return {};
}

core::Result<void> Playground::start_plane(const std::string& name,
                                           const std::vector<std::string>& more) {
  std::vector<std::string> words{this_program, "serve",
                                 "--name",     name,
                                 "--broker",   uri(),
                                 "--store",    (data_ / (name + ".db")).string(),
                                 "--files",    (data_ / name).string()};
  if (const fs::path folder = scripts(); !folder.empty()) {
    words.insert(words.end(), {"--scripts", folder.string()});
  }
  words.insert(words.end(), more.begin(), more.end());
  auto child = Child::start(name, words, data_ / (name + ".log"));
  if (!child) return tl::unexpected(child.error());
  children_.push_back(*std::move(child));
  return {};
}

bool Playground::ready() const {
  ClientOptions options;
  options.broker = uri();
  options.user = default_user();
  options.timeout = "1s";
  auto client = Client::connect(options);
  if (!client) return false;
  core::QueryRequest query;
  query.what = "sites";
  const auto sites = every_page(**client, query);
  if (!sites) return false;
  int online = 0;
  for (const auto& site : (*sites)["items"]) online += site.value("online", false) ? 1 : 0;
  return online >= options_.sites;
}

std::optional<core::Error> Playground::broken() {
  for (Child& child : children_) {
    const auto code = child.ended();
    if (!code) continue;
    temporary_ = false;  // somebody wants to read the log
    return core::Error{core::status::internal_error,
                       child.name() + " has ended with exit code " + std::to_string(*code),
                       "see " + child.log().string()};
  }
  return std::nullopt;
}

void Playground::apply_changes() {
  if (options_.folder.empty()) return;
  std::map<fs::path, fs::file_time_type> there;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(options_.folder, problem)) {
    std::error_code gone;
    const auto changed = entry.last_write_time(gone);
    if (!gone && is_document(entry)) there[entry.path()] = changed;
  }
  for (const auto& [file, changed] : there) {
    const auto known = applied_.find(file);
    if (known != applied_.end() && known->second == changed) continue;
    applied_[file] = changed;
    // What is wrong with a document `apply` itself says.
    auto apply = Child::start("apply",
                              {this_program, "apply", "-f", file.string(), "--new-version",
                               "--broker", uri(), "--plane", "hq"},
                              {});
    if (apply) apply->wait();
  }
}

std::string Playground::what_to_type() const {
  const std::string port = std::to_string(port_);
  std::string names = "hq";
  for (int i = 1; i <= options_.sites; ++i) names += ", site" + std::to_string(i);
  return "broker  " + uri() + "\nplanes  " + names + "\ndata    " + data_.string() +
         (temporary_ ? ", taken away at the end" : "") + "; logs are in *.log\n\n" +
         "In another terminal:\n\n" + "  export ANTIPHON_BROKER=" + uri() +
         "\n  antiphon get sites\n  antiphon get campaigns\n"
         "  antiphon activate CAMPAIGN --wait\n  antiphon watch\n"
         "  mosquitto_sub -p " +
         port + " -v -t 'antiphon/hq/#'\n\nCtrl-C ends all of it\n\n";
}

}  // namespace antiphon::cli::dev
