// SPDX-License-Identifier: MIT
// Sealed values, how requests keep and open them, and how secrets are taken out of what work says.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/masks.hpp"
#include "engine/core/sealed.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/core/status.hpp"
#include "tests/support/fixed_secrets.hpp"

namespace antiphon::core {
namespace {

const test::FixedSecrets& secrets() {
  static const test::FixedSecrets known(
      {{{"db", "password"}, "s3cret"}, {{"db", "quoted"}, "a\"b\nü"}});
  return known;
}

Value bearer() {
  return join_sealed("Bearer ", join_sealed(seal("db", "password"), "!"));
}

TEST_CASE("core: what is sealed is nothing that JSON text can be read as") {
  const Value sealed = seal("db", "password");
  CHECK(is_sealed(sealed));
  CHECK(holds_secret(Value{{"a", Value::array({1, sealed})}}));
  for (const char* text : {R"("***")", R"({"bytes":[1,2],"subtype":null})", R"([])", "1",
                           R"({"object":"db","field":"password"})"}) {
    CHECK_FALSE(holds_secret(Value::parse(text)));
  }
  // What a careless writer makes of it names the secret, and is a plain object when it comes back.
  CHECK_FALSE(holds_secret(Value::parse(dump(sealed))));
}

TEST_CASE("core: a request keeps its secrets sealed and is opened with their texts") {
  Value request{{"config", {{"a/b~c", Value::array({bearer(), 1})}, {"plain", "x"}}},
                {"inputs", {{"p", seal("db", "quoted")}}}};
  const JsonText packed = pack_request(request);
  CHECK(request.at("config").at("a/b~c").at(0) == "***");
  CHECK(packed.find("s3cret") == std::string::npos);
  CHECK(parse_object(packed).at("inputs").at("p") == "***");

  const auto opened = open_request(packed, &secrets());
  REQUIRE(opened);
  CHECK(parse_object(*opened) ==
        Value{{"config", {{"a/b~c", {"Bearer s3cret!", 1}}, {"plain", "x"}}},
              {"inputs", {{"p", "a\"b\nü"}}}});
  const auto bytes = weigh_secrets(packed, &secrets());
  REQUIRE(bytes);
  CHECK(*bytes == 2 * (6 + 6));
}

TEST_CASE("core: a request without secrets stays as it is, whatever its data says") {
  Value request{{"config", Value::object()},
                {"inputs", {{"secrets", {{{"at", "/config"}, {"parts", Value::array()}}}}}},
                {"secrets", {{{"at", "/inputs"}, {"parts", {{{"held", "x"}}}}}}}};
  const JsonText packed = pack_request(request);
  CHECK_FALSE(parse_object(packed).contains("secrets"));
  const auto opened = open_request(packed, &secrets());
  REQUIRE(opened);
  CHECK(parse_object(*opened) == parse_object(packed));
}

TEST_CASE("core: what cannot be opened says which secret and why") {
  Value request{{"config", {{"a", seal("db", "user")}}}, {"inputs", Value::object()}};
  const JsonText packed = pack_request(request);
  const auto absent = open_request(packed, &secrets());
  REQUIRE_FALSE(absent);
  CHECK(absent.error().status == status::missing_config);
  CHECK(absent.error().message == "$secret(db, user): secret 'db' has no field 'user'");
  const auto none = weigh_secrets(packed, nullptr);
  REQUIRE_FALSE(none);
  CHECK(none.error().message == "$secret(db, user): this plane has no secrets");
}

TEST_CASE("core: a request has no more secrets than it may") {
  Value list = Value::array();
  for (std::size_t i = 0; i <= limits::request_secrets; ++i) list.push_back(seal("db", "password"));
  Value request{{"config", {{"list", list}}}, {"inputs", Value::object()}};
  const auto bytes = weigh_secrets(pack_request(request), &secrets());
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().status == status::too_large);
}

TEST_CASE("core: a view keeps what is sealed and gives it back") {
  Value view{{"a", bearer()}, {"b", 1}, {"__secrets", "a document's own"}};
  const JsonText kept = pack_view(view);
  CHECK(parse_object(kept).at("a") == "***");
  CHECK(unpack_view(kept) == Value{{"a", bearer()}, {"b", 1}});
  Value plain{{"b", 1}, {"__secrets", {{{"at", "/b"}}}}};
  CHECK(unpack_view(pack_view(plain)) == Value{{"b", 1}});
}

TEST_CASE("core: a command that leaves says where its secrets stand, and a site holds them apart") {
  Value request{{"config",
                 {{"token", join_sealed(bearer(), seal("db", "quoted"))},
                  {"list", Value::array({0, seal("db", "password")})}}},
                {"inputs", {{"id", 7}}}};
  const JsonText packed = pack_request(request);
  Command command;
  command.config = dump(request.at("config"));
  seal_command(command, parse_object(packed));
  CHECK(command.sealed.find("s3cret") == std::string::npos);
  REQUIRE(open_command(command, &secrets()));
  CHECK(command.sealed.empty());
  CHECK(command.secrets ==
        std::vector<SecretSpan>{{"/list/1", 0, 6}, {"/token", 7, 6}, {"/token", 14, 6}});
  Value config = parse_object(command.config);
  CHECK(config == Value{{"token", "Bearer s3cret!a\"b\nü"}, {"list", {0, "s3cret"}}});
  CHECK_FALSE(why_wrong(command.secrets, config));

  const Value inputs{{"id", 7}};
  const JsonText held = hold_request(config, inputs, command.secrets);
  CHECK(config == Value{{"token", "***"}, {"list", {0, "***"}}});
  const auto opened = open_request(held, nullptr);
  REQUIRE(opened);
  CHECK(parse_object(*opened) ==
        Value{{"config", {{"token", "Bearer s3cret!a\"b\nü"}, {"list", {0, "s3cret"}}}},
              {"inputs", inputs}});
  CHECK(secret_texts(held, nullptr) == std::vector<std::string>{"s3cret", "s3cret", "a\"b\nü"});
  CHECK(drop_held(held) == dump(Value{{"config", config}, {"inputs", inputs}}));
}

TEST_CASE("core: spans that do not fit their config are refused") {
  const Value config{{"a", "xüy"}, {"b", 1}, {"c", {"z"}}};
  const auto wrong = [&](std::vector<SecretSpan> spans) {
    return why_wrong(spans, config).has_value();
  };
  CHECK_FALSE(wrong({{"/a", 0, 4}}));
  CHECK_FALSE(wrong({{"/a", 1, 2}, {"/a", 3, 1}, {"/c/0", 0, 1}}));
  CHECK(wrong({{"/a", 2, 1}}));  // within a character
  CHECK(wrong({{"/a", 0, 5}}));  // past the end
  CHECK(wrong({{"/a", 5, 0}}));
  CHECK(wrong({{"/a", 1, static_cast<std::size_t>(-1)}}));
  CHECK(wrong({{"/a", 1, 2}, {"/a", 0, 1}}));  // not in order
  CHECK(wrong({{"/c/0", 0, 1}, {"/a", 0, 1}}));
  CHECK(wrong({{"/b", 0, 1}}));  // no text
  CHECK(wrong({{"", 0, 1}}));
  CHECK(wrong({{"a", 0, 1}}));  // no pointer
  CHECK(wrong({{"/c/x", 0, 1}}));
  CHECK(wrong({{"/c/7", 0, 1}}));
  CHECK(wrong({{"/a/~2", 0, 1}}));
  CHECK(wrong(std::vector<SecretSpan>(limits::request_secrets + 1, {"/a", 0, 0})));
}

TEST_CASE("core: masks find a secret as it is, in JSON, in base64 and percent-encoded") {
  const Masks masks({"s3cret/ü", "abc", "first line\nx\nthe last line"});
  CHECK(masks.text("a s3cret/ü, again s3cret/ü") == "a ***, again ***");
  CHECK(masks.text("s3cret%2F%C3%BC czNjcmV0L8O8") == "*** ***");
  CHECK(masks.text("abc is short") == "abc is short");
  CHECK(masks.text("... first line ... the last line x") == "... *** ... *** x");
  CHECK(masks.json(R"({"a":["s3cret/\u00fc"],"s3cret/ü":1,"n":{"x":"no"}})") ==
        R"({"***":1,"a":["***"],"n":{"x":"no"}})");
  CHECK(masks.json(R"({"a" : "kept as \"it\" came"})") == R"({"a" : "kept as \"it\" came"})");
  CHECK(masks.json("") == "");
  CHECK(Masks({"123456"}).json(R"({"pin":123456,"no":1234})") == R"({"no":1234,"pin":"***"})");
  CHECK(Masks({}).empty());
}

TEST_CASE("core: texts whose keys say that they are secret are masked for people") {
  Value value = Value::parse(R"({"password":"a","dbPassword":"b","Token":"c","header.Authorization":
      "d","tokens":"e","secret":{"user":"f","SECRET":"g"},"list":[{"passwd":"h"}],"token":7,
      "api_token":""})");
  mask_named(value);
  CHECK(value == Value::parse(R"({"password":"***","dbPassword":"***","Token":"***",
      "header.Authorization":"***","tokens":"e","secret":{"user":"f","SECRET":"***"},
      "list":[{"passwd":"***"}],"token":7,"api_token":""})"));
}

TEST_CASE("core: the longer of two secrets is masked first") {
  CHECK(Masks({"pass", "password"}).text("password pass") == "*** ***");
}

}  // namespace
}  // namespace antiphon::core
