// SPDX-License-Identifier: MIT
// `antiphon run --dry` as pipelines use it: what it prints, and its exit codes.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace antiphon::test;

namespace {

using Json = nlohmann::json;

/// A campaign of these stages, which begins at `one`, and answers; what the program says to them.
class Files {
 public:
  Files(const std::string& stages, const std::string& answers) {
    std::ofstream(campaign()) << "metadata: {name: c}\nspec:\n  firstStage: one\n  stages:\n"
                              << stages;
    std::ofstream(script()) << answers;
  }

  RunResult dry(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{ANTIPHON_BINARY, "run",       "--dry",
                                   campaign(),      "--answers", script()};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }

  std::string campaign() const { return (folder_ / "c.yaml").string(); }
  std::string script() const { return (folder_ / "a.yaml").string(); }

 private:
  TempDir folder_;
};

bool has(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("dry run: contexts, visits, delays and errors go as the answers say") {
  const Files files(
      R"(    one:
      provider: list
      inputs: {objectType: sites, namesOnly: true}
      stageSelector: deploy
    deploy:
      provider: remote
      contexts: "${{$output(one, items)}}"
      inputs: {operation: script, version: "${{$trigger(version, none)}}"}
      stageSelector: "${{$if($equal($output(deploy, __failed), 0), look, repair)}}"
    repair: {handleErrors: true, provider: script, config: {script: r.sh}, stageSelector: deploy}
    look:
      provider: counter
      inputs: {n: 1}
      stageSelector: "${{$if($lt($output(look, n), 2), look, pause)}}"
    pause: {provider: delay, inputs: {delay: 1h}}
)",
      R"(sites: {tokyo: , osaka: }
stages:
  deploy:
    visits:
      - contexts: {tokyo: {delay: 30s, outputs: {v: 1}}, "*": {status: 503, error: busy}}
      - {delay: 10s, outputs: {v: 1}}
  repair: {outputs: {repaired: true}}
)");
  const auto result = files.dry({"-i", "version=2"});
  CHECK_MESSAGE(result.exit_code == 0, result.err);
  CHECK(result.err.empty());
  CHECK(result.out == R"(00:00:00.000 run of c:1 by dry-run, inputs {"version":2}
00:00:00.000 stage one #1 (list)
00:00:00.000   hq         done in 0 ms {"items":["osaka","tokyo"],"objectType":"sites"}
00:00:00.000 stage one #1 done in 0 ms, 1 of 1 done, next deploy
00:00:00.000 stage deploy #2 (remote)
00:00:00.000   osaka      failed in 0 ms: busy
00:00:00.000   tokyo      started
00:00:30.000   tokyo      done in 30.0 s {"v":1}
00:00:30.000 stage deploy #2 failed in 30.0 s, 1 of 2 done, 1 failed: osaka: Unavailable: busy, next repair
00:00:30.000 stage repair #3 (script)
00:00:30.000   hq         done in 0 ms {"repaired":true}
00:00:30.000 stage repair #3 done in 0 ms, 1 of 1 done, next deploy
00:00:30.000 stage deploy #4 (remote)
00:00:30.000   osaka      started
00:00:30.000   tokyo      started
00:00:40.000   osaka      done in 10.0 s {"v":1}
00:00:40.000   tokyo      done in 10.0 s {"v":1}
00:00:40.000 stage deploy #4 done in 10.0 s, 2 of 2 done, next look
00:00:40.000 stage look #5 (counter)
00:00:40.000   hq         done in 0 ms {"n":1}
00:00:40.000 stage look #5 done in 0 ms, 1 of 1 done, next look
00:00:40.000 stage look #6 (counter)
00:00:40.000   hq         done in 0 ms {"n":2}
00:00:40.000 stage look #6 done in 0 ms, 1 of 1 done, next pause
00:00:40.000 stage pause #7 (delay)
00:00:40.000   hq         started
01:00:40.000   hq         done in 1.0 h
01:00:40.000 stage pause #7 done in 1.0 h, 1 of 1 done
01:00:40.000 run ended, done in 1.0 h
{
  "__failed": 0,
  "__succeeded": 1,
  "__total": 1,
  "status": 200
}
)");
}

TEST_CASE("dry run: who never answers runs into the timeout, and the run fails") {
  const Files files(
      R"(    one:
      provider: remote
      contexts: [tokyo]
      timeout: 10m
      inputs: {operation: script}
      stageSelector: two
    two: {provider: script, timeout: 5m, handleErrors: true, config: {script: r.sh}}
)",
      "stages: {one: {never: true}, two: {never: true}}\n");
  const auto result = files.dry();
  CHECK(result.exit_code == 1);
  CHECK_MESSAGE(has(result.out, "00:10:00.000 stage one #1 failed in 10.0 min"), result.out);
  CHECK_MESSAGE(has(result.out, "00:15:00.000 run ended, failed"), result.out);
}

