// SPDX-License-Identifier: MIT
// The providers that read and change objects of the registry: symphony.md section 10.
#include <doctest/doctest.h>

#include "engine/core/limits.hpp"
#include "engine/stages/stages.hpp"
#include "tests/unit/stages_objects_fixture.hpp"

namespace antiphon::stages {
namespace {

struct Given {
  std::string inputs;
  std::string end;
};

void check(ObjectsFixture& plane, core::InlineStage stage, const std::vector<Given>& rows) {
  for (const Given& row : rows) {
    CAPTURE(row.inputs);
    CHECK(plane.end(stage, row.inputs) == row.end);
  }
}

/// A solution with two components.
constexpr const char* two_parts =
    R"({"components":[{"name":"a","n":1},{"name":"b","properties":{"routes":[{"id":1,"w":5}],)"
    R"("deep":{"list":[1]},"text":"x"}}]})";

std::string patched(const std::string& inputs) {
  ObjectsFixture plane;
  plane.have("solutionversion/app-v-1", two_parts);
  plane.have("catalogversion/part", R"({"properties":{"spec":{"name":"c","n":3},"id":1,"w":9}})");
  const auto end =
      plane.end(patch, R"({"objectType":"solution","objectName":"app:1",)" + inputs + "}");
  return end == "200 {}" ? plane.spec("solutionversion/app-v-1") : end;
}

}  // namespace

TEST_CASE("stages: list gives instances and catalogs of the stage's namespace") {
  ObjectsFixture plane;
  plane.have("catalogversion/b", R"({"n":1})");
  plane.have("catalogversion/a", R"({"n":2})");
  plane.have("catalogversion/c@plant", "{}");
  plane.have("instance/app", "{}");
  plane.report("instance/app", R"({"state":"succeeded"})");
  check(plane, list,
        {{R"({"objectType":"catalogs","namesOnly":true})",
          R"(200 {"items":["a","b"],"objectType":"catalogs"})"},
         {R"({"objectType":"catalogversions","namesOnly":"true","__namespace":"plant"})",
          R"(200 {"items":["c"],"objectType":"catalogversions"})"},
         {R"({"objectType":"catalogversions","namesOnly":true,"__namespace":"plant",)"
          R"("objectNamespace":"default"})",
          R"(200 {"items":["a","b"],"objectType":"catalogversions"})"},
         {R"({"objectType":"instance"})",
          R"(200 {"items":[{"metadata":{"generation":1,"name":"app","namespace":"default"},)"
          R"("spec":{},"status":{"state":"succeeded"}}],"objectType":"instance"})"},
         {R"({"objectType":"instance","objectNamespace":"a/b"})",
          "500 input 'objectNamespace': namespace has a character that no name may have, at "
          "position 2"}});
}

TEST_CASE("stages: a list that no output could hold asks for names") {
  ObjectsFixture plane;
  const std::string much = R"({"n":")" + std::string(core::limits::object_bytes - 200, 'x') + "\"}";
  for (int i = 0; i < 130; ++i) plane.have("catalogversion/c" + std::to_string(i), much);
  CHECK(plane.end(list, R"({"objectType":"catalogs"})") ==
        "500 the list has more than 16777216 bytes; ask for namesOnly");
  CHECK(plane.end(list, R"({"objectType":"catalogs","namesOnly":true})").starts_with("200 "));
}

