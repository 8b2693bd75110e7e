// SPDX-License-Identifier: MIT
// The functions over lists and objects, and those that choose the first value that is there.
#include "tests/support/texts.hpp"
#include "tests/unit/expression_cases.hpp"

namespace antiphon::expression {
namespace {

using Cases = std::vector<Case>;
using Refusals = std::vector<Refusal>;

const std::string values =
    R"({"value":{"n":[3,1,2.5],"t":["10","9"],"o":{"b":2,"a":1},"e":[],"eo":{},"text":"größe",
        "mixed":[1,"x",null,true,[2],{"k":3.0}],"yes":[true,"1"],"no":[false,true],"none":null,
        "empty":"","zero":0,"f":false,"big":[9223372036854775807,1],"huge":[1e308,1e308]}})";

TEST_CASE("expression: $len counts items, members and characters") {
  check(Cases{
      {"${{$len($val(n))}}", "3", values},
      {"${{$len($val(o))}}", "2", values},
      {"${{$len($val(e))}}", "0", values},
      {"${{$len($val(text))}}", "5", values},
      {"${{$len('')}}", "0"},
      {"${{$len([1,2])}}", "5"},
      {"${{$len($val(n))+1}}", "4", values},
  });
  check(Refusals{
      {"${{$len(12)}}", "$len: '12' is neither a list, an object nor text"},
      {"${{$len($val(none))}}", "$len: '<nil>' is neither a list, an object nor text", values},
      {"${{$len($val(f))}}", "$len: 'false' is neither", values},
      {"${{$len()}}", "$len takes 1 argument, not 0"},
      {"${{$len(a,b)}}", "$len takes 1 argument, not 2"},
  });
}

TEST_CASE("expression: $keys lists the names in an object, sorted") {
  check(Cases{
      {"${{$keys($val(o))}}", R"(["a","b"])", values},
      {"${{$keys($val(eo))}}", "[]", values},
      {"${{$join($keys($val(o)),'/')}}", R"("a/b")", values},
  });
  check(Refusals{
      {"${{$keys($val(n))}}", "$keys: '[3,1,2.5]' is no object", values},
      {"${{$keys(a)}}", "$keys: 'a' is no object"},
      {"${{$keys()}}", "$keys takes 1 argument, not 0"},
  });
}

TEST_CASE("expression: $sum, $min and $max fold a list, an object or their arguments") {
  check(Cases{
      {"${{$sum($val(n))}}", "6.5", values},
      {"${{$sum($val(t))}}", "19", values},
      {"${{$sum($val(o))}}", "3", values},
      {"${{$sum($val(e))}}", "0", values},
      {"${{$sum(1,2,'3')}}", "6"},
      {"${{$sum($val(big))}}", "9223372036854775808.0", values},
      {"${{$sum(5/2,5/2)}}", "5"},
      {"${{$min($val(n))}}", "1", values},
      {"${{$max($val(n))}}", "3", values},
      {"${{$max($val(t))}}", "10", values},
      {"${{$min($val(o))}}", "1", values},
      {"${{$min(3,5/2,9)}}", "2.5"},
      {"${{$max(3,'4')}}", "4"},
      {"${{$max(-1,-2)}}", "-1"},
  });
  check(Refusals{
      {"${{$sum(5)}}", "$sum: its only argument is neither a list nor an object"},
      {"${{$sum('[1,2]')}}", "$sum: its only argument is neither a list nor an object"},
      {"${{$sum($val(mixed))}}", "$sum: 'x' is no number", values},
      {"${{$sum(1,$val(n))}}", "$sum: '[3,1,2.5]' is no number", values},
      {"${{$sum($val(huge))}}", "$sum: the result is too large for a number", values},
      {"${{$min($val(e))}}", "$min: there are no items", values},
      {"${{$max($val(mixed))}}", "$max: 'x' is no number", values},
      {"${{$sum()}}", "$sum takes 1 or more arguments, not 0"},
      {"${{$min()}}", "$min takes 1 or more arguments, not 0"},
      {"${{$max()}}", "$max takes 1 or more arguments, not 0"},
  });
}

TEST_CASE("expression: $all and $any fold booleans") {
  check(Cases{
      {"${{$all($val(yes))}}", "true", values},
      {"${{$all($val(no))}}", "false", values},
      {"${{$any($val(no))}}", "true", values},
      {"${{$any($val(e))}}", "false", values},
      {"${{$all($val(e))}}", "true", values},
      {"${{$all($equal(1,1),t,'1')}}", "true"},
      {"${{$any(false,'0')}}", "false"},
      {"${{$any(false,T)}}", "true"},
  });
  check(Refusals{
      {"${{$all($val(n))}}", "$all: '3' is no boolean", values},
      {"${{$any(true)}}", "$any: its only argument is neither a list nor an object"},
      {"${{$any(yes,no)}}", "$any: 'yes' is no boolean"},
      {"${{$all()}}", "$all takes 1 or more arguments, not 0"},
  });
}

