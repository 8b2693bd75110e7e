// SPDX-License-Identifier: MIT
#include "tests/sim/campaigns.hpp"

#include <array>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/campaign/documents.hpp"
#include "engine/core/json.hpp"
#include "engine/runtime/entropy.hpp"
#include "tests/sim/confidential.hpp"
#include "tests/sim/dice.hpp"
#include "tests/support/polling_providers.hpp"

namespace antiphon::sim {
namespace {

using core::Value;

/// How the messages of a campaign's trigger wait for each other.
enum class Waits { not_at_all, queue, collect, replace, throttle };

Waits waits_of(int n) {
  Dice dice(static_cast<std::uint64_t>(n % campaign_count), "trigger");
  constexpr std::array kinds{Waits::not_at_all, Waits::not_at_all, Waits::queue,
                             Waits::collect,    Waits::replace,    Waits::throttle};
  return kinds[static_cast<std::size_t>(dice.below(std::ssize(kinds)))];
}

/// The stages s0 to sN and where each may go. Loops end: only a counter goes back, a few times.
class Author {
 public:
  explicit Author(int n)
      : name_("c" + std::to_string(n % campaign_count)),
        version_(name_ + "-v-" + std::to_string(1 + n / campaign_count)),
        dice_(static_cast<std::uint64_t>(n), "campaign"),
        waits_(waits_of(n)),
        confidential_(n % 3 == 0) {}

  Value document() {
    const auto count = dice_.between(1, 4);
    Value stages = Value::object();
    for (std::int64_t i = 0; i < count; ++i) stages["s" + std::to_string(i)] = stage(i, count);
    Value spec{{"firstStage", "s0"}, {"stages", stages}};
    spec["triggers"] = Value::array({trigger()});
    if (dice_.one_in(6)) spec["compat"] = "symphony-0.49";
    if (dice_.one_in(5)) spec["selfDriving"] = false;
    return Value{{"metadata", {{"name", version_}}}, {"spec", spec}};
  }

 private:
  /// All versions of a campaign have it alike, so that it is known what each message may start.
  Value trigger() const {
    Value trigger{{"name", "go"},
                  {"topic", "device/" + name_ + "/+unit"},
                  {"inputs", {{"n", "${{$payload(n)}}"}, {"where", "${{$payload(where)}}"}}}};
    switch (waits_) {
      case Waits::not_at_all:
        break;
      case Waits::queue:
        trigger["overlap"] = "queue";
        trigger["key"] = "${{$topic(unit)}}";
        break;
      case Waits::collect:
        trigger["collect"] = {{"count", 2}, {"window", "15s"}};
        trigger["inputs"] = {{"n", "${{$payload('$[*].n')}}"},
                             {"where", "${{$payload('$[0].where')}}"}};
        break;
      case Waits::replace:
        trigger["overlap"] = "replace";
        trigger["debounce"] = "3s";
        break;
      case Waits::throttle:
        trigger["throttle"] = "20s";
        trigger["overlap"] = "skip";
        break;
    }
    return trigger;
  }

  Value stage(std::int64_t i, std::int64_t count) {
    const std::string next = i + 1 < count ? "s" + std::to_string(i + 1) : "";
    Value stage = Value::object();
    switch (dice_.below(13)) {
      case 0:
        return counter(i, next);
      case 1:
        stage = {{"provider", "mock"}, {"inputs", {{"foo", "bar"}}}};
        break;
      case 4:
        stage = {{"provider", "flaky"}, {"config", {{"failTimes", dice_.between(1, 3)}}}};
        break;
      case 2:
        stage = {{"provider", "delay"}, {"inputs", {{"delay", dice_.between(1, 40)}}}};
        break;
      case 3:
        stage = {{"provider", "script"}, {"config", {{"script", "x.sh"}}}};
        if (confidential_) {
          stage["inputs"] = {{"token", std::string("x") + secret_expression}};
        } else if (dice_.one_in(3)) {
          stage["proxy"] = proxy();
        }
        break;
      case 5:
        stage = {{"provider", "ask"}, {"inputs", polls()}};
        break;
      case 6:
        stage = {{"provider", "http"}, {"config", {{"url", "http://a"}}}};
        break;
      case 7:
        stage = on_objects();
        break;
      case 8:
        stage = approval();
        break;
      case 9:
        stage = {{"provider", "event"},
                 {"config",
                  {{"signal", "go"},
                   {"when", "${{$gt($payload(n),1)}}"},
                   {"count", dice_.between(1, 2)},
                   {"deadline", dice_.between(5, 60)},
                   {"default", dice_.one_in(3) ? "fail" : "continue"}}}};
        break;
      default:
        stage = remote();
    }
    if (dice_.one_in(2)) stage["contexts"] = contexts();
    if (dice_.one_in(3)) stage["handleErrors"] = true;
    if (dice_.one_in(3)) stage["idempotent"] = true;
    if (dice_.one_in(3)) stage["retry"] = retry();
    if (dice_.one_in(4)) add_tasks(stage);
    if (dice_.one_in(8)) stage["schedule"] = schedule();
    stage["timeout"] = dice_.one_in(3) ? core::to_text(core::seconds(dice_.between(2, 90))) : "30d";
    if (!next.empty()) stage["stageSelector"] = selector(i, next);
    return stage;
  }