TEST_CASE("stages: patch adds, replaces and removes a component") {
  CHECK(patched(R"("patchSource":"inline","patchContent":{"name":"c","n":3})") ==
        R"({"components":[{"n":1,"name":"a"},{"name":"b","properties":{"deep":{"list":[1]},)"
        R"("routes":[{"id":1,"w":5}],"text":"x"}},{"n":3,"name":"c"}]})");
  const std::string rest =
      R"({"name":"b","properties":{"deep":{"list":[1]},"routes":[{"id":1,"w":5}],"text":"x"}})";
  CHECK(patched(R"("patchSource":"inline","patchContent":"{\"name\":\"a\",\"n\":2}")") ==
        R"({"components":[{"n":2,"name":"a"},)" + rest + "]}");
  CHECK(patched(R"("patchSource":"inline","component":"a","patchContent":{"n":7})") ==
        R"({"components":[{"n":7,"name":"a"},)" + rest + "]}");
  CHECK(patched(R"("patchSource":"inline","patchAction":"remove","patchContent":{"name":"a"})") ==
        R"({"components":[)" + rest + "]}");
  CHECK(patched(R"("patchContent":"part")") ==
        R"({"components":[{"n":1,"name":"a"},)" + rest + R"(,{"n":3,"name":"c"}]})");
  CHECK(patched(R"("patchSource":"inline","patchAction":"remove","patchContent":{"name":"z"})") ==
        R"({"components":[{"n":1,"name":"a"},)" + rest + "]}");
}

TEST_CASE("stages: patch changes a list among a component's properties") {
  const auto routes = [](const std::string& inputs) {
    const auto after = core::Value::parse(patched(R"("component":"b",)" + inputs));
    return after["components"][1]["properties"].dump();
  };
  const std::string inline_ = R"("patchSource":"inline",)";
  const std::string rest = R"({"deep":{"list":[1]},"routes":)";
  CHECK(routes(inline_ + R"("property":"routes","patchContent":{"id":2})") ==
        rest + R"([{"id":1,"w":5},{"id":2}],"text":"x"})");
  CHECK(routes(inline_ + R"("property":"routes","dedupKey":"id","patchContent":{"id":1,"w":8})") ==
        rest + R"([{"id":1,"w":8}],"text":"x"})");
  CHECK(routes(inline_ + R"("property":"routes","dedupKey":"id","patchContent":{"id":3})") ==
        rest + R"([{"id":1,"w":5},{"id":3}],"text":"x"})");
  CHECK(routes(inline_ + R"("property":"routes","dedupKey":"id","patchAction":"remove",)"
                         R"("patchContent":{"id":1})") == rest + R"([],"text":"x"})");
  CHECK(routes(inline_ + R"("property":"deep","subKey":"list","patchContent":{"id":1})") ==
        R"({"deep":{"list":[1,{"id":1}]},"routes":[{"id":1,"w":5}],"text":"x"})");
  CHECK(routes(inline_ + R"("property":"new","patchContent":{"id":1})") ==
        R"({"deep":{"list":[1]},"new":[{"id":1}],"routes":[{"id":1,"w":5}],"text":"x"})");
}

TEST_CASE("stages: patch says which of its inputs cannot be used, and changes nothing") {
  const std::string inline_ = R"("patchSource":"inline",)";
  CHECK(patched(R"("patchSource":"inline")") == "1000 input 'patchContent' is missing");
  CHECK(patched(inline_ + R"("patchContent":7)") == "1000 input 'patchContent' is no object");
  CHECK(patched(inline_ + R"("patchContent":"x")") == "1000 input 'patchContent' is no object");
  CHECK(patched(R"("patchContent":7)") ==
        "1000 input 'patchContent' names no catalog: it is no text");
  CHECK(patched(inline_ + R"("patchContent":{},"context":{})") ==
        "1000 input 'context' is not supported, as expressions in a catalog stay text; evaluate "
        "the content in the stage and give it as 'inline' patchContent");
  CHECK(patched(R"("patchContent":"none")") == "1000 catalog 'none' is not found");
  CHECK(patched(R"("patchSource":"web","patchContent":{})") ==
        "1000 patchSource 'web' is not catalogversion or inline");
  CHECK(patched(inline_ + R"("patchContent":{}, "patchAction":"mend")") ==
        "1000 patchAction 'mend' is not add or remove");
  CHECK(patched(inline_ + R"("patchContent":{})") == "1000 the patch names no component");
  CHECK(patched(inline_ + R"("patchContent":{},"component":7)") ==
        "1000 input 'component' is no text");
  CHECK(patched(inline_ + R"("patchContent":{},"component":"z","property":"p")") ==
        "1000 component 'z' is not in the solution");
  CHECK(patched(inline_ + R"("patchContent":{},"component":"b","property":"text")") ==
        "1000 component 'b': property 'text' holds no list there");
  CHECK(patched(inline_ + R"("patchContent":{},"component":"b","property":"text","subKey":"k")") ==
        "1000 component 'b' has no map where 'k' is");
  CHECK(patched(inline_ + R"("patchContent":{},"component":"b","property":"routes",)"
                          R"("dedupKey":"id")") ==
        "1000 the patch has no 'id', which tells its items apart");
  ObjectsFixture plane;
  plane.have("solutionversion/bad", R"({"components":7})");
  check(plane, patch,
        {{R"({"objectName":"none","patchSource":"inline","patchContent":{"name":"a"}})",
          "404 there is no object solutionversion/none"},
         {R"({"objectName":"bad","patchSource":"inline","patchContent":{"name":"a"}})",
          "1000 solutionversion/bad has no list spec.components"},
         {R"({"patchSource":"inline","patchContent":{"name":"a"}})",
          "1000 input 'objectName': object name is empty"},
         {R"({"objectType":"instance","objectName":"a"})",
          "1000 objectType is not solutionversion"}});
}

TEST_CASE("stages: what a stage changes has the stage for its author") {
  ObjectsFixture plane;
  plane.have("solutionversion/s", "{}");
  CHECK(plane.author("solutionversion/s") == "ann");
  plane.end(patch, R"({"objectName":"s","patchSource":"inline","patchContent":{"name":"a"}})");
  CHECK(plane.spec("solutionversion/s") == R"({"components":[{"name":"a"}]})");
  CHECK(plane.author("solutionversion/s") == "stage s of r");
}

}  // namespace antiphon::stages