TEST_CASE("expression: $first takes the first item") {
  check(Cases{
      {"${{$first($val(n))}}", "3", values},
      {"${{$first($val(o))}}", "1", values},
      {"${{$default($first($val(e)),none)}}", R"("none")", values},
  });
  check(Refusals{
      {"${{$first($val(e))}}", "$first: there are no items", values},
      {"${{$first(abc)}}", "$first: 'abc' is neither a list nor an object"},
      {"${{$first(1,2)}}", "$first takes 1 argument, not 2"},
  });
}

TEST_CASE("expression: $join renders items as text") {
  check(Cases{
      {"${{$join($val(n))}}", R"("3,1,2.5")", values},
      {"${{$join($val(n),'; ')}}", R"("3; 1; 2.5")", values},
      {"${{$join($val(mixed),'|')}}", R"("1|x|<nil>|true|[2]|{\"k\":3}")", values},
      {"${{$join($val(o),'')}}", R"("12")", values},
      {"${{$join($val(e))}}", R"("")", values},
  });
  check(Refusals{
      {"${{$join(abc)}}", "$join: 'abc' is neither a list nor an object"},
      {"${{$join()}}", "$join takes 1 or 2 arguments, not 0"},
      {"${{$join(a,b,c)}}", "$join takes 1 or 2 arguments, not 3"},
  });
  const core::Value long_list{{"value", {{"l", {1, 2, 3}}, {"s", std::string(600'000, 'x')}}}};
  CHECK(refused("${{$join($val(l),$val(s))}}", long_list.dump())
            .find("$join: the result is larger than 1 MiB") != std::string::npos);
}

TEST_CASE("expression: $default and $coalesce pass over what is missing, null or empty text") {
  check(Cases{
      {"${{$default(a,b)}}", R"("a")"},
      {"${{$default('',b)}}", R"("b")"},
      {"${{$default($val(none),b)}}", R"("b")", values},
      {"${{$default($val(zero),b)}}", "0", values},
      {"${{$default($val(f),b)}}", "false", values},
      {"${{$default($val(e),b)}}", "[]", values},
      {"${{$default($val(x),5)}}", "5", values},
      {"${{$default($val('$.x.y'),5)}}", "5", values},
      {"${{$default($input(x),5)}}", "5"},
      {"${{$default($input(x),5)}}", "5", R"({"inputs":{"a":1}})"},
      {"${{$default($output(s,n),5)}}", "5"},
      {"${{$default($output(t,n),5)}}", "5", R"({"outputs":{"s":{"n":1}}})"},
      {"${{$default($payload(x),5)}}", "5"},
      {"${{$default($topic(9),5)}}", "5", R"({"topic":"a/b"})"},
      {"${{$default($property(x),5)}}", "5"},
      {"${{$default($val(x)+1,5)}}", "5", values},
      {"${{$default(a,$input(x))}}", R"("a")"},
      {"${{$default($default($val(x),''),5)}}", "5", values},
      {"${{$coalesce('',$val(none),$val(x),3,4)}}", "3", values},
      {"${{$coalesce(a)}}", R"("a")"},
      {"${{$coalesce('','')}}", "null"},
      {"${{$coalesce($val(x))}}", "null", values},
      {"${{$coalesce(1,$input(x))}}", "1"},
  });
  check(Refusals{
      {"${{$default('',$input(x))}}", "there are no inputs here"},
      {"${{$default($gt(a,1),5)}}", "$gt: 'a' is no number"},
      {"${{$default($secret(a,b),5)}}", "no source of secrets is configured"},
      {"${{$default($gt(a,1)+$val(x),5)}}", "$gt: 'a' is no number", values},
      {"${{$default($default($val(x),$gt(a,1)),5)}}", "$gt: 'a' is no number", values},
      {"${{$coalesce($input(a),1)}}", "circular reference", R"({"inputs":{"a":"${{$input(a)}}"}})"},
      {"${{$default(a)}}", "$default takes 2 arguments, not 1"},
      {"${{$coalesce()}}", "$coalesce takes 1 or more arguments, not 0"},
  });
}

TEST_CASE("expression: long values are cut in messages") {
  const core::Value context{{"value", test::repeated("ä", 5000)}};
  const std::string message = refused("${{$gt($val(),1)}}", context.dump());
  CHECK(message == "field, column 4: $gt: '" + test::repeated("ä", 40) + "...' is no number");
}

}  // namespace
}  // namespace antiphon::expression
