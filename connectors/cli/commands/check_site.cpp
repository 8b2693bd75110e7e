// SPDX-License-Identifier: MIT
// `antiphon check-site`: is that site one? It speaks to it as an origin does and says, check by
// check, what it found.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "connectors/cli/check_site/checks.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"
#include "engine/core/status.hpp"

namespace antiphon::cli {
namespace {

using core::Value;

struct CheckOptions {
  ClientOptions client;
  std::string site;
  std::string origin = "hq-check";
  std::string restart;
  std::vector<std::string> only;
};

enum class Result { ok, failed, skipped };

struct CheckResult {
  const Check* check;
  Result result;
  std::string why;
};

const char* text(Result result) {
  if (result == Result::ok) return "ok";
  return result == Result::failed ? "FAILED" : "skipped";
}

/// Why the check cannot be made; empty if it can.
std::string obstacle(const Bench& bench, const Check& check) {
  if (check.run == check_presence) return {};
  const std::string site = bench.origin().site().text();
  if (!bench.obeys_us()) return site + " does not obey " + bench.origin().self().text();
  if (!check.needs.empty() && !bench.offers(std::string(check.needs))) {
    return site + " does not offer " + std::string(check.needs);
  }
  if (check.restarts && !bench.can_restart())
    return "give --restart COMMAND, which restarts the site";
  return {};
}

CheckResult make(Bench& bench, const Check& check) {
  if (auto why = obstacle(bench, check); !why.empty())
    return {&check, Result::skipped, std::move(why)};
  if (auto problem = check.run(bench)) return {&check, Result::failed, *std::move(problem)};
  auto skipped = bench.take_skipped();
  return {&check, skipped.empty() ? Result::ok : Result::skipped, std::move(skipped)};
}

void print(const CheckResult& finding) {
  constexpr int name_width = 25;
  const Colour colour = finding.result == Result::ok       ? Colour::good
                        : finding.result == Result::failed ? Colour::bad
                                                           : Colour::dim;
  std::string word = text(finding.result);
  word.resize(8, ' ');
  const std::string said =
      finding.result == Result::ok ? std::string(finding.check->asks) : printable(finding.why);
  std::printf("%s %-*s %s\n", paint(word, colour).c_str(), name_width,
              std::string(finding.check->name).c_str(), said.c_str());
  std::fflush(stdout);
}

Value to_json(const CheckResult& finding) {
  Value out{{"name", finding.check->name},
            {"asks", finding.check->asks},
            {"result", text(finding.result)}};
  if (!finding.why.empty()) out["why"] = finding.why;
  return out;
}

int conclude(const std::vector<CheckResult>& findings, const CheckOptions& options) {
  const auto count = [&](Result result) {
    return std::count_if(findings.begin(), findings.end(),
                         [&](const CheckResult& finding) { return finding.result == result; });
  };
  const auto failed = count(Result::failed);
  if (options.client.json) {
    Value checks = Value::array();
    for (const CheckResult& finding : findings) checks.push_back(to_json(finding));
    print_json({{"site", options.site},
                {"origin", options.origin},
                {"ok", failed == 0},
                {"checks", std::move(checks)}});
  } else {
    std::printf("%s: %td ok, %td failed, %td skipped\n", options.site.c_str(), count(Result::ok),
                failed, count(Result::skipped));
  }
  return failed == 0 ? exit_code::ok : exit_code::failed;
}

int not_there(const Bench& bench, const CheckOptions& options) {
  const std::string what = bench.presence().is_object()
                               ? "site " + options.site + " is not online"
                               : "site " + options.site + " has published no presence";
  return report({exit_code::unreachable,
                 {core::status::unavailable, what,
                  "is it running, on the broker at " + options.client.broker + "?"}},
                options.client);
}

int check_site(CheckOptions options) {
  const auto self = core::PlaneName::parse(options.origin);
  if (!self) return report({exit_code::usage, self.error()}, options.client);
  const auto site = core::PlaneName::parse(options.site);
  if (!site) return report({exit_code::usage, site.error()}, options.client);
  options.client.user =
      options.origin;  // at a broker with passwords a plane speaks under its own name
  auto origin = Origin::connect(options.client, *self, *site);
  if (!origin) return report(origin.error(), options.client);
  Bench bench(**origin, *core::parse_duration(options.client.timeout), options.restart);
  if (!bench.find_site()) return not_there(bench, options);
  std::vector<CheckResult> findings;
  for (const Check& check : site_checks()) {
    const bool wanted = options.only.empty() || std::find(options.only.begin(), options.only.end(),
                                                          check.name) != options.only.end();
    if (!wanted) continue;
    findings.push_back(make(bench, check));
    if (!options.client.json) print(findings.back());
  }
  return conclude(findings, options);
}

std::vector<std::string> names_of_checks() {
  std::vector<std::string> names;
  for (const Check& check : site_checks()) names.emplace_back(check.name);
  return names;
}

}  // namespace

void add_check_site(CLI::App& app, Run& run) {
  auto options = std::make_shared<CheckOptions>();
  auto* command =
      app.add_subcommand("check-site", "try whether a site keeps to the protocol (docs/sites.md)");
  command->add_option("site", options->site, "the site's name")->required();
  command
      ->add_option("--as", options->origin,
                   "speak as this plane; it must be among the site's parents")
      ->capture_default_str();
  command->add_option(
      "--restart", options->restart,
      "shell command that restarts the site and returns; without it some checks are skipped");
  command->add_option("--only", options->only, "make this check only; may be repeated")
      ->check(CLI::IsMember(names_of_checks()));
  options->client.timeout = "30s";
  add_client_options(*command, options->client);
  for (const char* flag : {"--plane", "--user"}) command->remove_option(command->get_option(flag));
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->client.no_color);
      return check_site(*options);
    };
  });
}

}  // namespace antiphon::cli
