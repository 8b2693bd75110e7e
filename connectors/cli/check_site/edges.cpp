// SPDX-License-Identifier: MIT
// Checks of what surrounds a task: presence, journal, topics, refusals, and messages that mean no
// work.
#include "connectors/cli/check_site/checks.hpp"
#include "connectors/wire/plane_messages.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/clock.hpp"

namespace antiphon::cli {
namespace {

namespace status = core::status;
using core::ReplyState;
using core::Value;

constexpr std::size_t base64_digits_of_128_bits = 22;

Value field(const Value& object, const char* name) {
  return object.is_object() ? object.value(name, Value()) : Value();
}

/// The site took everything, answers as before and was not started anew.
Problem unharmed(Bench& bench) {
  if (auto problem = bench.fence()) return "after it the site did nothing any more: " + *problem;
  const Value now = bench.origin().await_presence(-1, core::Duration{});
  for (const char* name : {"state", "journal", "boot"}) {
    if (field(now, name) == field(bench.presence(), name)) continue;
    return "expected the presence to stay as it was; came " + core::dump(now);
  }
  return {};
}

bool names_a_size(const std::string& text) {
  constexpr std::size_t digits_of_the_limit = 6;
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits == digits_of_the_limit) return true;
  }
  return false;
}

}  // namespace

Problem check_presence(Bench& bench) {
  const Value& presence = bench.presence();
  const std::string shown = core::dump(presence);
  if (const auto read = wire::read_presence(presence); !read)
    return read.error().message + ", in " + shown;
  if (!bench.origin().presence_was_retained())
    return "expected it to be retained: publish it with the flag";
  const Value journal = field(presence, "journal");
  if (!journal.is_string() ||
      journal.get_ref<const std::string&>().size() < base64_digits_of_128_bits) {
    return "expected a journal of 128 random bits (32 hex digits); came " + core::dump(journal);
  }
  const Value boot = field(presence, "boot");
  if (!boot.is_number_integer() || boot < 1)
    return "expected a boot from 1 up; came " + core::dump(boot);
  if (!field(presence, "offers").is_array()) return "expected a list of offers; came " + shown;
  if (bench.obeys_us()) return {};
  return "expected " + bench.origin().self().text() + " among its parents; came " +
         core::dump(field(presence, "parents")) +
         ": start it with that parent, or name one of them with --as";
}

Problem check_journal(Bench& bench) {
  Talk talk(bench, mock());
  if (auto problem = talk.command().hears_end(ReplyState::done).problem()) return problem;
  std::size_t from = 0;
  while (const auto said = bench.origin().next(talk.id(), from, core::Duration{})) {
    for (const char* name : {"journal", "boot"}) {
      const Value expected = field(bench.presence(), name);
      if (field(said->body, name) == expected) continue;
      return std::string("expected the ") + name + " of the presence, " + core::dump(expected) +
             "; came " + core::dump(said->body);
    }
  }
  return {};
}

Problem check_reply_topic(Bench& bench) {
  const Origin& origin = bench.origin();
  if (auto problem = bench.fence()) return problem;
  for (const Said& said : origin.said()) {
    const Value id = field(said.body, "id");
    const bool ours = id.is_string() && bench.is_ours(id.get<std::string>());
    const bool in_place =
        said.topic == origin.reply_topic() || said.topic == origin.reply_topic(true);
    if (!ours && !in_place) continue;  // said to another origin
    const std::string came = "; came " + core::dump(said.body).substr(0, 200);
    if (!in_place) return "expected it on " + origin.reply_topic() + came + " on " + said.topic;
    if (!said.problem.empty()) return "expected a reply" + came + ": " + said.problem;
    if (said.retained) return "expected it not retained" + came;
  }
  return {};
}

Problem check_oversize(Bench& bench) {
  constexpr std::size_t too_many = core::limits::reply_bytes + core::limits::reply_bytes / 8;
  Talk talk(bench, mock({{"ballast", std::string(too_many, 'x')}}));
  talk.command().hears_end(ReplyState::failed, status::too_large);
  return talk
      .expects(names_a_size(talk.end().error), "an error that says how many bytes there were")
      .command()
      .hears_same_end()
      .hears_nothing_more()
      .problem();
}