TEST_CASE("dry run: a stage that fails is tried again, here and on a site") {
  const Files files(
      R"(    one:
      provider: flaky
      config: {failTimes: 2}
      retry: {maxRetries: 2, interval: 10s}
      inputs: {a: 1}
      stageSelector: two
    two:
      provider: remote
      contexts: [tokyo]
      inputs: {operation: script}
      retry: {maxRetries: 1, interval: 5s}
)",
      "stages: {two: {status: 500, error: no}}");
  const auto result = files.dry();
  CHECK(result.exit_code == 1);
  CHECK_MESSAGE(has(result.out, "00:00:20.000 stage one #1 done in 20.0 s"), result.out);
  CHECK_MESSAGE(has(result.out, "00:00:20.000   tokyo      waiting: "), result.out);
  CHECK_MESSAGE(has(result.out, "00:00:25.000 stage two #2 failed in 5.0 s"), result.out);
}

TEST_CASE("dry run: a stage's answer is that of its provider alone, its tasks have their own") {
  const std::string stages = R"(    one:
      provider: script
      config: {script: fetch.sh}
      tasks:
        - {name: flash, provider: script, config: {script: flash.sh}}
        - {name: look, provider: mock, inputs: {a: 1}}
        - {provider: delay}
      taskOption: {concurrency: 1, errorAction: {mode: silentlyContinue}}
)";
  const auto without = Files(stages, "stages: {one: {outputs: {fetched: true}}}").dry();
  CHECK(without.exit_code == 2);
  for (const char* word : {"stage 'one', task 'flash' (script), visit 1, context 'hq'",
                           "one:\n        tasks:\n          flash:\n            outputs: {}"}) {
    CHECK_MESSAGE(has(without.err, word), without.err);
  }
  const auto with = Files(stages, R"(stages:
  one:
    outputs: {fetched: true}
    tasks:
      flash: {delay: 10s, status: 500, error: no room}
      3: {delay: 1m}
)")
                        .dry();
  CHECK_MESSAGE(with.exit_code == 0, with.err);
  CHECK_MESSAGE(has(with.out, R"(00:00:00.000   hq         done in 0 ms {"fetched":true})"),
                with.out);
  CHECK_MESSAGE(has(with.out, "00:00:10.000   hq/flash   failed in 10.0 s: no room"), with.out);
  CHECK_MESSAGE(has(with.out, R"(00:00:10.000   hq/look    done in 10.0 s {"a":1})"), with.out);
  CHECK_MESSAGE(has(with.out, "00:01:10.000 stage one #1 done in 1.1 min"), with.out);
  const auto unused = Files("    one: {tasks: [{name: a, provider: mock}]}\n",
                            "stages: {one: {tasks: {a: {contexts: {tokyo: {}}}}}}")
                          .dry();
  CHECK(unused.exit_code == 2);
  CHECK_MESSAGE(has(unused.err, "to the contexts of stages.one.tasks.a"), unused.err);
}

