// SPDX-License-Identifier: MIT
// Segments, tokens, grammar and operators: expressions.md, sections 1 to 4.
#include "tests/unit/expression_cases.hpp"

namespace antiphon::expression {
namespace {

using Cases = std::vector<Case>;

TEST_CASE("expression: text is cut into literals and segments") {
  check(Cases{
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"${{a}}", R"("a")"},
      {" ${{a}}", R"(" a")"},
      {"${{a}} ", R"("a ")"},
      {"${{1}}${{2}}", R"("12")"},
      {"a${{1+1}}b${{2*3}}c", R"("a2b6c")"},
      {"$${{1}}", R"("$1")"},
      {"${{1}}}", R"("1}")"},
      {"}}${{1}}", R"("}}1")"},
      {"${ {1}}", R"("${ {1}}")"},
      {"{{1}}", R"("{{1}}")"},
  });
}

TEST_CASE("expression: an unterminated segment is literal text") {
  check(Cases{
      {"${{", R"("${{")"},
      {"${{1", R"("${{1")"},
      {"${{1}", R"("${{1}")"},
      {"${{1}} and ${{2", R"("1 and ${{2")"},
      {"${{'a}}'", R"("${{'a}}'")"},
      {"${{'a}}' x ${{1", R"("${{'a}}' x ${{1")"},
  });
  CHECK(has_segment("x ${{1}}"));
  CHECK_FALSE(has_segment("x ${{1}"));
  CHECK_FALSE(has_segment("${{'}}'"));
}

TEST_CASE("expression: quotes hide the end of a segment, and backslashes hide quotes") {
  check(Cases{
      {"${{'}}'}}", R"("}}")"},
      {"${{\"}}\"}}", R"("\"}}\"")"},
      {"${{`}}` x}}", R"("`")"},
      {R"(${{'a\'}}b'}})", R"("a\\'}}b")"},
      {R"(${{"a\"}}b"}})", R"("\"a\\\"}}b\"")"},
      {R"(${{'a\\'}}b'}})", R"("a\\\\b'}}")"},
      {"${{'\"'}}${{1}}", R"("\"1")"},
      {"${{'a}}", R"("'a")"},
      {"${{\"a}}", R"("\"a")"},
      {R"(${{a'}} ${{b'}})", R"("a")"},
  });
}

TEST_CASE("expression: a single part keeps its type, several are joined as text") {
  check(Cases{
      {"${{ }}", "null"},
      {"${{}}", "null"},
      {"[${{ }}]", R"("[<nil>]")"},
      {"${{}}${{}}", R"("<nil><nil>")"},
      {"${{1}}", "1"},
      {"${{5/2}}", "2.5"},
      {"${{$equal(1,1)}}", "true"},
      {"is ${{$equal(1,1)}}", R"("is true")"},
      {"${{$val()}}", R"({"a":[1,2]})", R"({"value":{"a":[1,2]}})"},
      {"v=${{$val()}}", R"("v={\"a\":[1,2.5,\"x\\n\",null,true]}")",
       R"({"value":{"a":[1.0,2.5,"x\n",null,true]}})"},
      {"v=${{$val()}}", R"("v=[]")", R"({"value":[]})"},
      {"v=${{$val()}}", R"("v={}")", R"({"value":{}})"},
      {"v=${{$val()}}", R"("v=3")", R"({"value":3.0})"},
      {"v=${{$val()}}", R"("v=<nil>")", R"({"value":null})"},
  });
}

TEST_CASE("expression: tokens are integers, identifiers, quoted text and signs") {
  check(Cases{
      {"${{007}}", "7"},
      {"${{0x10}}", R"("0x10")"},
      {"${{1_000}}", R"("1_000")"},
      {"${{0b11}}", R"("0b11")"},
      {"${{9223372036854775807}}", "9223372036854775807"},
      {"${{9223372036854775808}}", R"("9223372036854775808")"},
      {"${{2.5}}", R"("2.5")"},
      {"${{1e5}}", "1"},
      {"${{12ab}}", "12"},
      {"${{_a1}}", R"("_a1")"},
      {"${{#}}", R"("#")"},
      {"${{@a}}", R"("@")"},
      {"${{größe}}", R"("größe")"},
      {"${{温度}}", R"("温度")"},
      {"${{€uro}}", R"("€")"},
      {"${{\t a \r\n}}", R"("a")"},
      {"${{'a b'}}", R"("a b")"},
      {"${{''}}", R"("")"},
      {"${{\"a b\"}}", R"("\"a b\"")"},
      {R"(${{'it\'s'}})", R"("it\\'s")"},
      {"${{'open\nnext}}", R"("'open")"},
      {"${{'two\nlines'}}", R"("two\nlines")"},
      {"${{'}}", R"("'")"},
  });
}

TEST_CASE("expression: a missing operand is empty text") {
  check(Cases{
      {"${{a+}}", R"("a")"},
      {"${{5+}}", R"("5")"},
      {"${{5-}}", R"("5-")"},
      {"${{a*}}", R"("a*")"},
      {"${{*a}}", R"("*a")"},
      {"${{**}}", R"("**")"},
      {"${{/}}", R"("/")"},
      {"${{:}}", R"(":")"},
      {"${{?=&~}}", R"("?=&~")"},
      {R"(${{\a\}})", R"("\\a\\")"},
      {"${{,}}", R"(",")"},
      {"${{,,a}}", R"(",,a")"},
      {"${{http://x}}", R"("http://x")"},
      {"${{+}}", R"("")"},
      {"${{-}}", R"("")"},
      {"${{()}}", "null"},
      {"${{a+()}}", R"("a")"},
      {"${{[]}}", R"("[]")"},
      {"${{{} }}", R"("{}")"},
  });
}

TEST_CASE(
    "expression: what follows a parenthesis after a factor is dropped, and so is what stands "
    "before") {
  check(Cases{
      {"${{a(b)}}", R"("b")"},
      {"${{1(2+3)}}", "5"},
      {"${{a*b(c)}}", R"("c")"},
      {"${{a(1)+2}}", R"("12")"},
      {"${{$str(a(b))}}", R"("b")"},
      {"${{a()}}", "null"},
  });
}

TEST_CASE("expression: a token that no expression can use is dropped, and the results are joined") {
  check(Cases{
      {"${{abc def}}", R"("abc")"},
      {"${{a b c}}", R"("ac")"},
      {"${{a b c d}}", R"("ac")"},
      {"${{a b c d e}}", R"("ace")"},
      {"${{1 x 2}}", R"("12")"},
      {"${{a)b}}", R"("ab")"},
      {"${{a]b}}", R"("ab")"},
      {"${{)}}", "null"},
      {"${{$val(a) x $val(b)}}", "[1,2,3]", R"({"value":{"a":[1,2],"b":[3]}})"},
      {"${{$val(a) x $val(b)}}", R"({"k":2,"l":1,"m":3})",
       R"({"value":{"a":{"k":1,"l":1},"b":{"k":2,"m":3}}})"},
      {"${{$val(a) x $val(b)}}", R"("[1]{}")", R"({"value":{"a":[1],"b":{}}})"},
  });
}

TEST_CASE("expression: operators calculate with numbers and join everything else") {
  check(Cases{
      {"${{1+2}}", "3"},
      {"${{1+2+3}}", "6"},
      {"${{7-10}}", "-3"},
      {"${{3*4}}", "12"},
      {"${{10/4}}", "2.5"},
      {"${{10/4*2}}", "5"},
      {"${{2+3*4}}", "14"},
      {"${{(2+3)*4}}", "20"},
      {"${{2*3.5}}", R"("6.5")"},
      {"${{1+a}}", R"("1a")"},
      {"${{'1'+1}}", R"("11")"},
      {"${{a-1}}", R"("a-1")"},
      {"${{'6'*2}}", R"("6*2")"},
      {"${{1/0}}", R"("1/0")"},
      {"${{1/(5/2-5/2)}}", R"("1/0")"},
      {"${{(5/2).(4/2)}}", R"("2.5.2")"},
      {R"(${{a\b}})", R"("a\\b")"},
      {"${{a:1?b=c&d~e}}", R"("a:1?b=c&d~e")"},
      {"${{1,2}}", R"("1,2")"},
      {"${{1+2,3}}", R"("3,3")"},
      {"${{$val()+1}}", "3.5", R"({"value":2.5})"},
      {"${{$val()+1}}", "3", R"({"value":2.0})"},
      {"${{$val()+1}}", R"("true1")", R"({"value":true})"},
      {"${{$val()+a}}", R"("<nil>a")", R"({"value":null})"},
      {"${{$val().a}}", R"("[1].a")", R"({"value":[1]})"},
  });
}

TEST_CASE("expression: signs before an operand") {
  check(Cases{
      {"${{-5}}", "-5"},
      {"${{--5}}", "5"},
      {"${{-a}}", R"("-a")"},
      {"${{--a}}", R"("--a")"},
      {"${{--}}", R"("-")"},
      {"${{-''}}", R"("-")"},
      {"${{+a}}", R"("a")"},
      {"${{++1}}", "1"},
      {"${{2--3}}", "5"},
      {"${{2*-3}}", "-6"},
      {"${{-(5/2)}}", "-2.5"},
      {"${{-$val()}}", "-2", R"({"value":2})"},
  });
}

TEST_CASE("expression: brackets and braces stay text") {
  check(Cases{
      {"${{[1+1]}}", R"("[2]")"},
      {"${{{a:1} }}", R"("{a:1}")"},
      {"${{[1,2,3]}}", R"("[1,2,3]")"},
      {R"(${{[{"a":"b c"}]}})", R"("[{\"a\":\"b c\"}]")"},
      {"${{$str([1,2])}}", R"("[1,2]")"},
      {"${{$str((1,2))}}", R"("1,2")"},
      {"${{a.[0]}}", R"("a.[0]")"},
  });
}

TEST_CASE("expression: integers that overflow become floats, whole floats become integers") {
  check(Cases{
      {"${{9223372036854775807+1}}", "9223372036854775808.0"},
      {"${{9223372036854775807*2}}", "18446744073709551614.0"},
      {"${{-9223372036854775807-1}}", "-9223372036854775808"},
      {"${{-(-9223372036854775807-1)}}", "9223372036854775808.0"},
      {"${{(-9223372036854775807-1)/-1}}", "9223372036854775808.0"},
      {"x${{9223372036854775807+1}}", R"("x9223372036854775808")"},
      {"${{9/3}}", "3"},
      {"${{-9/3}}", "-3"},
      {"${{5/-1}}", "-5"},
      {"x${{1/3}}", R"("x0.3333333333333333")"},
      {"x${{$val()}}", R"("x1e+300")", R"({"value":1e300})"},
      {"x${{$val()}}", R"("x1.5e-07")", R"({"value":1.5e-7})"},
      {"x${{$val()}}", R"("x18446744073709551616")", R"({"value":18446744073709551615})"},
      {"x${{$val()}}", R"("x0")", R"({"value":-0.0})"},
  });
  CHECK(refused("${{$val()*$val()}}", R"({"value":1e300})") ==
        "field, column 10: the result is too large for a number");
}

TEST_CASE("expression: what cannot be parsed is refused with column and field") {
  check(std::vector<Refusal>{
      {"${{(1}}", "field, column 6: '(' of column 4 is not closed: expected ')', found the end"},
      {"ä ${{ [1 2]}}", "field, column 10: '[' of column 7 is not closed: expected ']'"},
      {"${{{a}}}", "column 6: '{' of column 4 is not closed"},
      {"${{$}}", "column 4: '$' without a function's name, found the end"},
      {"${{$.a}}", "column 4: '$' without a function's name, found '.'"},
      {"${{$str}}", "column 8: expected '(' after $str, found the end"},
      {"${{$str(a}}", "column 10: expected ',' or ')' in $str, found the end"},
      {"${{$str(a b)}}", "column 11: expected ',' or ')' in $str, found 'b'"},
      {"${{1}} ${{$if(true,,b)}}", "column 20: an argument of $if is empty, found ','"},
      {"${{$str(,a)}}", "column 9: an argument of $str is empty, found ','"},
      {"${{$str(a,)}}", "column 11: an argument of $str is empty, found ')'"},
      {"${{$in(a,())}}", "column 10: an argument of $in is empty"},
      {"${{$nope(1)}}", "column 4: unknown function $nope"},
      {"${{$Str(1)}}", "column 4: unknown function $Str"},
      {"${{a + $lenn(1)}}", "column 8: unknown function $lenn"},
  });
  CHECK(evaluated("${{$equals(1,1)}}").error().hint == "did you mean $equal?");
}

}  // namespace
}  // namespace antiphon::expression
