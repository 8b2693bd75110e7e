// SPDX-License-Identifier: MIT
// Tables first: a new folder, library or banned word is a line here.
#include "tests/unit/tidy_rules.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>

namespace antiphon::test {
namespace {

constexpr std::size_t file_lines_max = 400;
constexpr std::size_t function_lines_max = 70;
constexpr std::size_t code_columns_max = 100;
constexpr std::size_t comment_columns_max = 120;

// What each room may include besides itself: rooms, or single headers that are its ports.
const std::map<std::string, std::vector<std::string>> arrows{
    {"engine/core", {}},
    {"engine/expression", {"engine/core"}},
    {"engine/stages", {"engine/core"}},
    {"engine/campaign", {"engine/core", "engine/expression"}},
    {"engine/store", {"engine/core"}},
    {"engine/runtime", {"engine"}},
    {"connectors/bus", {"engine/core"}},
    {"connectors/wire",
     {"engine/core", "engine/runtime/messenger.hpp", "engine/runtime/inbound.hpp",
      "connectors/bus/bus.hpp", "connectors/bus/topic_tree.hpp"}},
    {"connectors/symphony",
     {"engine/core", "connectors/wire/fields.hpp", "connectors/wire/guard.hpp"}},
    {"connectors/providers",
     {"engine/core", "engine/expression", "engine/runtime/worker.hpp",
      "engine/runtime/failpoint.hpp", "connectors/wire/guard.hpp"}},
    {"connectors/secrets", {"engine/core", "connectors/wire/guard.hpp"}},
    {"connectors/proxy",
     {"engine/core", "engine/runtime/worker.hpp", "engine/runtime/failpoint.hpp",
      "connectors/bus/bus.hpp", "connectors/bus/mqtt_bus.hpp",
      "connectors/providers/durable_file.hpp", "connectors/providers/http_exchange.hpp",
      "connectors/providers/http_options.hpp", "connectors/providers/waiting_line.hpp",
      "connectors/symphony", "connectors/wire/fields.hpp", "connectors/wire/guard.hpp"}},
    {"connectors/runner",
     {"engine/core", "engine/runtime/worker.hpp", "connectors/bus/bus.hpp", "connectors/symphony",
      "connectors/wire/guard.hpp"}},
    {"connectors/cli", {"engine", "connectors"}},
    {"tests", {"engine", "connectors", "tests"}},
};

// Where a header may appear. Standard C++ headers have neither dot nor slash and may appear
// anywhere.
const std::vector<std::pair<std::string, std::vector<std::string>>> header_homes{
    {"nlohmann/", {"engine", "connectors", "tests"}},
    {"spdlog/", {"engine/runtime", "engine/store", "connectors", "tests"}},
    {"tl/", {"engine/core"}},
    {"SQLiteCpp/", {"engine/store"}},
    {"sqlite3.h", {"engine/store", "tests/crash", "tests/sim"}},
    {"yaml-cpp/", {"engine/campaign"}},
    {"re2/", {"engine/expression"}},
    {"curl/", {"connectors/providers"}},
    {"openssl/", {"engine/runtime"}},
    {"mqtt/", {"connectors/bus"}},
    {"MQTT", {"connectors/bus"}},
    {"httplib.h", {"connectors/runner"}},
    {"CLI/", {"connectors/cli", "tests"}},
    {"valijson/", {"tests/unit"}},
    {"doctest/", {"tests"}},
    {"benchmark/", {"tests/bench"}},
    {"rapidcheck.h", {"tests/unit"}},
};
const std::regex posix_header{
    "(sys|netinet|arpa)/[a-z_]+\\.h|(unistd|fcntl|signal|poll|netdb|spawn|dirent|pwd)\\.h"};
const std::vector<std::string> posix_homes{"engine/runtime", "engine/store", "connectors", "tests"};

const std::vector<std::string> pure_rooms{"engine/core", "engine/expression", "engine/campaign",
                                          "engine/stages"};
const std::regex impure{
    "<(thread|mutex|condition_variable|future|random|fstream|iostream|filesystem|spdlog/.*)>"
    "|\\b(system_clock|steady_clock|random_device|getenv)\\b"};

struct Banned {
  std::string word;  ///< a regular expression, looked for in code
  std::string instead;
  std::string only_in{};  ///< empty: everywhere
  std::string except_in{};
};
const std::vector<Banned> banned{
    {"std::(ranges::)?views\\b", "write the loop: clang 14 does not compile range views"},
    {"std::format\\b", "add strings: g++ 12 has no std::format"},
    {"std::expected\\b", "take core::Result: g++ 12 has no std::expected"},
    {"\\busing namespace std;", "name what you use"},
    {"\\b(atoi|atol|atof|strtol|strtod|sprintf)\\(",
     "take std::from_chars or std::to_string, which say what went wrong", "", "tests"},
    {"\\b(class|struct) \\w*(Manager|Helper|Util|Base|Impl)\\b", "name it by what it does"},
    {"\\b(sleep_for|sleep_until|usleep|nanosleep)\\b", "wait for a condition with test::await",
     "tests", "tests/support"},
    {"\\bsleep\\(", "wait for a condition with test::await", "tests", "tests/support"},
};

std::string at(const Source& source, std::size_t index) {
  return source.path + ":" + std::to_string(index + 1) + ": ";
}

bool is_below(const std::string& path, const std::string& folder) {
  return path == folder || path.rfind(folder + "/", 0) == 0;
}

bool is_below_any(const std::string& path, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(),
                     [&](const auto& folder) { return is_below(path, folder); });
}

std::string room_of(const Source& source) {
  return source.is_in("tests") ? "tests" : source.room();
}

// What the line includes: the mark (" or <) and the header.
std::optional<std::pair<char, std::string>> included(const Source& source, std::size_t index) {
  static const std::regex include{"^#include ([\"<])([^\">]+)[\">].*"};
  std::smatch match;
  if (source.code[index].rfind("#include", 0) != 0) return std::nullopt;
  if (!std::regex_match(source.lines[index], match, include)) return std::nullopt;
  return std::pair{match[1].str()[0], match[2].str()};
}

// A .cpp may leave it to its header to say what it is for: first.cpp, and first_part.cpp beside it,
// to first.hpp, and each file of a folder to the header of the folder's name.
bool is_explained_by_header(const Source& source) {
  const auto folder = source.path.substr(0, source.path.rfind('/'));
  const auto common = folder + folder.substr(folder.rfind('/')) + ".hpp";
  for (std::size_t i = 0; i < source.lines.size() && source.path.rfind(".cpp") != std::string::npos;
       ++i) {
    const auto include = included(source, i);
    if (!include) continue;
    const auto stem = include->second.substr(0, include->second.rfind(".hpp"));
    if (source.path == stem + ".cpp" || source.path.rfind(stem + "_", 0) == 0 ||
        include->second == common)
      return true;
  }
  return false;
}

// Characters, not bytes.
std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

Complaints include_arrows(const Source& source) {
  Complaints complaints;
  const auto room = room_of(source);
  const auto arrow = arrows.find(room);
  if (arrow == arrows.end())
    return {source.path + ":1: a room without arrows; say in tidy_rules.cpp what it may include"};
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    const auto include = included(source, i);
    if (!include || include->first != '"') continue;
    const auto& header = include->second;
    if (!is_below(header, "engine") && !is_below(header, "connectors") &&
        !is_below(header, "tests")) {
      complaints.push_back(at(source, i) + header + "; write the path from the root of the tree");
    } else if (!is_below(header, room) && !is_below_any(header, arrow->second)) {
      complaints.push_back(at(source, i) + room + " may not look into " + header +
                           "; turn the arrow round with a port");
    }
  }
  return complaints;
}

