// SPDX-License-Identifier: MIT
// Takes the texts of secrets out of what work says: outputs, errors, captured output. It finds a
// secret as it is, as it stands in JSON, in base64 and percent-encoded, and each longer line of
// one; not what a program made of it otherwise (docs/secrets.md, What is not found).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/value.hpp"

namespace antiphon::core {

class Masks {
 public:
  /// Texts shorter than limits::masked_bytes are let through: they would be found everywhere.
  explicit Masks(const std::vector<std::string>& secrets);

  bool empty() const { return texts_.empty(); }

  std::string text(std::string text) const;
  /// Texts, keys and numbers within; what has no secret in it stays the bytes that came.
  JsonText json(const JsonText& json) const;

 private:
  void add(std::string text);
  Value value(const Value& value) const;

  std::vector<std::string> texts_;  ///< the longest first
};

/// The mask for texts under keys that end in password, passwd, token, secret or authorization, in
/// letters of any size: for what people look at.
void mask_named(Value& value);

}  // namespace antiphon::core
