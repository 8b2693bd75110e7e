// SPDX-License-Identifier: MIT
// A plane's shell on a store in memory, without threads, bus or scripts: the test is its clock and
// hears what it says.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/runtime/plane.hpp"
#include "engine/stages/registry.hpp"
#include "engine/store/memory_store.hpp"
#include "tests/support/fixed_secrets.hpp"

namespace antiphon::test {

template <class Name>
Name name(const std::string& text) {
  return Name::parse(text).value();
}

class PlaneFixture : public runtime::Messenger, public runtime::Worker, public runtime::Clock {
 public:
  PlaneFixture() { boot(); }

  /// As after the process was killed.
  void restart() {
    plane_.reset();
    store_ = store::reopen_memory_store(*store_);
    boot();
  }

  /// One batch; what was said before is forgotten.
  void tell(runtime::Inbound inbound) {
    std::vector<runtime::Envelope> batch;
    batch.push_back({std::move(inbound), {}, {}});
    step(batch);
  }

  void step(std::vector<runtime::Envelope>& batch) {
    said_.clear();
    plane_->step(batch);
  }

  /// The answer to the document.
  core::Answer apply(const std::string& document) {
    core::ApplyRequest request;
    request.asker.reply_to = "antiphon/hq/answer/ann/1";
    request.document = document;
    request.file = "f.yaml";
    tell(std::move(request));
    for (const auto& message : said_) {
      if (const auto* answer = std::get_if<runtime::AnswerOut>(&message)) return answer->answer;
    }
    return {};
  }

  runtime::Plane& plane() { return *plane_; }
  /// All work that was started.
  const std::vector<runtime::Work>& works() const { return works_; }
  FixedSecrets& secrets() { return secrets_; }
  const std::vector<runtime::Outbound>& said() const { return said_; }

  core::Site site(const std::string& site_name) {
    return store_->begin()->site(name<core::PlaneName>(site_name)).value_or(core::Site{});
  }

  std::vector<core::Reject> rejects() { return store_->reader()->rejects({{}, 10}); }

  void advance(core::Duration time) { steady_.ms += time.ms; }
  core::Instant time() const { return core::Instant{1'767'225'600'000} + steady_; }
  store::Store& store() { return *store_; }

 private:
  void boot() {
    runtime::PlaneOptions options;
    options.plane.self = name<core::PlaneName>("hq");
    options.plane.providers = &providers_;
    options.plane.secrets = &secrets_;
    plane_ = std::make_unique<runtime::Plane>(options, *store_, *this, *this, *this,
                                              [this] { return fresh_seed(); });
    plane_->recover();
  }

  void send(runtime::Outbound message) override { said_.push_back(std::move(message)); }
  void listen(std::vector<std::string>) override {}
  void start(const runtime::Work& work) override { works_.push_back(work); }
  void stop(const core::TaskId&, int) override {}
  void forget(const core::TaskId&, int) override {}
  core::Instant wall() override { return time(); }
  core::Duration monotonic() override { return steady_; }

  void close() override {}

  core::Seed fresh_seed() { return {7, ++seeds_}; }

  core::Duration steady_{0};
  std::uint64_t seeds_ = 0;
  std::vector<runtime::Outbound> said_;
  std::vector<runtime::Work> works_;
  FixedSecrets secrets_;
  core::Providers providers_ = stages::standard_providers();
  std::unique_ptr<store::Store> store_ =
      store::make_memory_store(name<core::PlaneName>("hq"), {std::string(32, '1'), {}});
  std::unique_ptr<runtime::Plane> plane_;
};

}  // namespace antiphon::test