Problem check_stranger(Bench& bench) {
  Origin& origin = bench.origin();
  const std::string expected = "rejected 403 on " + origin.reply_topic(true);
  const Talk talk(bench, mock());
  if (origin.tell(core::dump(talk.text()), true) == bus::Published::refused) {
    bench.skip("the broker lets " + origin.self().text() + " speak as nobody else");
    return {};
  }
  std::size_t from = 0;
  const auto said = origin.next(talk.id(), from, bench.patience());
  if (!said) return "expected " + expected + "; nothing came (does the broker keep strangers out?)";
  const bool right = said->problem.empty() && said->reply.state == ReplyState::rejected &&
                     said->reply.status == status::forbidden &&
                     said->topic == origin.reply_topic(true);
  if (!right)
    return "expected " + expected + "; came " + core::dump(said->body) + " on " + said->topic;
  return unharmed(bench);
}

Problem check_not_offered(Bench& bench) {
  return Talk(bench, {{"provider", "check-site-unheard-of"}})
      .command()
      .hears(ReplyState::rejected)
      .command()
      .hears(ReplyState::rejected)
      .hears_nothing_more()
      .problem();
}

Problem check_bad_messages(Bench& bench) {
  constexpr std::size_t many = 100'000;
  for (const std::string& bytes :
       {std::string(), std::string("{"), std::string("null"), std::string("42"),
        std::string("\"words\""), std::string("{}"), std::string("[]"), std::string("[[1], {}]"),
        std::string("\xff\xfe\x01"), std::string("{\"id\": \"a\0b\"}", 13), std::string(many, '['),
        std::string("{\"hello\": 1, \"id\": {}}")}) {
    bench.origin().tell(bytes);
  }
  const std::vector<Value> wrong_fields{
      {{"attempt", "one"}},   {{"attempt", 0}},     {{"attempt", -1}}, {{"attempt", 1.5}},
      {{"inputs", {1, 2}}},   {{"config", "text"}}, {{"provider", 5}}, {{"provider", nullptr}},
      {{"deadline", "soon"}}, {{"id", "no/name#"}}, {{"id", 12}},
  };
  std::vector<Talk> talks;
  for (const Value& wrong : wrong_fields) {
    talks.emplace_back(bench, mock()).change(wrong);
    bench.origin().tell(core::dump(talks.back().text()));
  }
  if (auto problem = unharmed(bench)) return problem;
  for (std::size_t i = 0; i < talks.size(); ++i) {
    std::size_t from = 0;
    while (const auto said = bench.origin().next(talks[i].id(), from, core::Duration{})) {
      if (field(said->body, "state") == "rejected" || field(said->body, "state") == "failed")
        continue;
      return "expected no work for a command with " + core::dump(wrong_fields[i]) + "; came " +
             core::dump(said->body);
    }
  }
  return {};
}

Problem check_unknown_fields(Bench& bench) {
  return Talk(bench, mock())
      .change({{"flavour", "new"},
               {"nested", {{"v", 9}, {"list", {1, 2}}}},
               {"traceparent", "00-1-2-01"}})
      .command()
      .hears_end(ReplyState::done, status::ok)
      .problem();
}

Problem check_newer_version(Bench& bench) {
  return Talk(bench, mock())
      .change({{"v", 2}})
      .command()
      .hears(ReplyState::rejected)
      .hears_nothing_more()
      .problem();
}

Problem check_hello_answer(Bench& bench) {
  const Value answer{{"v", 1},
                     {"hello", true},
                     {"at", core::to_rfc3339(runtime::SystemClock().wall())},
                     {"owed", 3},
                     {"journal", "00000000000000000000000000000000"}};
  bench.origin().tell(core::dump(answer));
  return unharmed(bench);
}

Problem check_unknown_notice(Bench& bench) {
  const auto notice = [](const std::string& id) {
    return core::dump({{"v", 1}, {"id", id}, {"attempt", 1}, {"unknown", true}});
  };
  bench.origin().tell(notice(bench.fresh_id()));
  Talk talk(bench, mock({{"text", "kept"}}));
  talk.command().hears_end(ReplyState::done, status::ok);
  bench.origin().tell(notice(talk.id()));
  return talk.command().hears_same_end().hears_nothing_more().problem();
}

Problem check_arrays(Bench& bench) {
  if (field(bench.presence(), "arrays") != true) {
    bench.skip("its presence does not say arrays: true");
    return {};
  }
  Talk first(bench, mock());
  Talk second(bench, mock());
  bench.origin().tell(core::dump({first.text(), {{"id", 5}}, second.text()}));
  if (auto problem = first.hears_end(ReplyState::done).problem()) return problem;
  return second.hears_end(ReplyState::done).problem();
}

}  // namespace antiphon::cli
