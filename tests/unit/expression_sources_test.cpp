// SPDX-License-Identifier: MIT
// The functions that ask whoever runs the expression, and selectors of sites.
#include <set>

#include "tests/unit/expression_cases.hpp"

namespace antiphon::expression {
namespace {

using Cases = std::vector<Case>;
using Refusals = std::vector<Refusal>;

TEST_CASE("expression: $secret and $config ask their source") {
  const std::string context =
      R"({"secrets":{"db":{"password":"p\"1","e":"${{1}}"}},
          "config":{"base":{"port":80,"host":"a"},"site":{"port":81},"line":{"port":82}}})";
  check(Cases{
      {"${{$secret(db,password)}}", R"("p\"1")", context},
      {"${{$secret('db','pass'+word)}}", R"("p\"1")", context},
      {"${{$secret(db,e)}}", R"("${{1}}")", context},
      {"${{$config(base,port)}}", "80", context},
      {"${{$config(base,port,site)}}", "81", context},
      {"${{$config(base,port,line,site)}}", "82", context},
      {"${{$config(base,host,line,site)}}", R"("a")", context},
      {"${{$config(base,port,unknown)}}", "80", context},
      {"${{$default($secret(db,user),root)}}", R"("root")", context},
  });
  check(Refusals{
      {"${{$secret(db,user)}}", "field, column 4: $secret: there is no 'user' in 'db'", context},
      {"${{$config(x,port)}}", "$config: there is no 'port' in 'x'", context},
      {"${{$secret(a,b)}}", "$secret: no source of secrets is configured"},
      {"${{$config(a,b,c)}}", "$config: no source of configuration is configured"},
      {"${{$secret(a)}}", "$secret takes 2 arguments, not 1"},
      {"${{$secret(a,b,c)}}", "$secret takes 2 arguments, not 3"},
      {"${{$config(a)}}", "$config takes 2 or more arguments, not 1"},
  });
}

TEST_CASE("expression: $instance and $param ask the deployment") {
  const std::string context = R"({"deployment":{"instance":{"name":"i"},"params":{"a":1}}})";
  check(Cases{
      {"${{$instance()}}", R"({"name":"i"})", context},
      {"${{$param(a)}}", "1", context},
  });
  check(Refusals{
      {"${{$param(b)}}", "$param: the deployment has no parameter 'b'", context},
      {"${{$instance()}}", "$instance: the deployment has no instance", R"({"deployment":{}})"},
      {"${{$instance()}}", "$instance: there is no deployment here"},
      {"${{$param(a)}}", "$param: there is no deployment here"},
      {"${{$instance(a)}}", "$instance takes 0 arguments, not 1"},
      {"${{$param()}}", "$param takes 1 argument, not 0"},
  });
}

TEST_CASE("expression: $sites names the known sites that a selector means") {
  const std::string context =
      R"({"sites":[{"name":"tokyo","online":true,"labels":{"region":"apac","tier":"1"}},
          {"name":"berlin","labels":{"region":"eu","tier":"2"}},
          {"name":"oslo","online":true,"labels":{"region":"eu"}},{"name":"attic"}]})";
  check(Cases{
      {"${{$sites()}}", R"(["attic","berlin","oslo","tokyo"])", context},
      {"${{$sites('')}}", R"(["attic","berlin","oslo","tokyo"])", context},
      {"${{$sites(online)}}", R"(["oslo","tokyo"])", context},
      {"${{$sites('region=eu')}}", R"(["berlin","oslo"])", context},
      {"${{$sites(region=eu)}}", R"(["berlin","oslo"])", context},
      {"${{$sites('region==eu')}}", R"(["berlin","oslo"])", context},
      {"${{$sites(' region = eu , online ')}}", R"(["oslo"])", context},
      {"${{$sites('region!=eu')}}", R"(["attic","tokyo"])", context},
      {"${{$sites('tier!=2,region=eu')}}", R"(["oslo"])", context},
      {"${{$sites('tier in (1 2)')}}", R"(["berlin","tokyo"])", context},
      {"${{$sites('tier in (1,2),region=eu')}}", R"(["berlin"])", context},
      {"${{$sites('region in(apac)')}}", R"(["tokyo"])", context},
      {"${{$sites('tier=')}}", "[]", context},
      {"${{$sites('region=mars')}}", "[]", context},
      {"${{$len($sites(online))}}", "2", context},
      {"${{$sites()}}", "[]", R"({"sites":[]})"},
  });
  for (const char* selector : {"region", "region=eu,", ",region=eu", "=eu", "region<3", "region in",
                               "region in ()", "region in (a", "region in a)", "a=b=c", "in (a)",
                               "region = eu west", "tier in (a) b", "region notin (eu)"}) {
    const std::string text = std::string("${{$sites('") + selector + "')}}";
    CAPTURE(text);
    CHECK(refused(text, context).find("$sites: no selector of sites: '") != std::string::npos);
  }
  check(Refusals{{"${{$sites()}}", "$sites: no sites are known here"},
                 {"${{$sites(a,b)}}", "$sites takes 0 or 1 arguments, not 2", context}});
}

TEST_CASE("expression: $now and $uuid come from the event") {
  const std::string event = R"({"now":"2026-01-31T10:05:07.25+01:00","seed":7})";
  check(Cases{{"${{$now()}}", R"("2026-01-31T09:05:07.250Z")", event}});
  const auto id = evaluated("${{$uuid()}}", event);
  REQUIRE(id.has_value());
  const auto& text = id->get_ref<const std::string&>();
  REQUIRE(text.size() == 36);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) CHECK(text[at] == '-');
  CHECK(text[14] == '4');
  CHECK(std::string("89ab").find(text[19]) != std::string::npos);
  CHECK(text.find_first_not_of("0123456789abcdef-") == std::string::npos);
  CHECK(evaluated("${{$uuid()}}", event) == id);
  CHECK(evaluated("${{$uuid()}}", R"({"seed":8})") != id);
  const auto several =
      evaluated(core::Value{"${{$uuid()}}", "${{$uuid()}}", "${{$uuid()}}"}, event);
  CHECK(std::set<core::Value>(several->begin(), several->end()).size() == 3);
  check(Refusals{
      {"${{$now()}}", "$now: there is no event whose time it could be"},
      {"${{$uuid()}}", "$uuid: there is no event that gives randomness"},
      {"${{$now(1)}}", "$now takes 0 arguments, not 1"},
      {"${{$uuid(1)}}", "$uuid takes 0 arguments, not 1"},
  });
}

}  // namespace
}  // namespace antiphon::expression
