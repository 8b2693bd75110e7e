// SPDX-License-Identifier: MIT
// Secrets that a test names.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/sources.hpp"
#include "engine/core/status.hpp"

namespace antiphon::test {

class FixedSecrets final : public core::SecretSource {
 public:
  using Name = std::pair<std::string, std::string>;

  FixedSecrets() = default;
  explicit FixedSecrets(std::map<Name, std::string> known) : known_(std::move(known)) {}

  void put(const std::string& object, const std::string& field, const std::string& text) {
    known_[{object, field}] = text;
  }
  void drop(const std::string& object, const std::string& field) { known_.erase({object, field}); }

  core::Result<core::Value> secret(std::string_view object, std::string_view field) const override {
    const auto found = known_.find({std::string(object), std::string(field)});
    if (found != known_.end()) return core::Value(found->second);
    return core::failure(
        core::status::not_found,
        "secret '" + std::string(object) + "' has no field '" + std::string(field) + "'");
  }

 private:
  std::map<Name, std::string> known_;
};

}  // namespace antiphon::test
