// SPDX-License-Identifier: MIT
// What a stage says to its provider and nobody would carry out is refused before it runs.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/campaign_fixture.hpp"

namespace antiphon::campaign {
namespace {

struct Row {
  std::string stage;
  std::string problem;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.stage);
    const std::string text =
        "metadata: {name: a}\nspec:\n  firstStage: s\n  stages:\n    s: {" + row.stage + "}\n";
    CHECK(test::problems_of(text) == row.problem);
  }
}

}  // namespace

TEST_CASE("campaign: a config key that the provider does not know is refused with the nearest") {
  check({
      {"provider: script, config: {scirpt: a.sh}",
       "5:36: spec.stages.s.config.scirpt: unknown field 'scirpt' (did you mean 'script'?)"},
      {"provider: script, config: {script: a.sh, bogus: 1}",
       "5:50: spec.stages.s.config.bogus: unknown field 'bogus' (known here: script, "
       "scriptFolder, scriptEngine, environment, name, stagingFolder)"},
      {"provider: counter, config: {start: 5}",
       "5:37: spec.stages.s.config.start: unknown field 'start' (known here: id)"},
      {"provider: delay, config: {delay: 5}",
       "5:35: spec.stages.s.config.delay: unknown field 'delay' (known here: id)"},
      {"provider: mock, config: {ID: x}",
       "5:34: spec.stages.s.config.ID: unknown field 'ID' (did you mean 'id'?)"},
      {"provider: list, config: {objectType: sites}",
       "5:34: spec.stages.s.config.objectType: unknown field 'objectType' (there are none here)"},
      {"provider: remote, config: {scirpt: a.sh}, inputs: {operation: script}",
       "5:36: spec.stages.s.config.scirpt: unknown field 'scirpt' (did you mean 'script'?)"},
  });
}

TEST_CASE("campaign: a constant that the provider does not carry out is refused") {
  check({
      {"provider: script, config: {script: a, scriptEngine: cmd}",
       "5:61: spec.stages.s.config.scriptEngine: unknown scriptEngine 'cmd' (it is bash, "
       "powershell)"},
      {"provider: script, config: {script: a, scriptEngine: bsah}",
       "5:61: spec.stages.s.config.scriptEngine: unknown scriptEngine 'bsah' (did you mean "
       "'bash'?)"},
      {"provider: script, config: {script: a, scriptFolder: 'https://a/b'}",
       "5:61: spec.stages.s.config.scriptFolder: scriptFolder 'https://a/b' is not supported yet "
       "(name a folder of the plane that does the work)"},
      {"provider: list, inputs: {objectType: planes}",
       "5:46: spec.stages.s.inputs.objectType: unknown objectType 'planes' (it is instance, "
       "sites, catalogversions, catalogs)"},
      {"provider: remote, inputs: {operation: wait, objectType: target}",
       "5:65: spec.stages.s.inputs.objectType: unknown objectType 'target' (it is instance, "
       "sites, catalogversions, catalogs)"},
  });
}

TEST_CASE("campaign: what only a run or another program can judge is let through") {
  check({
      {"provider: script, config: {script: a, name: x, stagingFolder: /tmp, scriptFolder: /opt, "
       "scriptEngine: bash}",
       "none"},
      {"provider: script, config: {script: a, scriptEngine: '${{$trigger(e,bash)}}'}", "none"},
      {"provider: list, config: {baseUrl: 'http://x/', user: admin, password: ''}, inputs: "
       "{objectType: '${{$trigger(t,sites)}}', namesOnly: true, more: 1}",
       "none"},
      {"provider: remote, config: {anything: 1}, inputs: {operation: flight}", "none"},
      {"provider: remote, config: {anything: 1}, inputs: {operation: '${{$trigger(o,mock)}}'}",
       "none"},
      {"provider: remote, config: {user: admin, script: a}, inputs: {operation: script}", "none"},
      {"provider: mock, config: {id: 1}, inputs: {any: 1}", "none"},
  });
}

}  // namespace antiphon::campaign
