// SPDX-License-Identifier: MIT
// Files that people name: read whole, up to a bound, with an error that says what is wrong with
// them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "connectors/bus/bus.hpp"
#include "engine/core/error.hpp"

namespace antiphon::cli {

/// The text of a file; "-" is stdin. 404: it cannot be read; 400: it is a folder; 413: it has more
/// than `most_bytes`. The message begins with the name.
core::Result<std::string> read_text(const std::string& name, std::size_t most_bytes);

/// The first line of a regular file that only its owner may read.
core::Result<std::string> read_password(const std::string& path);

/// The files' names if they can be read and belong together; nothing if none is named. `words` are
/// the names of the settings, for the message.
struct TlsWords {
  const char* ca;
  const char* certificate;
  const char* key;
};
core::Result<std::optional<bus::TlsFiles>> tls_files(const bus::TlsFiles& files,
                                                     const TlsWords& words);

}  // namespace antiphon::cli
