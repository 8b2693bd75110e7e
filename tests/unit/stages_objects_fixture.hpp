// SPDX-License-Identifier: MIT
// Providers that work on objects, with a registry in memory.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/object_registry.hpp"
#include "engine/core/provider.hpp"
#include "engine/store/memory_store.hpp"

namespace antiphon::stages {

class ObjectsFixture {
 public:
  ObjectsFixture();

  /// "kind/name" with this spec, by ann.
  void have(const std::string& key, const std::string& spec);
  void remove(const std::string& key);
  /// Its reconciler says so.
  void report(const std::string& key, const std::string& status);
  /// The document's spec as text; "none" if there is no such object.
  std::string spec(const std::string& key);
  std::string author(const std::string& key);

  /// Status, error and outputs of a result that is an end.
  std::string end(core::InlineStage stage, const std::string& inputs,
                  const std::string& config = "{}");

  /// The result of the call after `polls` others, each of which gave the state of the last one.
  core::InlineResult result(core::InlineStage stage, const std::string& inputs,
                            const std::string& config, int polls);
  /// The same as text: as end(), or "again in 5s: why".
  std::string poll(core::InlineStage stage, const std::string& inputs, const std::string& config,
                   int polls);

  std::vector<core::SiteView> sites;

 private:
  core::ObjectRegistry registry(const std::string& author);

  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Transaction> rows_;
  std::vector<core::Effect> effects_;
  core::Value state_;
  std::int64_t now_ms_ = 1'000;
};

}  // namespace antiphon::stages
