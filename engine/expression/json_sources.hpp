// SPDX-License-Identifier: MIT
// The sources of a JsonContext, each made of one JSON value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/provider.hpp"
#include "engine/core/sources.hpp"
#include "engine/core/value.hpp"

namespace antiphon::expression {

/// `$secret` and `$config` over an object of objects.
class JsonFields final : public core::SecretSource, public core::ConfigSource {
 public:
  static core::Result<JsonFields> make(const std::string& key, const core::Value& objects);

  core::Result<core::Value> secret(std::string_view object, std::string_view field) const override;
  core::Result<core::Value> config(std::string_view object, std::string_view field,
                                   const std::vector<std::string>& overlays) const override;

 private:
  explicit JsonFields(core::Value objects) : objects_(std::move(objects)) {}

  core::Value objects_;
};

/// `$instance` and `$param` over `{"instance": ..., "params": {...}}`.
class JsonDeployment final : public core::DeploymentSource {
 public:
  static core::Result<JsonDeployment> make(const core::Value& deployment);

  core::Result<core::Value> instance() const override;
  core::Result<core::Value> param(std::string_view name) const override;

 private:
  explicit JsonDeployment(core::Value deployment) : deployment_(std::move(deployment)) {}

  core::Value deployment_;
};

/// `$sites` over `[{"name": ..., "online": true, "labels": {...}}]`.
class JsonSites final : public core::SiteSource {
 public:
  static core::Result<JsonSites> make(const core::Value& list);

  std::vector<core::SiteView> sites() const override { return sites_; }

 private:
  std::vector<core::SiteView> sites_;
};

}  // namespace antiphon::expression
