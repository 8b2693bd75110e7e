// SPDX-License-Identifier: MIT
// `antiphon top`: open runs and sites, live on a terminal, or once as text.
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "connectors/cli/client.hpp"
#include "connectors/cli/commands/commands.hpp"
#include "connectors/cli/exit_codes.hpp"
#include "connectors/cli/follow.hpp"
#include "connectors/cli/interrupt.hpp"
#include "connectors/cli/output.hpp"
#include "connectors/cli/pages.hpp"
#include "connectors/cli/top/board.hpp"
#include "connectors/wire/client.hpp"
#include "engine/core/limits.hpp"
#include "engine/runtime/clock.hpp"

namespace antiphon::cli {
namespace {

/// It is asked for and drawn no more often, and no less often: then the times in it have changed.
constexpr core::Duration shortest = core::milliseconds(250);
constexpr core::Duration longest = core::seconds(1);
constexpr std::size_t all_lines = 1'000'000;

struct TopOptions {
  ClientOptions client;
  bool once = false;
};

core::Instant our_time() {
  return runtime::SystemClock().wall();
}

Reached<top::Known> ask_for_all(Client& client) {
  top::Known known;
  for (const char* state : {"running", "paused", "cancelling"}) {
    core::QueryRequest query;
    query.what = "activations";
    query.state = state;
    const auto page = one_page(client, query);
    if (!page) return tl::unexpected(page.error());
    for (const auto& run : (*page)["items"]) known.runs.push_back(run);
    known.more_runs = known.more_runs || page->contains("next");
  }
  core::QueryRequest query;
  query.what = "sites";
  query.limit = core::limits::page_items;
  auto sites = every_page(client, query);
  if (!sites) return tl::unexpected(sites.error());
  known.sites = std::move((*sites)["items"]);
  return known;
}

std::size_t lines_of_terminal() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
  return known ? size.ws_row : 24;
}

/// The terminal's second screen, without a cursor, until it goes.
class Screen {
 public:
  Screen() { std::fputs("\033[?1049h\033[?25l", stdout); }
  ~Screen() {
    std::fputs("\033[?25h\033[?1049l", stdout);
    std::fflush(stdout);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void draw(const std::string& frame) {
    if (frame == drawn_) return;
    drawn_ = frame;
    std::printf("\033[H\033[J%s", frame.c_str());
    std::fflush(stdout);
  }

 private:
  std::string drawn_;
};

/// Takes in what happens, until it is time to draw again.
void listen(Client& client, top::Board& board) {
  const core::Instant begun = our_time();
  bool heard = false;
  while (!interrupted()) {
    const core::Duration most = heard ? shortest : longest;
    const core::Duration left{most.ms - (our_time() - begun).ms};
    if (left <= core::Duration{0}) return;
    const auto message = client.next(std::min(left, shortest));
    if (!message) continue;
    const auto event = wire::decode_event(*message);
    if (!event) continue;
    board.heard(*event, our_time());
    heard = true;
  }
}

int live(Client& client, top::Board& board) {
  note_interrupts();
  Screen screen;
  while (!interrupted()) {
    auto known = ask_for_all(client);
    if (known) {
      board.know(*std::move(known));
      screen.draw(board.frame(our_time(), lines_of_terminal()));
    } else {
      screen.draw(printable(known.error().error.message) + "; asking again\n" +
                  board.frame(our_time(), lines_of_terminal()));
    }
    listen(client, board);
  }
  return exit_code::interrupted;
}

int run_top(const TopOptions& options) {
  const bool once = options.once || options.client.json || ::isatty(STDOUT_FILENO) == 0;
  auto client = Client::connect(
      options.client, once ? std::vector<std::string>{} : followed_filters(options.client));
  if (!client) return report(client.error(), options.client);
  auto known = ask_for_all(**client);
  if (!known) return report(known.error(), options.client);
  if (options.client.json) {
    print_json({{"runs", known->runs}, {"sites", known->sites}, {"moreRuns", known->more_runs}});
    return exit_code::ok;
  }
  top::Board board(options.client.plane + " at " + options.client.broker, !once);
  if (!once) return live(**client, board);
  board.know(*std::move(known));
  std::fputs(board.frame(our_time(), all_lines).c_str(), stdout);
  return exit_code::ok;
}

}  // namespace

void add_top(CLI::App& app, Run& run) {
  auto options = std::make_shared<TopOptions>();
  auto* command = app.add_subcommand("top", "open runs and sites, live");
  command->add_flag("--once", options->once, "print it once, as text; so it is without a terminal");
  add_client_options(*command, options->client);
  command->callback([&run, options] {
    run = [options] {
      set_colours(options->client.no_color);
      return run_top(*options);
    };
  });
}

}  // namespace antiphon::cli
