// SPDX-License-Identifier: MIT
// The manual page antiphon(1), written from the tree of commands that --help shows.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace antiphon::cli {

/// In man(7), for man, groff and mandoc.
std::string man_page(const CLI::App& app, const std::string& version);

}  // namespace antiphon::cli
