// SPDX-License-Identifier: MIT
// The functions: expressions.md, sections 5 and 6.
#include "tests/unit/expression_cases.hpp"

namespace antiphon::expression {
namespace {

using Cases = std::vector<Case>;
using Refusals = std::vector<Refusal>;

TEST_CASE("expression: $input reads the stage's inputs, expressions in them too") {
  const std::string context =
      R"({"inputs":{"n":5,"list":[1,"${{$input(n)}}"],"twice":"${{$input(n)+$input(n)}}",
          "text":"<${{$input(twice)}}>","a.b":1,"literal":"${{x"}})";
  check(Cases{
      {"${{$input(n)}}", "5", context},
      {"${{$input('n')}}", "5", context},
      {"${{$input(a.b)}}", "1", context},
      {"${{$input(twice)}}", "10", context},
      {"${{$input(text)}}", R"("<10>")", context},
      {"${{$input(list)}}", "[1,5]", context},
      {"${{$input(literal)}}", R"("${{x")", context},
      {"${{$input(n).$input(n)}}", R"("5.5")", context},
      {"${{$input($input(key))}}", "1", R"({"inputs":{"key":"other","other":1}})"},
  });
  check(Refusals{
      {"${{$input(x)}}", "field, column 4: $input: there is no 'x' in inputs", context},
      {"${{$input(n)}}", "there are no inputs here"},
      {"${{$input()}}", "$input takes 1 argument, not 0", context},
      {"${{$input(a,b)}}", "$input takes 1 argument, not 2", context},
  });
}

TEST_CASE("expression: inputs that are data win over the document's, and are never evaluated") {
  const core::Value data{{"a", "${{$input(b)}}"}};
  core::TemplateMap raw;
  raw.emplace("a", *compile("document's", "inputs.a"));
  raw.emplace("b", *compile("${{$input(a)}}", "inputs.b"));
  core::Scope scope;
  scope.inputs = &data;
  scope.raw_inputs = &raw;
  CHECK((*compile("${{$input(a)}}", "f"))->evaluate(scope) == core::Value("${{$input(b)}}"));
  CHECK((*compile("${{$input(b)}}", "f"))->evaluate(scope) == core::Value("${{$input(b)}}"));
}

TEST_CASE("expression: $output reads what stages gave") {
  const std::string context =
      R"({"outputs":{"s":{"n":1,"tokyo.status":200,"o":{"k":2},"e":"${{1}}"}}})";
  check(Cases{
      {"${{$output(s,n)}}", "1", context},
      {"${{$output(s,'tokyo.status')}}", "200", context},
      {"${{$output(s,tokyo.status)}}", "200", context},
      {"${{$output(s,o)}}", R"({"k":2})", context},
      {"${{$output(s,e)}}", R"("${{1}}")", context},
      {"${{$output(s,n)}}", R"("")"},
      {"${{$output(s,n)}}", R"("")", R"({"outputs":{}})"},
  });
  check(Refusals{
      {"${{$output(t,n)}}", "$output: stage 't' has no outputs", context},
      {"${{$output(s,x)}}", "$output: stage 's' gave no output 'x'", context},
      {"${{$output(s)}}", "$output takes 2 arguments, not 1", context},
  });
}

TEST_CASE("expression: $trigger reads the activation's inputs, or takes the default") {
  const std::string context = R"({"triggers":{"a":7,"none":null}})";
  check(Cases{
      {"${{$trigger(a,0)}}", "7", context},
      {"${{$trigger(b,0)}}", "0", context},
      {"${{$trigger(none,0)}}", "null", context},
      {"${{$trigger(a,0)}}", "0"},
      {"${{$trigger(b,'')}}", R"("")", context},
      {"${{$trigger(a,$input(missing))}}", "7", context},
  });
  check(Refusals{
      {"${{$trigger(b,$input(missing))}}", "there are no inputs here", context},
      {"${{$trigger(a)}}", "$trigger takes 2 arguments, not 1", context},
      {"${{$trigger(a,b,c)}}", "$trigger takes 2 arguments, not 3", context},
  });
}

TEST_CASE("expression: $property is always text") {
  const std::string context =
      R"({"properties":{"n":5,"o":{"k":1},"x":"${{$property(n)+1}}","i":"${{$input(n)}}"},
          "inputs":{"n":9}})";
  check(Cases{
      {"${{$property(n)}}", R"("5")", context},
      {"${{$property(o)}}", R"("{\"k\":1}")", context},
      {"${{$property(x)}}", R"("51")", context},
      {"${{$property(i)}}", R"("9")", context},
  });
  check(Refusals{
      {"${{$property(y)}}", "$property: there is no 'y' in properties", context},
      {"${{$property(y)}}", "$property: there are no properties here"},
  });
}

