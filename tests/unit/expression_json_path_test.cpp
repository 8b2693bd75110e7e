// SPDX-License-Identifier: MIT
// JSONPath of the Kubernetes kind, on values.
#include "engine/expression/json_path.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/expression/limits.hpp"

namespace antiphon::expression {
namespace {

struct Row {
  std::string path;
  std::string expect;  ///< JSON; empty: nothing matches
};

void check_paths(const std::string& json, const std::vector<Row>& rows) {
  const core::Value value = core::Value::parse(json);
  for (const Row& row : rows) {
    CAPTURE(row.path);
    const auto path = JsonPath::parse(row.path);
    const std::string failure = path ? std::string() : path.error().message;
    REQUIRE(failure == "");
    int visits = limits::visits;
    const auto found = path->find(value, visits);
    if (row.expect.empty()) {
      CHECK_FALSE(found.has_value());
      if (!found) CHECK(found.error() == core::Error{404, "no matches"});
    } else {
      const std::string problem = found ? std::string() : found.error().message;
      CHECK(problem == "");
      if (found) CHECK(found->dump() == core::Value::parse(row.expect).dump());
    }
  }
}

const std::string shop = R"({
  "name": "shop", "a.b": 1, "a": {"b": 2}, "empty": [], "none": null, "key-1/x:y": 3,
  "items": [
    {"name": "pen", "price": 2, "tags": ["blue", "thin"], "ok": true},
    {"name": "book", "price": 12.5, "tags": ["old"], "isbn": "0-1", "ok": false},
    {"name": "lamp", "price": 40.0, "tags": [], "isbn": null}
  ]})";

TEST_CASE("jsonpath: names and indexes lead to one value") {
  check_paths(shop, {
                        {"$.name", R"("shop")"},
                        {"$['name']", R"("shop")"},
                        {R"($["name"])", R"("shop")"},
                        {"$[ 'name' ]", R"("shop")"},
                        {"$.a.b", "2"},
                        {"$['a.b']", "1"},
                        {R"($.a\.b)", "1"},
                        {R"($['a\.b'])", "1"},
                        {"$.a['b']", "2"},
                        {"$['a']['b']", "2"},
                        {"$.key-1/x:y", "3"},
                        {"$.items[0].name", R"("pen")"},
                        {"$.items.[0].name", R"("pen")"},
                        {"$.items[2].price", "40"},
                        {"$.items[1].price", "12.5"},
                        {"$.items[-1].name", R"("lamp")"},
                        {"$.items[-3].name", R"("pen")"},
                        {"$.items[ 1 ].name", R"("book")"},
                        {"$.none", "null"},
                        {"$.empty", "[]"},
                        {"$.a", R"({"b":2})"},
                        {"$.nothing", ""},
                        {"$.name.first", ""},
                        {"$.items.name", ""},
                        {"$.items[3]", ""},
                        {"$.items[-4]", ""},
                        {"$.name[0]", ""},
                        {"$.none.x", ""},
                    });
}

TEST_CASE("jsonpath: the dollar may be missing, and braces may stand around") {
  check_paths(shop, {
                        {"name", R"("shop")"},
                        {".name", R"("shop")"},
                        {"['name']", R"("shop")"},
                        {"a.b", "2"},
                        {"items[0].name", R"("pen")"},
                        {"@.name", R"("shop")"},
                        {"{.name}", R"("shop")"},
                        {"{$.name}", R"("shop")"},
                        {" { $.name } ", R"("shop")"},
                        {"{['name']}", R"("shop")"},
                        {"{$..isbn}", R"(["0-1",null])"},
                        {"$.items[0] .name", R"("pen")"},
                    });
  check_paths("[1,2]", {{"[0]", "1"},
                        {"$[1]", "2"},
                        {"{[1]}", "2"},
                        {"$", "[1,2]"},
                        {"{$}", "[1,2]"},
                        {"@", "[1,2]"},
                        {"$.", "[1,2]"},
                        {".", "[1,2]"}});
  check_paths(R"([{"port":80}])", {{"[0].port", "80"}, {"$[0].port", "80"}, {"$.[0].port", "80"}});
}

TEST_CASE("jsonpath: slices take a part of a list") {
  check_paths("[0,1,2,3,4]", {
                                 {"$[1:3]", "[1,2]"},
                                 {"$[1:2]", "1"},
                                 {"$[:2]", "[0,1]"},
                                 {"$[3:]", "[3,4]"},
                                 {"$[:]", "[0,1,2,3,4]"},
                                 {"$[-2:]", "[3,4]"},
                                 {"$[:-3]", "[0,1]"},
                                 {"$[-3:-1]", "[2,3]"},
                                 {"$[::2]", "[0,2,4]"},
                                 {"$[1::2]", "[1,3]"},
                                 {"$[1:4:2]", "[1,3]"},
                                 {"$[0:5:9]", "0"},
                                 {"$[0:5:9223372036854775807]", "0"},
                                 {"$[2:99]", "[2,3,4]"},
                                 {"$[-99:2]", "[0,1]"},
                                 {"$[ 1 : 3 ]", "[1,2]"},
                                 {"$[1:3:]", "[1,2]"},
                                 {"$[3:1]", ""},
                                 {"$[2:2]", ""},
                                 {"$[9:]", ""},
                             });
  check_paths(R"({"a":"text"})", {{"$.a[0:2]", ""}});
}

