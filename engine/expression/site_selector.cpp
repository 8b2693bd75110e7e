// SPDX-License-Identifier: MIT
#include "engine/expression/site_selector.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/status.hpp"

namespace antiphon::expression {
namespace {

constexpr std::string_view blank = " \t\r\n";
/// Between the values of `in (...)`.
constexpr std::string_view between_values = " \t\r\n,";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

/// The end of the first term: a comma that stands in no parentheses.
std::size_t end_of_term(std::string_view text) {
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') inside = true;
    if (text[i] == ')') inside = false;
    if (text[i] == ',' && !inside) return i;
  }
  return text.size();
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; (at = text.find_first_not_of(between_values, at)) < text.size();) {
    const std::size_t end = std::min(text.find_first_of(between_values, at), text.size());
    all.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return all;
}

bool is_plain(std::string_view word) {
  return word.find_first_of(" \t\r\n=!()") == std::string_view::npos;
}

}  // namespace

core::Result<SiteSelector::Term> SiteSelector::parse_term(std::string_view text) {
  const auto wrong =
      core::failure(core::status::bad_config, "no selector of sites: '" + std::string(text) + "'",
                    "write label=value, label!=value, label in (a b) or online");
  if (text == "online") return Term{Kind::online, {}, {}};
  const std::size_t end = std::min(text.find_first_of(" \t\r\n=!("), text.size());
  Term term{Kind::one_of, std::string(text.substr(0, end)), {}};
  std::string_view rest = trimmed(text.substr(end));
  if (term.label.empty()) return wrong;
  if (rest.starts_with("in") && rest.ends_with(')')) {
    rest = trimmed(rest.substr(2));
    if (!rest.starts_with('(')) return wrong;
    term.values = words(rest.substr(1, rest.size() - 2));
    const bool plain = std::all_of(term.values.begin(), term.values.end(), is_plain);
    if (term.values.empty() || !plain) return wrong;
    return term;
  }
  if (rest.starts_with("!=")) term.kind = Kind::unequal;
  const std::size_t sign = rest.starts_with("!=") || rest.starts_with("==") ? 2 : 1;
  if (sign == 1 && !rest.starts_with('=')) return wrong;
  term.values.emplace_back(trimmed(rest.substr(sign)));
  if (!is_plain(term.values.front())) return wrong;
  return term;
}

core::Result<SiteSelector> SiteSelector::parse(std::string_view text) {
  SiteSelector made;
  if (trimmed(text).empty()) return made;
  for (bool more = true; more;) {
    const std::size_t end = end_of_term(text);
    auto term = parse_term(trimmed(text.substr(0, end)));
    if (!term) return tl::unexpected<core::Error>(std::move(term.error()));
    made.terms_.push_back(std::move(*term));
    more = end < text.size();
    text.remove_prefix(more ? end + 1 : end);
  }
  return made;
}

bool SiteSelector::matches(const core::SiteView& site) const {
  return std::all_of(terms_.begin(), terms_.end(),
                     [&](const Term& term) { return matches(term, site); });
}

bool SiteSelector::matches(const Term& term, const core::SiteView& site) {
  if (term.kind == Kind::online) return site.online;
  const auto found = site.labels.find(term.label);
  const bool among = found != site.labels.end() && std::find(term.values.begin(), term.values.end(),
                                                             found->second) != term.values.end();
  return term.kind == Kind::unequal ? !among : among;
}

}  // namespace antiphon::expression
