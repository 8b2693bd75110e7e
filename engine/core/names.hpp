// SPDX-License-Identifier: MIT
// Names and ids as types: whoever holds one holds checked text, so topics and rows are built
// without further checks.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/limits.hpp"

namespace antiphon::core {

/// Why `text` is no name, or empty if it is one: 1..`most` of letters, digits, '.', '_', '-', not
/// beginning with '-' or '.' (protocol.md, Addressing).
std::string name_problem(std::string_view text, std::size_t most = limits::name_bytes);

/// How long a name of this kind may be: the tag may say.
template <class Tag>
constexpr std::size_t most_bytes() {
  if constexpr (requires { Tag::bytes; }) {
    return Tag::bytes;
  } else {
    return limits::name_bytes;
  }
}

/// A checked name; `Tag` keeps the kinds apart and gives the word for messages.
template <class Tag>
class Name {
 public:
  static Result<Name> parse(std::string_view text) {
    if (auto problem = name_problem(text, most_bytes<Tag>()); !problem.empty()) {
      return failure(400, std::string(Tag::word) + " " + problem,
                     "a name is 1 to " + std::to_string(most_bytes<Tag>()) +
                         " letters, digits, '.', '_' or '-', and begins with a "
                         "letter, digit or '_'");
    }
    return Name(std::string(text));
  }

  /// The empty name: "none" in rows where a name is optional.
  Name() = default;

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Name&) const = default;

 private:
  explicit Name(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

struct PlaneTag {
  static constexpr std::string_view word = "plane name";
};
struct CampaignTag {
  static constexpr std::string_view word = "campaign name";
};
struct VersionTag {
  static constexpr std::string_view word = "version";
};
struct ActivationTag {
  static constexpr std::string_view word = "activation id";
};
struct UserTag {
  static constexpr std::string_view word = "user name";
};
struct NamespaceTag {
  static constexpr std::string_view word = "namespace";
};

using PlaneName = Name<PlaneTag>;
using CampaignName = Name<CampaignTag>;
using VersionName = Name<VersionTag>;
using ActivationId = Name<ActivationTag>;
using UserName = Name<UserTag>;
using Namespace = Name<NamespaceTag>;

struct TaskIdTag {
  static constexpr std::string_view word = "task id";
};
/// A task's id. Ours are 26 characters of the event's randomness; another origin's may be any name.
using TaskId = Name<TaskIdTag>;

}  // namespace antiphon::core

template <class Tag>
struct std::hash<antiphon::core::Name<Tag>> {
  std::size_t operator()(const antiphon::core::Name<Tag>& name) const noexcept {
    return std::hash<std::string>{}(name.text());
  }
};