TEST_CASE("jsonpath: wildcards take every item and every member, by the order of keys") {
  check_paths(shop, {
                        {"$.items[*].name", R"(["pen","book","lamp"])"},
                        {"$.items.*.name", R"(["pen","book","lamp"])"},
                        {"$.items[*].isbn", R"(["0-1",null])"},
                        {"$.items[*].tags[*]", R"(["blue","thin","old"])"},
                        {"$.a.*", "2"},
                        {"$.a[*]", "2"},
                        {"$.empty[*]", ""},
                        {"$.name[*]", ""},
                    });
  check_paths(R"({"b":1,"a":2})", {{"$.*", "[2,1]"}, {"$[*]", "[2,1]"}, {"*", "[2,1]"}});
}

TEST_CASE("jsonpath: two dots look into every list and object") {
  check_paths(shop, {
                        {"$..isbn", R"(["0-1",null])"},
                        {"$..name", R"(["shop","pen","book","lamp"])"},
                        {"$..b", "2"},
                        {"$..['isbn']", R"(["0-1",null])"},
                        {"$..tags[0]", R"(["blue","old"])"},
                        {"$..[0].price", "2"},
                        {"$.items..tags", R"([["blue","thin"],["old"],[]])"},
                        {"..price", "[2,12.5,40]"},
                        {"$..[?(@.price>10)].name", R"(["book","lamp"])"},
                        {"$..zzz", ""},
                    });
  check_paths(R"({"a":[1,{"b":2}]})", {{"$..*", R"([[1,{"b":2}],1,{"b":2},2])"},
                                       {"$..", R"([{"a":[1,{"b":2}]},[1,{"b":2}],{"b":2}])"}});
}

TEST_CASE("jsonpath: unions take several things of one value, in the order they are written") {
  check_paths("[0,1,2,3]", {
                               {"$[0,2]", "[0,2]"},
                               {"$[2,0]", "[2,0]"},
                               {"$[-1,0]", "[3,0]"},
                               {"$[0, 2:]", "[0,2,3]"},
                               {"$[1,1]", "[1,1]"},
                               {"$[0,9]", "0"},
                               {"$[8,9]", ""},
                           });
  check_paths(shop, {
                        {"$['name','none']", R"(["shop",null])"},
                        {R"($["none" , 'name'])", R"([null,"shop"])"},
                        {"$.items[*]['name','price']", R"(["pen",2,"book",12.5,"lamp",40])"},
                        {"$['name','nothing']", R"("shop")"},
                        {"$['a','b,c']", R"({"b":2})"},
                    });
}

TEST_CASE("jsonpath: filters compare") {
  check_paths(shop, {
                        {R"($.items[?(@.name=="pen")].price)", "2"},
                        {R"($.items[?(@.name == 'pen')].price)", "2"},
                        {R"($.items[?("pen" == @.name)].price)", "2"},
                        {R"($.items[?(@['name']=="pen")].price)", "2"},
                        {R"($.items[?(@.name!="pen")].price)", "[12.5,40]"},
                        {"$.items[?(@.price<12.5)].name", R"("pen")"},
                        {"$.items[?(@.price<=12.5)].name", R"(["pen","book"])"},
                        {"$.items[?(@.price>2)].name", R"(["book","lamp"])"},
                        {"$.items[?(@.price>=40)].name", R"("lamp")"},
                        {"$.items[?(@.price==40.0)].name", R"("lamp")"},
                        {"$.items[?(@.price==4e1)].name", R"("lamp")"},
                        {"$.items[?(@.price>-1)].name", R"(["pen","book","lamp"])"},
                        {R"($.items[?(@.name>"lamp")].name)", R"("pen")"},
                        {"$.items[?(@.ok==true)].name", R"("pen")"},
                        {"$.items[?(@.ok==false)].name", R"("book")"},
                        {"$.items[?(@.isbn==null)].name", R"("lamp")"},
                        {"$.items[?(@.isbn!=null)].name", R"("book")"},
                        {R"($.items[?(@.tags[0]=="old")].name)", R"("book")"},
                        {"$.items[?(@.price==$.a.b)].name", R"("pen")"},
                        {"$.items[?(@.name==@.name)].price", "[2,12.5,40]"},
                        {R"($.items[?(@.price=="2")].name)", ""},
                        {R"($.items[?(@.price<"x")].name)", ""},
                        {"$.items[?(@.tags<3)].name", ""},
                        {"$.items[?(@.nothing!=1)].name", ""},
                        {"$.items[?(@.tags==$.empty)].name", R"("lamp")"},
                        {"$.items[?@.price==2].name", R"("pen")"},
                        {"$.a[?(@.b==2)]", ""},
                    });
  check_paths("[1,2,3,null]", {{"$[?(@>1)]", "[2,3]"},
                               {"$[?(@ == null)]", "null"},
                               {"$[?(@)]", "[1,2,3,null]"},
                               {"$[?(1 < @)]", "[2,3]"}});
  check_paths(R"(["a)b","a\"b","x'y","tab\tend","a,b"])",
              {{R"($[?(@=="a)b")])", R"("a)b")"},
               {R"($[?(@=="a\"b")])", R"("a\"b")"},
               {R"($[?(@=="x'y")])", R"("x'y")"},
               {R"($[?(@=='x\'y')])", R"("x'y")"},
               {R"($[?(@=="tab\tend")])", R"("tab\tend")"},
               {R"($[?(@=="a,b")])", R"("a,b")"}});
}

