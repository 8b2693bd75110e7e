// SPDX-License-Identifier: MIT
#include "tests/bench/options.hpp"

#include <sstream>

#include "engine/core/status.hpp"

namespace antiphon::bench {
namespace {

constexpr int rounds_most = 1'000;
constexpr double seconds_most = 600;
constexpr int depth_most = 10'000;

template <class Number>
core::Result<Number> number(const std::string& flag, const std::string& text, Number least,
                            Number most) {
  std::istringstream in(text);
  Number value{};
  if (in >> value && in.eof() && value >= least && value <= most) return value;
  std::ostringstream range;
  range << "a number from " << least << " to " << most;
  return core::failure(core::status::bad_request, flag + ": '" + text + "' is not " + range.str());
}

core::Result<std::vector<int>> depths(const std::string& text) {
  std::vector<int> list;
  std::istringstream in(text);
  for (std::string item; std::getline(in, item, ',');) {
    const auto depth = number("--depths", item, 1, depth_most);
    if (!depth) return tl::unexpected(depth.error());
    list.push_back(*depth);
  }
  if (list.empty()) return core::failure(core::status::bad_request, "--depths: none is given");
  return list;
}

/// The value of the flag that takes one.
core::Result<bool> take(Options& options, const std::string& flag, const std::string& value) {
  if (flag == "--rounds") {
    const auto rounds = number(flag, value, 1, rounds_most);
    if (!rounds) return tl::unexpected(rounds.error());
    options.rounds = *rounds;
  } else if (flag == "--seconds") {
    const auto seconds = number(flag, value, 0.05, seconds_most);
    if (!seconds) return tl::unexpected(seconds.error());
    options.each = Milliseconds(static_cast<std::int64_t>(*seconds * 1000));
  } else if (flag == "--depths") {
    auto list = depths(value);
    if (!list) return tl::unexpected(list.error());
    options.depths = std::move(*list);
  } else if (flag == "--antiphon") {
    options.program = value;
  } else {
    return core::failure(core::status::bad_request, "unknown argument '" + flag + "'");
  }
  return true;
}

}  // namespace

const char* const usage =
    R"(Durable remote stages a second, beside what the broker's request/reply and the disk allow.
usage: bench_stages [--rounds N] [--seconds S] [--depths N,N...] [--json] [--antiphon PROGRAM]
  --rounds N          rounds, limits and product by turns in each; default 5
  --seconds S         length of one measurement; default 2
  --depths N,N...     stages in flight; default 1,10,100,1000
  --json              print JSON
  --antiphon PROGRAM  the antiphon to measure; default: the one of this build
Starts a broker, a plane and sites of its own on loopback; files go below TMPDIR (default /tmp).
)";

core::Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& flag = arguments[i];
    if (flag == "--json") {
      options.json = true;
    } else if (flag == "--help" || flag == "-h") {
      options.help = true;
    } else if (i + 1 == arguments.size()) {
      return core::failure(core::status::bad_request,
                           "'" + flag + "' is unknown or has no value; see --help");
    } else if (auto taken = take(options, flag, arguments[++i]); !taken) {
      return tl::unexpected(taken.error());
    }
  }
  return options;
}

}  // namespace antiphon::bench
