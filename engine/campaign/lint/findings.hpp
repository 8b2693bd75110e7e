// SPDX-License-Identifier: MIT
// Where the rules put what they find: what is allowed is dropped here, and a field's path becomes a
// place in the file.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/campaign/lint.hpp"
#include "engine/campaign/node.hpp"
#include "engine/campaign/source.hpp"

namespace antiphon::campaign::lint {

/// The field of a document at a path as messages write it; the nearest one above if there is none.
const Node& find_field(const Node& root, std::string_view path);

/// "spec.stages.deploy" for a stage.
std::string stage_path(std::string_view stage);

/// Of one document. References outlive it.
class Findings {
 public:
  Findings(std::string file, const Source& source, const Node& root, Linted& into)
      : file_(std::move(file)), source_(source), root_(root), into_(into) {}

  /// "rule", or "rule@stage".
  void allow(std::string text) { allowed_.insert(std::move(text)); }

  /// The field as the document writes it; null if it does not.
  const Node* field(std::string_view path) const;

  /// `rule` is the name of one; `stage` is empty where it is about none.
  void add(std::string_view rule, std::string_view stage, const std::string& field,
           std::string message, std::string hint);

 private:
  std::string file_;
  const Source& source_;
  const Node& root_;
  Linted& into_;
  std::set<std::string, std::less<>> allowed_;
};

}  // namespace antiphon::campaign::lint
