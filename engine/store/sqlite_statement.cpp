// SPDX-License-Identifier: MIT
#include "engine/store/sqlite_statement.hpp"

#include <SQLiteCpp/Column.h>

#include <limits>
#include <utility>

#include "engine/store/sqlite_error.hpp"

namespace antiphon::store {

Statement::Statement(SQLite::Statement& statement, const std::string& path, bool& busy)
    : path_(path), statement_(&statement), busy_(&busy) {
  busy = true;
}

Statement::Statement(std::unique_ptr<SQLite::Statement> statement, const std::string& path)
    : path_(path), own_(std::move(statement)), statement_(own_.get()) {}

Statement::~Statement() {
  statement_->tryReset();
  if (busy_ != nullptr) *busy_ = false;
}

bool Statement::step() {
  column_ = 0;
  return guarded(path_, [this] { return statement_->executeStep(); });
}

int Statement::run() {
  return guarded(path_, [this] { return statement_->exec(); });
}

SQLite::Column Statement::next_column() {
  return statement_->getColumn(column_++);
}

std::int64_t Statement::number() {
  return guarded(path_, [this] { return next_column().getInt64(); });
}

int Statement::small_number() {
  const std::int64_t value = number();
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
    refuse("a number is out of range");
  }
  return static_cast<int>(value);
}

std::optional<core::Instant> Statement::maybe_instant() {
  return guarded(path_, [this]() -> std::optional<core::Instant> {
    const SQLite::Column column = next_column();
    if (column.isNull()) return std::nullopt;
    return core::Instant{column.getInt64()};
  });
}

std::string Statement::text() {
  return guarded(path_, [this] {
    const SQLite::Column column = next_column();
    const auto* bytes = static_cast<const char*>(column.getBlob());
    return bytes == nullptr ? std::string()
                            : std::string(bytes, static_cast<std::size_t>(column.getBytes()));
  });
}

void Statement::refuse(const std::string& what) const {
  throw unreadable_row(path_, what);
}

void Statement::put(int index, std::int64_t value) {
  guarded(path_, [&] { statement_->bind(index, value); });
}

void Statement::put(int index, const std::optional<core::Instant>& value) {
  if (value) {
    put(index, value->ms);
  } else {
    guarded(path_, [&] { statement_->bind(index); });
  }
}

void Statement::put(int index, const std::string& text) {
  guarded(path_, [&] { statement_->bindNoCopy(index, text); });
}

void Statement::put(int index, std::string&& text) {
  guarded(path_, [&] { statement_->bind(index, std::as_const(text)); });
}

void Statement::put(int index, Bytes bytes) {
  const std::string& text = bytes.bytes;
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw StoreError(StoreError::Kind::other, "store '" + path_ + "': a value of " +
                                                  std::to_string(text.size()) +
                                                  " bytes is too large for any row");
  }
  guarded(path_,
          [&] { statement_->bindNoCopy(index, text.data(), static_cast<int>(text.size())); });
}

}  // namespace antiphon::store
