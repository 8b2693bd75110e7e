// SPDX-License-Identifier: MIT
// What expressions may ask of whoever runs them, beside the run's own values. Each may be absent;
// then the function that asks is an error. What they answer is data: it is never evaluated.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {

struct SiteView;

// An error of a source says what is wrong with the question; status 404 if there is no such thing.

/// `$secret`. Whoever gives this learns from being asked that the value holds a secret.
class SecretSource {
 public:
  virtual ~SecretSource() = default;
  virtual Result<Value> secret(std::string_view object, std::string_view field) const = 0;

  /// All texts that the secret is known to have had, its present one among them: what work says is
  /// searched for them.
  virtual std::vector<std::string> given(std::string_view object, std::string_view field) const;
};

/// `$config`: `field` of the first of `overlays` that has it, else of `object`.
class ConfigSource {
 public:
  virtual ~ConfigSource() = default;
  virtual Result<Value> config(std::string_view object, std::string_view field,
                               const std::vector<std::string>& overlays) const = 0;
};

/// `$instance` and `$param`: the deployment that the expression belongs to.
class DeploymentSource {
 public:
  virtual ~DeploymentSource() = default;
  virtual Result<Value> instance() const = 0;
  virtual Result<Value> param(std::string_view name) const = 0;
};

/// `$sites`: the known sites, sorted by name.
class SiteSource {
 public:
  virtual ~SiteSource() = default;
  virtual std::vector<SiteView> sites() const = 0;
};

}  // namespace antiphon::core
