// SPDX-License-Identifier: MIT
// One map of a document, read field by field: each reader checks the type, remembers that the field
// is known, and writes it into the canonical form; what nobody asked for is refused at the end.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/campaign/node.hpp"
#include "engine/core/time.hpp"

namespace antiphon::campaign {

/// A field that is null is one that is not given. References outlive the object.
class Fields {
 public:
  /// `node`: where the map should be; anything else is the one problem that is reported. Null, or a
  /// null value: a map without fields.
  Fields(const Node* node, std::size_t at, std::string path, Problems& problems);

  /// Each reader gives nothing for a field that is not given or, after adding a problem, has the
  /// wrong type.
  std::optional<std::string> text(std::string_view name);
  std::optional<bool> flag(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name);
  std::optional<core::Duration> duration(std::string_view name);
  /// A map whose values are all text (labels).
  std::map<std::string, std::string> texts(std::string_view name);
  /// Any value, as data.
  std::optional<core::Value> data(std::string_view name);
  /// As data as well, but only a map.
  std::optional<core::Value> data_map(std::string_view name);

  /// For fields with readers of their own: these write the canonical form with put.
  const Node* node(std::string_view name);
  const Node* map(std::string_view name);
  const Node* list(std::string_view name);
  void put(std::string_view name, core::Value canonical);

  /// Fields of the language that this build does not carry out: refused by name, never ignored.
  void not_supported(std::initializer_list<std::string_view> names);

  /// Call last: refuses the fields that nobody asked for. The canonical form.
  core::Value finish();

  void problem(std::string_view name, std::string message, std::string hint = {});
  /// "'name' is missing" at the map itself.
  void missing(std::string_view name, std::string hint = {});

  std::string path(std::string_view name) const { return child_path(path_, name); }
  const std::string& path() const { return path_; }
  std::size_t at() const { return at_; }
  Problems& problems() { return problems_; }

 private:
  const Node* wrong_type(std::string_view name, const Node& got, std::string_view wanted,
                         std::string hint = {});

  const Node* node_;
  std::size_t at_;
  bool broken_ = false;  ///< no map: nothing more to say about it
  std::string path_;
  Problems& problems_;
  core::Value canonical_;
  std::set<std::string, std::less<>> known_;
  std::set<std::string, std::less<>> refused_;
};

/// The text that a scalar is where text is wanted: text itself, or a plain YAML scalar as it was
/// written.
std::optional<std::string> as_text(const Node& node);

}  // namespace antiphon::campaign