  /// Goes back a stage at most twice.
  Value counter(std::int64_t i, const std::string& next) {
    const std::string self = "s" + std::to_string(i);
    const std::string back = "s" + std::to_string(dice_.below(i + 1));
    return {{"provider", "counter"},
            {"inputs", {{"times", 1}}},
            {"handleErrors", true},
            {"stageSelector", "${{$if($lt($output(" + self + ",times)," +
                                  std::to_string(dice_.between(1, 3)) + ")," + back + ",'" + next +
                                  "')}}"}};
  }

  Value remote() {
    Value inputs{{"n", "${{$trigger(n,0)}}"}};
    switch (dice_.below(8)) {
      case 0:
        inputs["operation"] = "mock";
        break;
      case 3:
        inputs = polls();
        inputs["operation"] = "ask";
        break;
      case 4:
        inputs["operation"] = "http";
        break;
      case 1:
        inputs["operation"] = "delay";
        inputs["delay"] = dice_.between(1, 20);
        break;
      case 2:
        inputs["operation"] = dice_.one_in(2) ? "counter" : "script";  // not offered, or done
        break;
      default:
        inputs["operation"] = "script";
    }
    Value stage{{"provider", "remote"}, {"inputs", inputs}};
    const bool script = inputs["operation"] == "script";
    if (confidential_ && script) stage["config"] = {{"name", std::string("x") + secret_expression}};
    return stage;
  }

  void add_tasks(Value& stage) {
    const auto count = dice_.between(1, 4);
    Value tasks = Value::array();
    for (std::int64_t i = 0; i < count; ++i) {
      Value task = part();
      task["name"] = "t" + std::to_string(i);
      tasks.push_back(std::move(task));
    }
    stage["tasks"] = std::move(tasks);
    if (dice_.one_in(4)) return;
    Value option{{"concurrency", dice_.between(0, 3)}};
    switch (dice_.below(4)) {
      case 0:
        option["errorAction"] = {{"mode", "stopOnAnyFailure"}};
        break;
      case 1:
        option["errorAction"] = {{"mode", "stopOnNFailures"},
                                 {"maxToleratedFailures", dice_.between(0, 2)}};
        break;
      case 2:
        option["errorAction"] = {{"mode", "silentlyContinue"}};
        break;
      default:
        break;
    }
    stage["taskOption"] = std::move(option);
  }

  Value part() {
    switch (dice_.below(5)) {
      case 0:
        return {{"provider", "mock"}, {"inputs", {{"status", 500}}}};
      case 1:
        return {{"provider", "delay"}, {"inputs", {{"delay", dice_.between(1, 20)}}}};
      case 2:
        return {{"provider", "flaky"}};
      default:
        return {{"provider", "script"}, {"config", {{"script", "x.sh"}}}};
    }
  }

  /// From before the beginning of all seeds to some time after it.
  std::string schedule() {
    return core::to_rfc3339(beginning + core::seconds(dice_.between(-10, 50)));
  }

  Value polls() {
    return {{"times", dice_.between(0, 4)},
            {"every", dice_.between(0, 30)},
            {"end", dice_.one_in(4) ? 500 : 200}};
  }

  /// What people change too, and what is not always there.
  Value on_objects() {
    const Value few{{"wait.count", 3}, {"wait.interval", dice_.between(1, 5)}};
    switch (dice_.below(5)) {
      case 0:
        return {{"provider", "list"},
                {"inputs", {{"objectType", dice_.one_in(2) ? "instance" : "catalogs"}}}};
      case 1:
        return {{"provider", "wait"},
                {"config", few},
                {"inputs", {{"objectType", "instance"}, {"names", Value::array({"i1"})}}}};
      case 2:
        return {{"provider", "materialize"},
                {"config", {{"waitForDeployment", true}, {"waitTimeout", "30s"}}},
                {"inputs", {{"names", Value::array({"c1"})}}}};
      case 3:
        return {{"provider", "create"},
                {"config", few},
                {"inputs",
                 {{"objectType", "instance"},
                  {"objectName", "i1"},
                  {"action", dice_.one_in(3) ? "remove" : "create"},
                  {"object", {{"n", dice_.below(3)}}}}}};
      default:
        return patch();
    }
  }

