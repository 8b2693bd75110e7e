// SPDX-License-Identifier: MIT
#include "engine/expression/functions.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/expression/function_bodies.hpp"
#include "engine/expression/nearest.hpp"

namespace antiphon::expression {
namespace {

constexpr std::array table{
    // name, least and most arguments, body, path
    Function{"input", 1, 1, bodies::input},
    Function{"output", 2, 2, bodies::output},
    Function{"trigger", 2, 2, bodies::trigger},
    Function{"property", 1, 1, bodies::property},
    Function{"val", 0, 1, bodies::context, PathArgument::marked},
    Function{"context", 0, 1, bodies::context, PathArgument::marked},
    Function{"equal", 2, 2, bodies::equal},
    Function{"gt", 2, 2, bodies::greater},
    Function{"ge", 2, 2, bodies::greater_or_equal},
    Function{"lt", 2, 2, bodies::less},
    Function{"le", 2, 2, bodies::less_or_equal},
    Function{"between", 3, 3, bodies::between},
    Function{"and", 2, 2, bodies::both},
    Function{"or", 2, 2, bodies::either},
    Function{"not", 1, 1, bodies::negation},
    Function{"if", 3, 3, bodies::choice},
    Function{"in", 2, any_number, bodies::member},
    Function{"str", 1, 1, bodies::text},
    Function{"json", 1, 1, bodies::json},
    Function{"jsonpath", 2, 2, bodies::json_path, PathArgument::quoted},
    Function{"base64encode", 1, 1, bodies::encode},
    Function{"base64decode", 1, 1, bodies::decode},
    Function{"secret", 2, 2, bodies::secret},
    Function{"config", 2, any_number, bodies::config},
    Function{"instance", 0, 0, bodies::instance},
    Function{"param", 1, 1, bodies::param},
    Function{"topic", 1, 1, bodies::topic},
    Function{"payload", 0, 1, bodies::payload, PathArgument::bare},
    Function{"sites", 0, 1, bodies::sites},
    Function{"now", 0, 0, bodies::now},
    Function{"uuid", 0, 0, bodies::uuid},
    Function{"len", 1, 1, bodies::length},
    Function{"keys", 1, 1, bodies::keys},
    Function{"sum", 1, any_number, bodies::sum},
    Function{"min", 1, any_number, bodies::least},
    Function{"max", 1, any_number, bodies::most},
    Function{"all", 1, any_number, bodies::all},
    Function{"any", 1, any_number, bodies::any},
    Function{"first", 1, 1, bodies::first},
    Function{"join", 1, 2, bodies::join},
    Function{"default", 2, 2, bodies::or_default},
    Function{"coalesce", 1, any_number, bodies::coalesce},
};

}  // namespace

const Function* find_function(std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [name](const Function& function) {
    return function.name == name;
  });
  return found == table.end() ? nullptr : &*found;
}

std::string unknown_function_hint(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Function& function : table) known.push_back(function.name);
  const std::string_view meant = nearest(name, known);
  return meant.empty() ? std::string() : "did you mean $" + std::string(meant) + "?";
}

bool is_marked_path(std::string_view argument) {
  return argument.starts_with("$") || argument.starts_with("{$");
}

std::string_view without_quotes(std::string_view argument) {
  constexpr std::string_view quotes = "\"'`";
  const bool quoted = argument.size() >= 2 && argument.front() == argument.back() &&
                      quotes.find(argument.front()) != std::string_view::npos;
  return quoted ? argument.substr(1, argument.size() - 2) : argument;
}

}  // namespace antiphon::expression