Complaints third_party_headers(const Source& source) {
  Complaints complaints;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    const auto include = included(source, i);
    if (!include || include->first != '<') continue;
    const auto& header = include->second;
    if (header.find_first_of("./") == std::string::npos) continue;
    if (std::regex_match(header, posix_header)) {
      if (!is_below_any(source.path, posix_homes))
        complaints.push_back(at(source, i) + header + "; the system is met behind a port");
      continue;
    }
    const auto home =
        std::find_if(header_homes.begin(), header_homes.end(),
                     [&](const auto& entry) { return header.rfind(entry.first, 0) == 0; });
    if (home == header_homes.end()) {
      complaints.push_back(at(source, i) + header +
                           " has no home; give it one in tidy_rules.cpp, or do without it");
    } else if (!is_below_any(source.path, home->second)) {
      complaints.push_back(at(source, i) + header + " belongs into " + home->second.front() +
                           "; use what that folder offers");
    }
  }
  return complaints;
}

Complaints purity(const Source& source) {
  Complaints complaints;
  if (!is_below_any(source.path, pure_rooms)) return complaints;
  for (std::size_t i = 0; i < source.code.size(); ++i) {
    std::smatch match;
    if (std::regex_search(source.code[i], match, impure)) {
      complaints.push_back(at(source, i) + match.str() +
                           "; time, ids and randomness come in with the event");
    }
  }
  return complaints;
}

