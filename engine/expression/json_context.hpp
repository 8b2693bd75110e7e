// SPDX-License-Identifier: MIT
// A Scope made of one JSON object, for `antiphon eval` and for test vectors. Owns all that the
// scope points to.
#pragma once

#include <memory>

#include "engine/core/error.hpp"
#include "engine/core/template.hpp"
#include "engine/core/value.hpp"

namespace antiphon::expression {

class JsonContext {
 public:
  /// Keys, all optional: `inputs` and `properties` (objects; their texts are the document's, so
  /// expressions in them are evaluated when they are read), `outputs` (object: stage to object),
  /// `triggers` (object), `value` and `payload` (anything), `topic` (text), `secrets` and `config`
  /// (object to object of fields), `deployment` (`{instance, params}`), `sites` (list of `{name,
  /// online, labels}`), `now` (RFC 3339), `seed` (a whole number, for `$uuid`). Another key or type
  /// is an error, status 400.
  static core::Result<JsonContext> make(const core::Value& context);

  JsonContext(JsonContext&&) noexcept;
  JsonContext& operator=(JsonContext&&) noexcept;
  ~JsonContext();

  /// Valid as long as this object lives, wherever it is moved to. Each `$uuid` draws a further id
  /// from it.
  const core::Scope& scope() const;

 private:
  class Outputs;
  struct Owned;
  explicit JsonContext(std::unique_ptr<Owned> owned);
  std::unique_ptr<Owned> owned_;
};

}  // namespace antiphon::expression
