// SPDX-License-Identifier: MIT
// What an expression may do with a sealed secret: pass it on. Anything else is an error that says
// so, and none of them shows more than its name.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/sealed.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/expression/compile.hpp"
#include "tests/support/fixed_secrets.hpp"

namespace antiphon::expression {
namespace {

using core::Value;

core::Result<Value> sealed_value(const Value& raw) {
  static const core::Sealing sealing;
  static const Value inputs{{"token", core::seal("db", "password")},
                            {"map", {{"inner", core::seal("db", "password")}, {"plain", 1}}},
                            {"empty", ""}};
  core::Scope scope;
  scope.secrets = &sealing;
  scope.inputs = &inputs;
  const auto compiled = compile(raw, "field");
  REQUIRE(compiled);
  return (*compiled)->evaluate(scope);
}

/// The value with the secret's text in it.
Value with_texts(const Value& raw) {
  static const test::FixedSecrets secrets({{{"db", "password"}, "s3cret"}});
  auto value = sealed_value(raw);
  if (!value) return "error: " + value.error().message;
  Value request{{"config", {{"value", *value}}}, {"inputs", Value::object()}};
  const auto text = core::pack_request(request);
  CHECK(text.find("s3cret") == std::string::npos);
  const auto open = core::open_request(text, &secrets);
  REQUIRE(open);
  return core::parse_object(*open).at("config").at("value");
}

TEST_CASE("expression: a secret is passed on and joined with text") {
  CHECK(with_texts("${{$secret(db,password)}}") == "s3cret");
  CHECK(with_texts("Bearer ${{$secret(db,password)}}") == "Bearer s3cret");
  CHECK(with_texts("${{$secret(db,password)}}:${{$input(token)}}!") == "s3cret:s3cret!");
  CHECK(with_texts("${{'a'+$secret(db,password)+1}}") == "as3cret1");
  CHECK(with_texts("${{user/$secret(db,password)}}") == "user/s3cret");
  CHECK(with_texts("${{[$secret(db,password)]}}") == "[s3cret]");
  CHECK(with_texts("${{-$secret(db,password)}}") == "-s3cret");
  CHECK(with_texts("${{$if(true,$secret(db,password),'')}}") == "s3cret");
  CHECK(with_texts("${{$if(false,$secret(db,password),none)}}") == "none");
  CHECK(with_texts("${{$default($input(empty),$secret(db,password))}}") == "s3cret");
  CHECK(with_texts("${{$coalesce($input(absent),$input(token))}}") == "s3cret");
  CHECK(with_texts("${{$trigger(absent,$secret(db,password))}}") == "s3cret");
  CHECK(with_texts("${{$input(map)}}") == Value{{"inner", "s3cret"}, {"plain", 1}});
  CHECK(with_texts(Value{{"a", {1, "x${{$secret(db,password)}}"}}}) ==
        Value{{"a", {1, "xs3cret"}}});
}

TEST_CASE("expression: no function looks into a secret") {
  for (const std::string text : {"$equal($input(token),s3cret)",
                                 "$len($input(token))",
                                 "$str($input(token))",
                                 "$base64encode($secret(db,password))",
                                 "$json($input(token))",
                                 "$in($input(token),a)",
                                 "$if($input(token),a,b)",
                                 "$if($equal($input(token),a),b,c)",
                                 "$first($input(map))",
                                 "$keys($input(map))",
                                 "$join($input(map))",
                                 "$jsonpath($input(map),'$.plain')",
                                 "$input($input(token))",
                                 "$output($input(token),a)",
                                 "$secret($input(token),a)",
                                 "$secret(db,$input(token))",
                                 "$and($input(token),true)",
                                 "$gt($input(token),1)",
                                 "$sum($input(map))",
                                 "$len($if(true,$input(token),x))",
                                 "$trigger($input(token),x)"}) {
    CAPTURE(text);
    const auto result = sealed_value("${{" + text + "}}");
    REQUIRE_FALSE(result);
    CHECK(result.error().message.find(": it cannot look into a secret") != std::string::npos);
    CHECK(result.error().hint.find("$default") != std::string::npos);
  }
  const auto text = sealed_value("x${{$input(map)}}");
  REQUIRE_FALSE(text);
  CHECK(text.error().message ==
        "field, column 5: a list or object that holds a secret cannot become text");
}

TEST_CASE("expression: a secret's names are of a length") {
  CHECK_FALSE(sealed_value("${{$secret('',a)}}"));
  CHECK_FALSE(sealed_value("${{$secret(a,'" +
                           std::string(core::limits::secret_name_bytes + 1, 'x') + "')}}"));
}

}  // namespace
}  // namespace antiphon::expression
