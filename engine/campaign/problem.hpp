// SPDX-License-Identifier: MIT
// What is wrong with a document, for people and editors: where, which field, what, and what would
// be right.
#pragma once

#include <string>

namespace antiphon::campaign {

struct Problem {
  std::string file;   ///< as the caller named it
  int line = 0;       ///< from 1; 0: the text as a whole
  int column = 0;     ///< from 1, in characters, not bytes
  std::string field;  ///< path in the document ("spec.stages.deploy.timeout"); empty: the document
  std::string message;  ///< one line, no full stop
  std::string hint;     ///< what would be right; may be empty

  bool operator==(const Problem&) const = default;
};

/// "file:line:column: field: message (hint)", without the parts that are empty; of a text that has
/// no file's name "line 3, column 7: ...".
std::string to_text(const Problem& problem);

}  // namespace antiphon::campaign
