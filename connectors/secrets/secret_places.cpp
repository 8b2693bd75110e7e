// SPDX-License-Identifier: MIT
#include "connectors/secrets/secret_places.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "connectors/secrets/fields_of_file.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::secrets {
namespace {

namespace fs = std::filesystem;
namespace limits = core::limits;
namespace status = core::status;

constexpr std::size_t kept_files = 256;
constexpr std::size_t kept_names = 1024;
constexpr std::size_t kept_texts = 4;
constexpr std::size_t told_problems = 20;

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

/// Names become parts of paths.
core::Result<void> check_name(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
  });
  if (plain && !name.empty() && name.front() != '.') return {};
  return core::failure(status::bad_request, quoted(name) + " is no name of a secret",
                       "letters, digits, '.', '_' and '-', not beginning with '.'");
}

core::Result<std::string> check_text(std::string text) {
  if (text.empty()) return core::failure(status::bad_request, "it is empty");
  if (text.size() > limits::secret_bytes) {
    return core::failure(status::too_large, "it has " + std::to_string(text.size()) +
                                                " bytes, more than " +
                                                std::to_string(limits::secret_bytes));
  }
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r') ||
           c == '\x7F';
  });
  if (control || wire::invalid_utf8_at(text)) {
    return core::failure(status::bad_request, "it is no UTF-8 text without control characters",
                         "keep bytes as base64, and let the program that uses them decode them");
  }
  return text;
}

std::string without_last_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

bool is_folder(const fs::path& path) {
  std::error_code unknown;
  return fs::is_directory(path, unknown);
}

bool is_there(const fs::path& path) {
  std::error_code unknown;
  return fs::exists(path, unknown);
}

void check_files(const fs::path& folder, std::vector<core::Error>& found) {
  if (auto fit = check_secret_folder(folder); !fit) {
    found.push_back(fit.error());
    return;
  }
  std::error_code problem;
  std::vector<fs::path> entries;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (!entry->path().filename().string().starts_with('.')) entries.push_back(entry->path());
  }
  if (problem) {
    found.push_back(
        {status::forbidden, folder.string() + " cannot be read (" + problem.message() + ")"});
  }
  std::sort(entries.begin(), entries.end());
  for (const fs::path& path : entries) {
    if (found.size() >= told_problems) return;
    if (is_folder(path)) {
      check_files(path, found);
    } else if (auto fit = look_at_secret_file(path); !fit) {
      found.push_back(fit.error());
    }
  }
}

}  // namespace

std::vector<core::Error> problems_of(const Places& places) {
  std::vector<core::Error> found;
  if (!places.files.empty()) check_files(places.files, found);
  return found;
}

std::string variable_of(std::string_view prefix, std::string_view object, std::string_view field) {
  std::string name(prefix);
  for (const char c : std::string(object) + "_" + std::string(field)) {
    const auto code = static_cast<unsigned char>(c);
    name += std::isalnum(code) != 0 ? static_cast<char>(std::toupper(code)) : '_';
  }
  return name;
}

SecretPlaces::SecretPlaces(Places places, Environment environment)
    : places_(std::move(places)), environment_(std::move(environment)) {}

std::optional<std::string> SecretPlaces::process_environment(const std::string& variable) {
  const char* text = std::getenv(variable.c_str());
  if (text == nullptr) return std::nullopt;
  return std::string(text);
}

core::Result<core::Value> SecretPlaces::secret(std::string_view object,
                                               std::string_view field) const {
  for (const std::string_view name : {object, field}) {
    if (auto fit = check_name(name); !fit) return tl::unexpected<core::Error>(fit.error());
  }
  const std::lock_guard lock(mutex_);
  auto text = look_up(object, field).and_then(check_text);
  if (!text) return tl::unexpected<core::Error>(text.error());
  remember({std::string(object), std::string(field)}, *text);
  return core::Value(*std::move(text));
}

std::vector<std::string> SecretPlaces::given(std::string_view object,
                                             std::string_view field) const {
  // So that it is known what a process before this one gave, if it has not changed since.
  static_cast<void>(secret(object, field));
  const std::lock_guard lock(mutex_);
  const auto found = given_.find({std::string(object), std::string(field)});
  return found == given_.end() ? std::vector<std::string>() : found->second;
}

core::Result<std::string> SecretPlaces::look_up(std::string_view object,
                                                std::string_view field) const {
  std::string places;
  if (!places_.files.empty()) {
    auto text = from_files(object, field);
    if (text || text.error().status != status::not_found) return text;
    places = text.error().message;
  }
  if (!places_.prefix.empty()) {
    const std::string variable = variable_of(places_.prefix, object, field);
    if (auto text = environment_(variable)) return *std::move(text);
    places += (places.empty() ? "" : ", and ") + std::string("the environment has no ") + variable;
  }
  return core::failure(status::not_found, places);
}

core::Result<std::string> SecretPlaces::from_files(std::string_view object,
                                                   std::string_view field) const {
  const fs::path path = places_.files / object;
  if (is_folder(path)) {
    const fs::path file = path / field;
    if (!is_there(file)) {
      return core::failure(status::not_found, "secret " + quoted(object) + " has no field " +
                                                  quoted(field) + " (no file " + file.string() +
                                                  ")");
    }
    return read(file).map(without_last_newline);
  }
  if (!is_there(path)) {
    return core::failure(status::not_found, "there is no secret " + quoted(object) + " (no file " +
                                                path.string() + ")");
  }
  const auto text = read(path);
  if (!text) return text;
  auto fields = fields_of_file(*text);
  if (!fields) {
    return core::failure(fields.error().status, path.string() + ": " + fields.error().message,
                         fields.error().hint);
  }
  const auto found = fields->find(field);
  if (found != fields->end()) return found->second;
  return core::failure(status::not_found, "secret " + quoted(object) + " has no field " +
                                              quoted(field) + " (in " + path.string() + ")");
}

core::Result<std::string> SecretPlaces::read(const fs::path& path) const {
  const auto mark = look_at_secret_file(path);
  if (!mark) return tl::unexpected<core::Error>(mark.error());
  if (const auto known = read_.find(path); known != read_.end() && known->second.mark == *mark) {
    return known->second.text;
  }
  auto text = read_secret_file(path);
  if (!text) return text;
  if (read_.size() >= kept_files) read_.clear();
  read_.insert_or_assign(path, Read{*mark, *text});
  return text;
}

void SecretPlaces::remember(Name name, const std::string& text) const {
  if (given_.size() >= kept_names && !given_.contains(name)) given_.erase(given_.begin());
  auto& texts = given_[std::move(name)];
  std::erase(texts, text);
  texts.push_back(text);
  if (texts.size() > kept_texts) texts.erase(texts.begin());
}

}  // namespace antiphon::secrets
