// SPDX-License-Identifier: MIT
// Sealed texts: what `$secret` is within a run. One says of which texts and which secrets it is
// made and holds none of them, so that nothing a run writes or tells can give one away. In a Value
// it is of the one type that JSON lacks, bytes: no text from outside can ever be read as one.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/sources.hpp"
#include "engine/core/value.hpp"

namespace antiphon::core {

/// What people see in place of a secret.
inline constexpr std::string_view secret_mask = "***";

/// The secret `field` of `object`, sealed. The names are the document's own.
Value seal(std::string_view object, std::string_view field);

bool is_sealed(const Value& value);
/// Is it sealed, or something within it?
bool holds_secret(const Value& value);

/// Two texts, each sealed or not, one behind the other, as one that is sealed.
Value join_sealed(const Value& left, const Value& right);

/// Takes what is sealed out of `value`; the mask is left in its place. What was taken, as JSON: a
/// list of {"at": where, "parts": of what}; empty if there was nothing.
Value take_sealed(Value& value);
/// Puts it back.
void put_sealed(Value& value, const Value& taken);

/// `$secret` of a run: any name there may be is sealed, and looked up when it is needed.
class Sealing final : public SecretSource {
 public:
  Result<Value> secret(std::string_view object, std::string_view field) const override;
};

}  // namespace antiphon::core
