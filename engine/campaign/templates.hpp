// SPDX-License-Identifier: MIT
// From values of a document to templates: the only road from here to the expression language.
#pragma once

#include <string>

#include "engine/campaign/fields.hpp"
#include "engine/core/template.hpp"

namespace antiphon::campaign {

/// Compiles what `node` says. Null after problems: each text that is no valid expression is one.
core::TemplatePtr compile(const Node& node, const core::Value& value, const std::string& path,
                          Problems& problems);

/// The field `target`. Null if it is not given, or empty.
core::TemplatePtr read_target(Fields& fields);

/// The map `name`, its values compiled and written into the canonical form. Empty if it is not
/// given.
core::TemplateMap read_templates(Fields& fields, std::string_view name);

}  // namespace antiphon::campaign