  Value patch() {
    const std::string component = "part" + std::to_string(dice_.below(3));
    return {{"provider", "patch"},
            {"inputs",
             {{"objectType", "solution"},
              {"objectName", "s1"},
              {"patchSource", "inline"},
              {"patchAction", dice_.one_in(3) ? "remove" : "add"},
              {"patchContent", {{"name", component}, {"n", "${{$trigger(n,0)}}"}}}}}};
  }

  /// One person votes: of two that are needed the deadline decides.
  Value approval() {
    constexpr std::array defaults{"approve", "reject", "fail"};
    Value config{{"ask", "go on?"},
                 {"need", dice_.one_in(3) ? 2 : 1},
                 {"deadline", dice_.between(5, 60)},
                 {"default", defaults[static_cast<std::size_t>(dice_.below(3))]}};
    if (dice_.one_in(3)) {
      config["escalateAfter"] = dice_.between(1, 20);
      config["escalateTo"] = "people/" + name_;
    }
    return {{"provider", "approval"}, {"config", config}};
  }

  static Value proxy() {
    return {{"provider", "proxy.mqtt"},
            {"config",
             {{"brokerAddress", "tcp://runners"},
              {"requestTopic", "ask/${{$input(__site)}}"},
              {"responseTopic", "answer"}}}};
  }

  Value retry() {
    Value retry{{"maxRetries", dice_.between(1, 3)}};
    if (!dice_.one_in(3)) retry["interval"] = std::to_string(dice_.between(0, 20)) + "s";
    return retry;
  }

  Value contexts() {
    switch (dice_.below(5)) {
      case 0:
        return Value{"site1", "site2"};
      case 1:
        return Value{"site1", "hq", "site3"};
      case 2:
        return "site1";
      default:
        return "${{$trigger(where,site1)}}";
    }
  }

  std::string selector(std::int64_t i, const std::string& next) {
    const std::string self = "s" + std::to_string(i);
    switch (dice_.below(4)) {
      case 0:
        return "${{$if($equal($output(" + self + ",status),200)," + next + ",'')}}";
      case 1:
        return dice_.one_in(4) ? "${{$trigger(nothing,nowhere)}}" : next;
      default:
        return next;
    }
  }

  std::string name_;
  std::string version_;
  Dice dice_;
  Waits waits_;
  bool confidential_;  ///< its scripts get a secret
};

GeneratedCampaign generate(int n) {
  const std::string text = core::dump(Author(n).document());
  auto loaded = campaign::load(text, "generated.json", providers());
  if (!loaded) throw std::runtime_error(text + "\n" + campaign::to_text(loaded.error().front()));
  auto& document = std::get<campaign::CampaignDocument>(loaded->front());
  GeneratedCampaign made;
  made.document = text;
  made.row.name_space = document.campaign->name_space;
  made.row.name = document.campaign->name;
  made.row.version = document.campaign->version;
  made.row.hash = runtime::sha256(document.canonical);
  made.row.document = document.canonical;
  const Waits waits = waits_of(n);
  made.every_message = waits != Waits::replace && waits != Waits::throttle;
  made.topic = "device/" + made.row.name.text() + "/u1";
  made.campaign = document.campaign;
  return made;
}

struct Pool {
  std::map<int, GeneratedCampaign> by_number;
  std::map<std::string, core::CampaignPtr, std::less<>> by_hash;
};

Pool& pool() {
  static Pool pool;
  return pool;
}

}  // namespace

const core::Providers& providers() {
  static const core::Providers all = test::polling_providers();
  return all;
}

const GeneratedCampaign& generated_campaign(int n) {
  const auto found = pool().by_number.find(n);
  if (found != pool().by_number.end()) return found->second;
  const auto& made = pool().by_number.emplace(n, generate(n)).first->second;
  pool().by_hash[made.row.hash] = made.campaign;
  return made;
}

core::CampaignPtr compiled(const std::string& hash) {
  const auto found = pool().by_hash.find(hash);
  return found == pool().by_hash.end() ? nullptr : found->second;
}

}  // namespace antiphon::sim
