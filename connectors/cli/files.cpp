// SPDX-License-Identifier: MIT
#include "connectors/cli/files.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

namespace status = core::status;

constexpr std::size_t password_file_bytes = 64 * 1024;
constexpr std::size_t certificate_bytes = 4 * 1024 * 1024;  // a system's whole bundle has a quarter

std::string reason(int error) {
  return std::generic_category().message(error);
}

core::Result<std::string> read_bounded(std::istream& stream, const std::string& name,
                                       std::size_t most_bytes) {
  std::string text(most_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) {
    return core::failure(status::not_found, name + " cannot be read (" + reason(errno) + ")");
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() <= most_bytes) return text;
  return core::failure(status::too_large,
                       name + " has more than " + std::to_string(most_bytes) + " bytes");
}

}  // namespace

core::Result<std::string> read_text(const std::string& name, std::size_t most_bytes) {
  if (name == "-") return read_bounded(std::cin, "stdin", most_bytes);
  std::error_code unknown;
  if (std::filesystem::is_directory(name, unknown)) {
    return core::failure(status::bad_request, name + " is a folder", "name a file");
  }
  std::ifstream file(name, std::ios::binary);
  if (!file) {
    return core::failure(status::not_found, name + " cannot be read (" + reason(errno) + ")");
  }
  return read_bounded(file, name, most_bytes);
}

core::Result<std::string> read_password(const std::string& path) {
  const std::string named = "password file " + path;
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    return core::failure(status::not_found, named + " cannot be read (" + reason(errno) + ")");
  }
  if (!S_ISREG(facts.st_mode)) {
    return core::failure(status::bad_request, named + " is no regular file",
                         "name a file whose first line is the password");
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return core::failure(status::forbidden, "others may read the " + named, "chmod 600 " + path);
  }
  auto text = read_text(path, password_file_bytes);
  if (!text) return core::failure(text.error().status, "password file " + text.error().message);
  return text->substr(0, text->find('\n'));
}

core::Result<std::optional<bus::TlsFiles>> tls_files(const bus::TlsFiles& files,
                                                     const TlsWords& words) {
  for (const auto& [word, file] : {std::pair{words.ca, &files.ca},
                                   {words.certificate, &files.certificate},
                                   {words.key, &files.key}}) {
    if (file->empty()) continue;
    const auto text = read_text(*file, certificate_bytes);
    if (!text) {
      return core::failure(text.error().status, std::string(word) + ": " + text.error().message,
                           text.error().hint);
    }
  }
  if (files.certificate.empty() != files.key.empty()) {
    const bool alone = files.key.empty();
    return core::failure(status::bad_request,
                         std::string(alone ? words.certificate : words.key) +
                             ": is given, but no " + (alone ? words.key : words.certificate),
                         "a certificate and its private key go together");
  }
  if (files.ca.empty() && files.certificate.empty()) return std::optional<bus::TlsFiles>();
  return std::optional(files);
}

}  // namespace antiphon::cli