TEST_CASE("dry run: a message starts the run by its trigger, with the inputs that it makes") {
  const TempDir folder;
  const auto campaign = (folder / "c.yaml").string();
  const auto answers = (folder / "a.yaml").string();
  std::ofstream(campaign) << R"(metadata: {name: c}
spec:
  firstStage: one
  triggers:
    - {name: t, topic: plant/+line/release, inputs: {v: "${{$payload(v)}}", l: "${{$topic(line)}}"}}
  stages: {one: {provider: mock, inputs: {text: "${{$trigger(v, 0)}} in ${{$trigger(l, 0)}}"}}}
)";
  std::ofstream(answers) << "message: {topic: plant/line7/release, payload: {v: 3}}\n";
  const auto result = run({ANTIPHON_BINARY, "run", "--dry", campaign, "--answers", answers});
  CHECK_MESSAGE(result.exit_code == 0, result.err);
  CHECK_MESSAGE(has(result.out, R"("text": "3 in line7")"), result.out);
  std::ofstream(answers) << "message: {topic: plant/line7/hold}\n";
  const auto unheard = run({ANTIPHON_BINARY, "run", "--dry", campaign, "--answers", answers});
  CHECK(unheard.exit_code == 2);
  CHECK_MESSAGE(has(unheard.err, "no trigger of the campaign hears"), unheard.err);
}

TEST_CASE("dry run: a stage that nobody answers for says what to add, unused answers are named") {
  const std::string stages =
      "    one: {provider: script, config: {script: r.sh}, stageSelector: two}\n"
      "    two: {provider: remote, contexts: [tokyo, osaka], inputs: {operation: script}}\n";
  const auto without = Files(stages, "stages: {two: {}}").dry();
  CHECK(without.exit_code == 2);
  for (const char* word : {"stage 'one' (script), visit 1, context 'hq'", "stages:\n      one:"}) {
    CHECK_MESSAGE(has(without.err, word), without.err);
  }
  const auto half = Files(stages, "stages: {one: {}, two: {contexts: {tokyo: {}}}}").dry();
  CHECK(half.exit_code == 2);
  CHECK_MESSAGE(has(half.err, "add 'osaka' or '*' to the contexts of stages.two"), half.err);
  const auto unused = Files(stages, "stages: {one: {status: 500, error: no}, two: {}}").dry();
  CHECK(unused.exit_code == 1);
  CHECK_MESSAGE(has(unused.err, "nobody asked for the answers of stage 'two'"), unused.err);
  const auto misspelt = Files(stages, "stages: {tow: {}}").dry();
  CHECK(misspelt.exit_code == 2);
  CHECK_MESSAGE(has(misspelt.err, "did you mean 'two'?"), misspelt.err);
}

TEST_CASE("dry run: secrets are there, whatever they are, and nobody sees them") {
  const Files files(
      R"(    one:
      provider: script
      config: {script: a.sh}
      inputs: {a: "x${{$secret(b,c)}}"}
      stageSelector: two
    two:
      provider: remote
      contexts: tokyo
      inputs: {operation: script}
      config: {script: b.sh, environment: {T: "${{$secret(b,c)}}"}}
      stageSelector: three
    three: {provider: mock, inputs: {i: "x${{$secret(b,c)}}"}}
)",
      "stages: {one: {}, two: {}}\n");
  const auto result = files.dry();
  CHECK_MESSAGE(result.exit_code == 0, result.err);
  CHECK_MESSAGE(has(result.out, "***\"}\n"), result.out);
}

