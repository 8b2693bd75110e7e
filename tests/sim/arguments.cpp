// SPDX-License-Identifier: MIT
#include "tests/sim/arguments.hpp"

#include <charconv>

#include "tests/sim/mutants.hpp"

namespace antiphon::sim {
namespace {

template <class Number>
std::optional<Number> number_of(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

CLI::Validator whole(std::uint64_t least, std::uint64_t most) {
  const auto wrong = [=](const std::string& text) -> std::string {
    const auto number = number_of<std::uint64_t>(text);
    if (number && *number >= least && *number <= most) return "";
    return "'" + text + "' is no whole number from " + std::to_string(least) + " to " +
           std::to_string(most);
  };
  return CLI::Validator(wrong, "NUMBER");
}

CLI::Validator bug_name() {
  std::vector<std::string> names;
  for (const Mutant& mutant : mutants()) names.emplace_back(mutant.name);
  return CLI::IsMember(names);
}

std::optional<double> decimal(const std::string& text) {
  return number_of<double>(text);
}

}  // namespace antiphon::sim
