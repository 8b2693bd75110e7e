// SPDX-License-Identifier: MIT
// What looks into a value by JSONPath: $val, $context, $jsonpath.
#include "tests/support/texts.hpp"
#include "tests/unit/expression_cases.hpp"

namespace antiphon::expression {
namespace {

using antiphon::test::repeated;

TEST_CASE("expression: $val and $context follow a marked path, and take any other text as a key") {
  const std::string object = R"({"value":{"k":1,"a":{"b":[2,3]},".a":4,"[0]":5,"e":"${{1}}"}})";
  const std::string list = R"({"value":[{"foo":{"bar":"baz1"},"n":1},{"foo":{"bar":"baz2"}}]})";
  check(std::vector<Case>{
      {"${{$val('$.k')}}", "1", object},
      {"${{$context('{$.a.b[1]}')}}", "3", object},
      {"${{$val('$.a.b')}}", "[2,3]", object},
      {"${{$val('$')}}", R"([{"foo":{"bar":"baz1"},"n":1},{"foo":{"bar":"baz2"}}])", list},
      {"${{$val('.a')}}", "4", object},
      {"${{$val('[0]')}}", "5", object},
      {"${{$val([0])}}", "5", object},
      {"${{$val('$.e')}}", R"("${{1}}")", object},
      {"${{$val($str('$.k'))}}", "1", object},
      {"${{$val('$.'+$str(k))}}", "1", object},
      {R"(${{$val('$[?(@.foo.bar=="baz2")].foo.bar')}})", R"("baz2")", list},
      {R"(${{$val('$[*].foo.bar')}})", R"(["baz1","baz2"])", list},
      {"${{$val('$[0].n')+1}}", "2", list},
  });
  check(std::vector<Refusal>{
      {"${{$val('$.x')}}", "field, column 4: $val: no matches for '$.x' in the context value",
       object},
      {"${{$val('{.k}')}}", "there is no '{.k}' in the context value", object},
      {"${{$val(\"$.k\")}}", "there is no '\"$.k\"' in the context value", object},
      {"${{$val('[0]')}}", "the context value is no object with a key '[0]'", list},
      {"${{$val('$.k[')}}", "field, column 9: $val: JSONPath '$.k[': expected an index", object},
      {"${{$if(false,$val('$['),1)}}", "column 19: $val: JSONPath '$[': expected an index", object},
      {"${{$val($str('$.k['))}}", "field, column 4: $val: JSONPath '$.k[': expected an index",
       object},
      {"${{$val('$." + std::string(200, 'x') + "')}}", "no matches for '$.xxx", object},
      {"${{$val('$.k')}}", "$val: there is no context value here"},
  });
}

TEST_CASE("expression: $jsonpath looks into values and into text that holds JSON") {
  const std::string context =
      R"({"value":{"t":"{\"a\":[1,2.0]}","tt":"\"{\\\"a\\\":3}\"","o":{"a":4},"p":"plain",
          "e":"{\"k\":\"${{1}}\"}"}})";
  check(std::vector<Case>{
      {"${{$jsonpath($val(o),'$.a')}}", "4", context},
      {"${{$jsonpath($val(t),'$.a[1]')}}", "2", context},
      {"${{$jsonpath($val(tt),'$.a')}}", "3", context},
      {"${{$jsonpath($val(t),a)}}", "[1,2]", context},
      {"${{$jsonpath($val(t),.a)}}", "[1,2]", context},
      {"${{$jsonpath($val(t),\"$.a[0]\")}}", "1", context},
      {"${{$jsonpath($val(t),$str('`$.a[0]`'))}}", "1", context},
      {"${{$jsonpath($val(t),'{.a[0]}')}}", "1", context},
      {"${{$jsonpath($val(p),'$')}}", R"("plain")", context},
      {"${{$jsonpath('5','$')}}", "5"},
      {"${{$jsonpath(5,'$')}}", "5"},
      {"${{$jsonpath('[1,2]',[0])}}", "1"},
      {"${{$jsonpath([10,20],[1])}}", "20"},
      {"${{$jsonpath($val(e),'$.k')}}", R"("${{1}}")", context},
      {"${{$jsonpath($json($val(o)),'$.a')}}", "4", context},
      {"${{$jsonpath($json($json($val(o))),'$.a')}}", "4", context},
  });
  check(std::vector<Refusal>{
      {"${{$jsonpath('{}','$.a')}}", "$jsonpath: no matches for '$.a' in the value"},
      {"${{$jsonpath($val(p),'$.a')}}", "no matches for '$.a'", context},
      {"${{$jsonpath('{}','$[')}}", "column 19: $jsonpath: JSONPath '$[': expected"},
      {"${{$jsonpath('{}','')}}", "the path is empty"},
      {"${{$jsonpath('{}')}}", "$jsonpath takes 2 arguments, not 1"},
      {"${{$jsonpath('" + repeated("[", 65) + repeated("]", 65) + "','$')}}",
       "the JSON has more than 64 levels"},
      {"${{$jsonpath($json($json($json($val(o)))),'$.a')}}", "no matches for '$.a'", context},
  });
}

TEST_CASE("expression: paths count what they look at, over all of one text") {
  core::Value list = core::Value::array();
  for (int i = 0; i < 100'000; ++i) list.push_back(i);
  const auto context = core::Value{{"value", list}}.dump();
  const std::string one = "$val('$[?(@==99999)]')";
  CHECK(evaluated("${{" + one + "}}", context) == core::Value(99'999));
  CHECK(refused("${{" + one + repeated("+" + one, 12) + "}}", context)
            .find("more than 2,000,000 values to look at") != std::string::npos);
  CHECK(evaluated(core::Value(std::vector<std::string>(12, "${{" + one + "}}")), context)->size() ==
        12);
  CHECK(refused("${{$len($val())" + repeated("+$len($val())", 30) + "}}", context)
            .find("more than 2,000,000 values to look at") != std::string::npos);
  CHECK(refused("${{$jsonpath($val(),'$[0,0][*]')}}",
                core::Value{{"value", {{std::string(600'000, 'x')}}}}.dump())
            .find("the matches are larger than 1 MiB") != std::string::npos);
}

}  // namespace
}  // namespace antiphon::expression