TEST_CASE("dry run: objects that are given are in the registry when the run begins") {
  const Files files(
      R"(    one:
      provider: mock
      inputs: {speed: "${{$config(line, speed)}}"}
      stageSelector: two
    two:
      provider: patch
      inputs:
        objectType: solution
        objectName: "app:1"
        patchSource: inline
        patchContent: {name: "press-${{$output(one, speed)}}"}
      stageSelector: three
    three: {provider: list, inputs: {objectType: catalogs, namesOnly: true}}
)",
      "stages: {}\n");
  const TempDir folder;
  const std::string objects = (folder / "o.yaml").string();
  std::ofstream(objects) << "kind: Catalog\nmetadata: {name: line}\n"
                            "spec: {catalogType: config, properties: {speed: 40}}\n"
                            "---\nkind: Solution\nmetadata: {name: 'app:1'}\n"
                            "spec: {components: []}\n";
  const auto found = files.dry({"--objects", objects});
  CHECK_MESSAGE(found.exit_code == 0, found.err);
  CHECK_MESSAGE(has(found.out, R"({"speed":40})"), found.out);
  CHECK_MESSAGE(has(found.out, "stage two #2 done"), found.out);
  CHECK_MESSAGE(has(found.out, R"({"items":["line"],"objectType":"catalogs"})"), found.out);
  const auto without = files.dry();
  CHECK(without.exit_code == 1);
  CHECK_MESSAGE(has(without.out, "there is no catalog 'line'"), without.out);
  const auto campaign = files.dry({"--objects", files.campaign()});
  CHECK(campaign.exit_code == 2);
  CHECK_MESSAGE(has(campaign.err, "holds more than objects"), campaign.err);
}

TEST_CASE("dry run: a loop that no answer ends is ended, with a word on it") {
  const Files work("    one: {provider: mock, stageSelector: one}\n", "{}");
  const auto limited = work.dry({"--stage-runs", "5"});
  CHECK(limited.exit_code == 1);
  CHECK_MESSAGE(has(limited.err, "more than 5 stage runs"), limited.err);
  CHECK_MESSAGE(has(limited.out, "stage one #5"), limited.out);
  CHECK_MESSAGE(!has(limited.out, "stage one #6"), limited.out);
  const Files nothing("    one: {stageSelector: one}\n", "{}");
  CHECK(nothing.dry().exit_code == 1);
}

TEST_CASE("dry run: --json prints the events, one a line") {
  const auto result = Files("    one: {provider: mock, inputs: {a: 1}}\n", "{}").dry({"--json"});
  CHECK(result.exit_code == 0);
  std::vector<std::string> types;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    types.push_back(Json::parse(line).at("type").get<std::string>());
  }
  CHECK(types == std::vector<std::string>{"activation.started", "stage.started", "task.settled",
                                          "stage.ended", "activation.ended"});
}

TEST_CASE("dry run: --expect compares the lines, also those of a run that fails") {
  const TempDir folder;
  const auto expected = (folder / "expected.txt").string();
  const Files files("    one: {provider: script, config: {script: r.sh}}\n",
                    "stages: {one: {status: 500, error: no}}\n");
  const std::string printed = files.dry().out;
  std::ofstream(expected) << printed;
  const auto same = files.dry({"--expect", expected});
  CHECK_MESSAGE(same.exit_code == 0, same.err);
  CHECK(same.out == expected + ": as expected\n");
  std::ofstream(expected) << printed.substr(0, printed.find("stage one")) << "more\n";
  const auto other = files.dry({"--expect", expected});
  CHECK(other.exit_code == 1);
  const char* const differing = "line 2\n- 00:00:00.000 more\n+ 00:00:00.000 stage one #1";
  CHECK_MESSAGE(has(other.out, differing), other.out);
  CHECK(files.dry({"--expect", (folder / "none.txt").string()}).exit_code == 2);
}

TEST_CASE("dry run: bad words and files are refused before anything runs") {
  const Files files("    one: {provider: mock}\n", "{}");
  CHECK(run({ANTIPHON_BINARY, "run", files.campaign()}).exit_code == 2);
  CHECK(files.dry({"--at", "noon"}).exit_code == 2);
  CHECK(files.dry({"--plane", "a b"}).exit_code == 2);
  CHECK(files.dry({"--stage", "two"}).exit_code == 2);
  CHECK(files.dry({"--inputs", "[1]"}).exit_code == 2);
  CHECK(files.dry({"--campaign", "d"}).exit_code == 2);
  CHECK(run({ANTIPHON_BINARY, "run", "--dry", files.script()}).exit_code == 2);
}