TEST_CASE("jsonpath: filters ask whether something is there") {
  check_paths(shop, {
                        {"$.items[?(@.isbn)].name", R"(["book","lamp"])"},
                        {"$.items[?(@.tags[1])].name", R"("pen")"},
                        {"$.items[?(@.tags[*])].name", R"(["pen","book"])"},
                        {R"($.items[?(@.tags[?(@=="thin")])].name)", R"("pen")"},
                        {"$.items[?($.name)].name", R"(["pen","book","lamp"])"},
                        {"$.items[?(@.nothing)]", ""},
                    });
}

TEST_CASE("jsonpath: conditions are joined, and binds closer than or") {
  check_paths(
      shop,
      {
          {R"($.items[?(@.price>2 && @.isbn=="0-1")].name)", R"("book")"},
          {R"($.items[?(@.price<3||@.price>30)].name)", R"(["pen","lamp"])"},
          {R"($.items[?(@.name=="pen" || @.isbn && @.price>30)].name)", R"(["pen","lamp"])"},
          {R"($.items[?((@.name=="pen" || @.isbn) && @.price<30)].name)", R"(["pen","book"])"},
          {R"($.items[?(@.isbn) && (@.price>30)].name)", R"("lamp")"},
          {R"($.items[?(((@.isbn)))].name)", R"(["book","lamp"])"},
          {R"($.items[?(@.name=="a&&b" || @.name=="c||d")])", ""},
      });
}

TEST_CASE("jsonpath: patterns are found anywhere, and cannot hang") {
  check_paths(shop, {
                        {R"($.items[?(@.name=~"^p")].name)", R"("pen")"},
                        {R"($.items[?(@.name =~ 'oo')].name)", R"("book")"},
                        {R"($.items[?(@.name=~"^(pen|lamp)$")].price)", "[2,40]"},
                        {R"($.items[?(@.name=~/LAMP/i)].price)", "40"},
                        {R"($.items[?(@.name=~/LAMP/)].price)", ""},
                        {R"($.items[?(@.isbn=~"^\d-\d$")].name)", R"("book")"},
                        {R"($.items[?(@.isbn=~"^\\d-\\d$")].name)", R"("book")"},
                        {R"($.items[?(@.isbn=~/^\d\-\d$/ && @.price>1)].name)", R"("book")"},
                        {R"($.items[?(@.price=~"2")].name)", ""},
                        {R"($.items[?(@.nothing=~"")].name)", ""},
                    });
  const core::Value hostile = core::Value::array({std::string(100'000, 'a')});
  for (const char* pattern : {R"($[?(@=~"^(a+)+$x")])", R"($[?(@=~"(a|aa)+b")])"}) {
    int visits = limits::visits;
    CHECK(JsonPath::parse(pattern)->find(hostile, visits).error().message == "no matches");
  }
}

TEST_CASE("jsonpath: an object in which nothing matches is asked once more as a list of one") {
  check_paths(R"({"a":"b","n":1})", {
                                        {R"($[?(@.a=="b")])", R"({"a":"b","n":1})"},
                                        {R"($[?(@.a=="b")].n)", "1"},
                                        {R"({[?(@.a=="b")].n})", "1"},
                                        {"$[0].n", "1"},
                                        {"$[-1].n", "1"},
                                        {"$[0:].n", "1"},
                                        {R"($[?(@.a=="c")])", ""},
                                        {"$[1]", ""},
                                        {"$.x", ""},
                                    });
  check_paths(R"({"x":{"a":"b"}})", {{R"($[?(@.a=="b")])", ""}, {R"($.x[?(@.a=="b")])", ""}});
  check_paths(R"("text")", {{"$[0]", ""}, {"$", R"("text")"}});
}

TEST_CASE("jsonpath: whole numbers come back as integers, at whatever depth") {
  check_paths(R"({"a":2.0,"b":[1.0,2.5,{"c":3e2}],"big":1e300,"huge":18446744073709551615})",
              {{"$.a", "2"},
               {"$.b", R"([1,2.5,{"c":300}])"},
               {"$.big", "1e300"},
               {"$.huge", "18446744073709551616.0"}});
}

}  // namespace
}  // namespace antiphon::expression