Complaints banned_words(const Source& source) {
  Complaints complaints;
  const auto here = [&](const Banned& word) {
    return (word.only_in.empty() || source.is_in(word.only_in)) &&
           (word.except_in.empty() || !source.is_in(word.except_in));
  };
  std::vector<std::pair<std::regex, std::string>> words;
  for (const auto& word : banned) {
    if (here(word)) words.emplace_back(word.word, word.instead);
  }
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    for (const auto& [word, instead] : words) {
      if (std::regex_search(source.code[i], word))
        complaints.push_back(at(source, i) + source.code[i] + "; " + instead);
    }
    for (const std::string mark : {"TO"
                                   "DO",
                                   "FIX"
                                   "ME"}) {
      if (source.lines[i].find(mark) != std::string::npos)
        complaints.push_back(at(source, i) + mark + "; do it, or file it");
    }
  }
  return complaints;
}

Complaints file_head(const Source& source) {
  if (source.lines.empty() || source.lines[0] != "// SPDX-License-Identifier: MIT") {
    return {at(source, 0) +
            "the first line is no licence; begin with // SPDX-License-Identifier: MIT"};
  }
  if (source.lines.size() < 2 ||
      (source.lines[1].rfind("// ", 0) != 0 && !is_explained_by_header(source))) {
    return {at(source, 1) +
            "no word on what the file is for; say it in one to five lines of comment"};
  }
  return {};
}

Complaints sizes(const Source& source) {
  Complaints complaints;
  if (source.lines.size() > file_lines_max) {
    complaints.push_back(at(source, file_lines_max) + "the file goes on past " +
                         std::to_string(file_lines_max) + " lines; look for the seam");
  }
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    const auto& line = source.lines[i];
    const bool is_text = source.code[i].empty() && line.find("//") == std::string::npos;
    if (is_text || line.find("://") != std::string::npos) continue;
    const auto most = line.find("//") == std::string::npos ? code_columns_max : comment_columns_max;
    if (columns(line) > most) {
      complaints.push_back(at(source, i) + std::to_string(columns(line)) + " columns; at most " +
                           std::to_string(most));
    }
  }
  for (const auto& [first, last] : functions(source)) {
    if (last - first + 1 > function_lines_max) {
      complaints.push_back(at(source, first) + "a function of " + std::to_string(last - first + 1) +
                           " lines; cut it below " + std::to_string(function_lines_max));
    }
  }
  return complaints;
}

}  // namespace antiphon::test
