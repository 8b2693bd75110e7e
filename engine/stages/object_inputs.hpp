// SPDX-License-Identifier: MIT
// What the providers that work on objects read from their inputs and configs, and what they say
// when it is not there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/object.hpp"
#include "engine/core/provider.hpp"

namespace antiphon::stages {

core::Finished refusal(int status, std::string error, core::Value outputs = nullptr);

/// `objectNamespace`, else the run's.
core::Result<core::Namespace> object_namespace(const core::Value& inputs);

/// A text, empty if it is not there; 400 if it is something else.
core::Result<std::string> text_input(const core::Value& inputs, const std::string& name);

/// `names`: texts, or references to versions; 400 if it is no list of them.
core::Result<std::vector<core::ObjectName>> names_input(const core::Value& inputs);

/// Who commanded this; empty: nobody did.
std::string origin_of(const core::Value& inputs);

/// A whole number of a config, or its decimal text.
core::Result<std::int64_t> number_setting(const core::Value& config, const std::string& name,
                                          std::int64_t otherwise);
/// A document's expression gives text where it is one of several parts.
bool is_true(const core::Value& values, const std::string& name);

/// A document of one of Symphony's kinds from what a catalog or an input holds: `{metadata, spec}`,
/// or the spec alone.
core::Value made_document(const core::ObjectKind& kind, const core::Value& content);

/// An object, or the text of one.
std::optional<core::Value> object_of(const core::Value& value);

/// "a, b" and how many more there are.
std::string joined(const std::vector<std::string>& names);

}  // namespace antiphon::stages
