// SPDX-License-Identifier: MIT
// A prepared statement in use: bind all parameters, step, read the row's columns in their order.
// Gives the statement back, reset, when destroyed, so that no snapshot stays open behind it.
#pragma once

#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/model.hpp"

namespace antiphon::store {

/// Opaque bytes, bound as a blob.
struct Bytes {
  const std::string& bytes;
};

class Statement {
 public:
  /// Borrowed from a cache: `busy` is cleared at the end.
  Statement(SQLite::Statement& statement, const std::string& path, bool& busy);
  /// Owned.
  Statement(std::unique_ptr<SQLite::Statement> statement, const std::string& path);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Binds the parameters ?1, ?2... Lvalue strings and Bytes are not copied: they must live until
  /// the last step.
  template <class... Args>
  Statement& bind(Args&&... args) {
    int index = 0;
    (put(++index, std::forward<Args>(args)), ...);
    return *this;
  }

  /// Moves to the next row; false: there is none.
  bool step();
  /// Runs a statement without rows; how many rows it changed.
  int run();

  std::int64_t number();
  int small_number();
  bool flag() { return number() != 0; }
  core::Instant instant() { return {number()}; }
  std::optional<core::Instant> maybe_instant();
  std::string text();
  template <class Tag>
  void read(core::Name<Tag>& name) {
    const std::string word = text();
    if (word.empty()) {
      name = {};
      return;
    }
    auto parsed = core::Name<Tag>::parse(word);
    if (!parsed) refuse(parsed.error().message);
    name = *std::move(parsed);
  }
  template <class State>
  State state(std::optional<State> (*of_word)(std::string_view)) {
    const std::string word = text();
    const auto found = of_word(word);
    if (!found) refuse("'" + word + "' is no state");
    return *found;
  }
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  void put(int index, std::int64_t value);
  void put(int index, int value) { put(index, std::int64_t{value}); }
  void put(int index, std::size_t value) { put(index, static_cast<std::int64_t>(value)); }
  void put(int index, bool value) { put(index, std::int64_t{value ? 1 : 0}); }
  void put(int index, core::Instant value) { put(index, value.ms); }
  void put(int index, const std::optional<core::Instant>& value);
  void put(int index, const std::string& text);
  void put(int index, std::string&& text);
  void put(int index, std::string_view text) { put(index, std::string(text)); }
  void put(int index, const char* text) = delete;  // would become a bool
  void put(int index, Bytes bytes);
  template <class Tag>
  void put(int index, const core::Name<Tag>& name) {
    put(index, name.text());
  }
  SQLite::Column next_column();

  const std::string& path_;
  std::unique_ptr<SQLite::Statement> own_;
  SQLite::Statement* statement_;
  bool* busy_ = nullptr;
  int column_ = 0;
};

}  // namespace antiphon::store