TEST_CASE("expression: $val and $context read the context value") {
  const std::string object = R"({"value":{"k":1,"a.b":2,"e":"${{1}}"}})";
  check(Cases{
      {"${{$val()}}", R"({"k":1,"a.b":2,"e":"${{1}}"})", object},
      {"${{$context()}}", "[1]", R"({"value":[1]})"},
      {"${{$val(k)}}", "1", object},
      {"${{$context(a.b)}}", "2", object},
      {"${{$val(e)}}", R"("${{1}}")", object},
      {"${{$val()}}", R"("${{1}}")", R"({"value":"${{1}}"})"},
  });
  check(Refusals{
      {"${{$val(x)}}", "$val: there is no 'x' in the context value", object},
      {"${{$context(k)}}", "$context: the context value is no object with a key 'k'",
       R"({"value":[1]})"},
      {"${{$val()}}", "$val: there is no context value here"},
      {"${{$val(a,b)}}", "$val takes 0 or 1 arguments, not 2", object},
  });
}

TEST_CASE("expression: $payload reads the message, by a plain path too") {
  const std::string object =
      R"({"payload":{"v":"1.2","a":{"b":[{"c":3},4]},"a.b":5,"e":"${{1}}"}})";
  check(Cases{
      {"${{$payload(v)}}", R"("1.2")", object},
      {"${{$payload(a.b)}}", "5", object},
      {"${{$payload('a.b')}}", "5", object},
      {"${{$payload('a.b[0].c')}}", "3", object},
      {"${{$payload(a.b.[0].c)}}", "3", object},
      {"${{$payload('a.b[-1]')}}", "4", object},
      {"${{$payload('$.a.b[0].c')}}", "3", object},
      {"${{$payload('{.a.b[1]}')}}", "4", object},
      {"${{$payload(a..c)}}", "3", object},
      {"${{$payload('a b')}}", "6", R"({"payload":{"a b":6}})"},
      {"${{$payload('$.a.b')}}", "7", R"({"payload":{"$.a.b":6,"a":{"b":7}}})"},
      {"${{$payload('a[0')}}", "8", R"({"payload":{"a[0":8}})"},
      {"${{$payload(e)}}", R"("${{1}}")", object},
      {"${{$payload([1])}}", "2", R"({"payload":[1,2]})"},
      {"${{$payload()}}", R"("plain ${{1}}")", R"({"payload":"plain ${{1}}"})"},
      {"${{$payload()}}", "42", R"({"payload":42})"},
  });
  check(Refusals{
      {"${{$payload(w)}}", "$payload: no matches for 'w' in the payload", object},
      {"${{$payload(a.x)}}", "$payload: no matches for 'a.x' in the payload", object},
      {"${{$payload(v.x)}}", "$payload: no matches for 'v.x' in the payload", object},
      {"${{$payload('a.b[2]')}}", "no matches for 'a.b[2]' in the payload", object},
      {"${{$payload('a.b[-3]')}}", "no matches for 'a.b[-3]'", object},
      {"${{$payload('a[x]')}}", "JSONPath 'a[x]': expected an index", object},
      {"${{$payload('a[0')}}", "JSONPath 'a[0': expected ']', found the end at character 4",
       object},
      {"${{$payload('')}}", "JSONPath '': the path is empty", object},
      {"${{$payload(k)}}", "no matches for 'k' in the payload", R"({"payload":"text"})"},
      {"${{$payload()}}", "$payload: no message woke this activation"},
  });
}

TEST_CASE("expression: $topic reads a level by number or name") {
  const std::string context = R"({"topic":"plant/line4/release"})";
  check(Cases{
      {"${{$topic(1)}}", R"("plant")", context},
      {"${{$topic(3)}}", R"("release")", context},
      {"${{$topic(2)}}", R"("")", R"({"topic":"a//b"})"},
  });
  check(Refusals{
      {"${{$topic(0)}}", "$topic: the topic has no level 0", context},
      {"${{$topic(-1)}}", "$topic: the topic has no level -1", context},
      {"${{$topic(4)}}", "$topic: the topic has no level 4", context},
      {"${{$topic(line)}}", "$topic: the topic has no level named 'line'", context},
      {"${{$topic(1)}}", "$topic: no message woke this activation"},
  });
  const core::TopicLevels topic{{"plant", "line4"}, {{"line", "line4"}}};
  core::Scope scope;
  scope.topic = &topic;
  CHECK((*compile("${{$topic(line)}}", "f"))->evaluate(scope) == core::Value("line4"));
}

TEST_CASE("expression: comparisons") {
  check(Cases{
      {"${{$equal(1,1)}}", "true"},
      {"${{$equal(1,'1')}}", "true"},
      {"${{$equal(1,1.0)}}", "false"},
      {"${{$equal(5/2,10/4)}}", "true"},
      {"${{$equal($val(),2)}}", "true", R"({"value":2.0000000001})"},
      {"${{$equal($val(),2)}}", "false", R"({"value":2.00001})"},
      {"${{$equal($val(),true)}}", "true", R"({"value":true})"},
      {"${{$equal($val(),'<nil>')}}", "true", R"({"value":null})"},
      {"${{$equal($val(),'[1,2]')}}", "true", R"({"value":[1,2.0]})"},
      {"${{$equal(a,A)}}", "false"},
      {"${{$equal(9223372036854775807,9223372036854775806)}}", "false"},
      {"${{$gt(2,1)}}", "true"},
      {"${{$gt(2,2)}}", "false"},
      {"${{$gt('10','9')}}", "true"},
      {"${{$gt(1.5,1)}}", "true"},
      {"${{$ge(2,'2.0')}}", "true"},
      {"${{$lt('-1',0)}}", "true"},
      {"${{$lt('1e3',1001)}}", "true"},
      {"${{$le('+3',3)}}", "true"},
      {"${{$gt(9223372036854775807,$val())}}", "false", R"({"value":9223372036854775808})"},
      {"${{$between(1,1,2)}}", "true"},
      {"${{$between(2,1,2)}}", "true"},
      {"${{$between(5/2,1,2)}}", "false"},
      {"${{$between('0',1,2)}}", "false"},
      {"${{$in(a,b,a)}}", "true"},
      {"${{$in(1,'1')}}", "true"},
      {"${{$in(a,b,c)}}", "false"},
  });
  check(Refusals{
      {"${{$gt(a,1)}}", "$gt: 'a' is no number"},
      {"${{$gt(1,'')}}", "$gt: '' is no number"},
      {"${{$lt(1,'nan')}}", "$lt: 'nan' is no number"},
      {"${{$lt(1,'inf')}}", "$lt: 'inf' is no number"},
      {"${{$lt(1,'1 ')}}", "$lt: '1 ' is no number"},
      {"${{$le(1,'+-1')}}", "$le: '+-1' is no number"},
      {"${{$ge($val(),1)}}", "$ge: 'true' is no number", R"({"value":true})"},
      {"${{$between(1,a,2)}}", "$between: 'a' is no number"},
      {"${{$between(1,2)}}", "$between takes 3 arguments, not 2"},
      {"${{$equal(1)}}", "$equal takes 2 arguments, not 1"},
      {"${{$in(1)}}", "$in takes 2 or more arguments, not 1"},
  });
}

TEST_CASE("expression: booleans") {
  check(Cases{
      {"${{$and(true,true)}}", "true"},
      {"${{$and(true,f)}}", "false"},
      {"${{$and('1',T)}}", "true"},
      {"${{$or(False,'0')}}", "false"},
      {"${{$or(F,True)}}", "true"},
      {"${{$or(FALSE,TRUE)}}", "true"},
      {"${{$not(t)}}", "false"},
      {"${{$not($equal(1,2))}}", "true"},
  });
  check(Refusals{
      {"${{$and(true,yes)}}", "$and: 'yes' is no boolean"},
      {"${{$or(true,tRUE)}}", "$or: 'tRUE' is no boolean"},
      {"${{$not(1)}}", "$not: '1' is no boolean"},
      {"${{$not('')}}", "$not: '' is no boolean"},
      {"${{$and(true)}}", "$and takes 2 arguments, not 1"},
  });
}

TEST_CASE("expression: $if evaluates only the branch it takes") {
  check(Cases{
      {"${{$if(true,a,b)}}", R"("a")"},
      {"${{$if('true',a,b)}}", R"("a")"},
      {"${{$if(TRUE,a,b)}}", R"("b")"},
      {"${{$if(1,a,b)}}", R"("b")"},
      {"${{$if($equal(1,1),7,8)}}", "7"},
      {"${{$if(true,1,$input(missing))}}", "1"},
      {"${{$if(false,$input(missing),2)}}", "2"},
      {"${{$if(false,a,'')}}", R"("")"},
  });
  check(Refusals{{"${{$if(true,$input(missing),2)}}", "there are no inputs here"},
                 {"${{$if(true,a)}}", "$if takes 3 arguments, not 2"}});
}

TEST_CASE("expression: values as text, JSON and base64") {
  check(Cases{
      {"${{$str(5)}}", R"("5")"},
      {"${{$str(10/4)}}", R"("2.5")"},
      {"${{$str($val())}}", R"("<nil>")", R"({"value":null})"},
      {"${{$json(5)}}", R"("5")"},
      {"${{$json(a)}}", R"("\"a\"")"},
      {"${{$json($val())}}", R"("null")", R"({"value":null})"},
      {"${{$json($val())}}", R"("\"\\\"\\\\\\n\\u0001<ä\"")", R"({"value":"\"\\\n\u0001<ä"})"},
      {"${{$json($val())}}", R"("{\"a\":1,\"b\":[true,false]}")",
       R"({"value":{"b":[true,false],"a":1.0}})"},
      {"${{$json($json(a))}}", R"("\"\\\"a\\\"\"")"},
      {"${{$base64encode('')}}", R"("")"},
      {"${{$base64encode(f)}}", R"("Zg==")"},
      {"${{$base64encode(fo)}}", R"("Zm8=")"},
      {"${{$base64encode(foo)}}", R"("Zm9v")"},
      {"${{$base64encode(12)}}", R"("MTI=")"},
      {"${{$base64decode('Zg==')}}", R"("f")"},
      {"${{$base64decode(Zm8=)}}", R"("fo")"},
      {"${{$base64decode('Zm\n9v')}}", R"("foo")"},
      {"${{$base64decode($base64encode('grün ${{1}}'))}}", R"("grün ${{1}}")"},
  });
  check(Refusals{
      {"${{$base64decode('Zg')}}", "$base64decode: the argument is not base64"},
      {"${{$base64decode('Z===')}}", "$base64decode: the argument is not base64"},
      {"${{$base64decode('Zg==Zg==')}}", "$base64decode: the argument is not base64"},
      {"${{$base64decode('Z!==')}}", "$base64decode: the argument is not base64"},
      {"${{$base64decode('/w==')}}", "$base64decode: the decoded bytes are not UTF-8 text"},
      {"${{$str(1,2)}}", "$str takes 1 argument, not 2"},
  });
}

}  // namespace
}  // namespace antiphon::expression
