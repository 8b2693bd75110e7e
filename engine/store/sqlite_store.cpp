// SPDX-License-Identifier: MIT
#include "engine/store/sqlite_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/store/activation_keys.hpp"
#include "engine/store/lock_file.hpp"
#include "engine/store/migrations.hpp"
#include "engine/store/sqlite_connection.hpp"
#include "engine/store/sqlite_error.hpp"
#include "engine/store/sqlite_reader.hpp"
#include "engine/store/sqlite_recognise.hpp"
#include "engine/store/sqlite_statement.hpp"
#include "engine/store/sqlite_transaction.hpp"

namespace antiphon::store {
namespace {

LockFile lock_of(const std::string& path) {
  auto lock = LockFile::take(path);
  if (lock) return *std::move(lock);
  const core::Error& error = lock.error();
  throw StoreError(StoreError::Kind::other,
                   error.message + (error.hint.empty() ? "" : "; " + error.hint));
}

/// An empty file is an empty database. Only its owner may read it: the client secret is in it.
void make_if_missing(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    throw StoreError(StoreError::Kind::io,
                     "cannot open store '" + path + "': " + std::strerror(errno));
  }
  ::close(descriptor);
}

void refuse_other_plane(Connection& connection, const core::PlaneName& plane) {
  Statement meta = connection.prepared(Query::meta_select);
  if (!meta.step()) return;
  const std::string owner = meta.text();
  if (owner == plane.text()) return;
  throw StoreError(StoreError::Kind::other,
                   "store '" + connection.path() + "' belongs to plane '" + owner + "', not to '" +
                       plane.text() +
                       "'; every plane has a store of its own: name another file, or "
                       "start it as '" +
                       owner + "'");
}

/// The identity as this process has it; `clean` is what the last one left.
Identity note_opened(Connection& connection, const core::PlaneName& plane, const Minted& minted) {
  Identity identity;
  try {
    connection.prepared(Query::begin).run();
    connection.prepared(Query::meta_insert).bind(plane, minted.journal, minted.client_secret).run();
    {
      Statement meta = connection.prepared(Query::meta_select);
      meta.step();
      meta.read(identity.plane);
      identity.journal = meta.text();
      identity.client_secret = meta.text();
      identity.boot = meta.number() + 1;
      identity.clean = meta.flag();
    }
    connection.prepared(Query::meta_opened).run();
    connection.prepared(Query::commit).run();
  } catch (...) {
    connection.roll_back();
    throw;
  }
  return identity;
}

/// Everything that lives as long as the file is open, in the order it is built up.
struct Opened {
  Opened(const std::string& path, const core::PlaneName& plane, const SqliteSettings& settings)
      : lock(lock_of(path)), connection(recognised(path), Connection::Access::write) {
    if (is_store(connection)) refuse_other_plane(connection, plane);
    connection.make_durable();
    migrate(connection, migrations());
    if (settings.pages_most > 0) {
      connection.number("PRAGMA max_page_count = " + std::to_string(settings.pages_most));
    }
  }

  static const std::string& recognised(const std::string& path) {
    make_if_missing(path);
    refuse_no_database(path);
    return path;
  }

  LockFile lock;
  Connection connection;
};

class SqliteStore : public Store {
 public:
  SqliteStore(const std::string& path, const core::PlaneName& plane, const Minted& minted,
              const SqliteSettings& settings)
      : path_(path),
        opened_(std::make_unique<Opened>(path, plane, settings)),
        identity_(note_opened(opened_->connection, plane, minted)),
        keys_(std::make_unique<ActivationKeys>(opened_->connection)) {}

  const Identity& identity() const override { return identity_; }

  std::unique_ptr<Transaction> begin() override {
    refuse_closed();
    return std::make_unique<SqliteTransaction>(opened_->connection, *keys_);
  }

  std::unique_ptr<Reader> reader() override {
    refuse_closed();
    return std::make_unique<SqliteReader>(path_);
  }

  void close() override {
    refuse_closed();
    opened_->connection.prepared(Query::meta_closed).run();
    // The last connection's end folds the log into the file; a reader still open only leaves it for
    // the next start.
    keys_.reset();
    opened_.reset();
  }

 private:
  void refuse_closed() const {
    if (opened_) return;
    throw StoreError(StoreError::Kind::other, "store '" + path_ + "' is closed");
  }

  std::string path_;
  std::unique_ptr<Opened> opened_;
  Identity identity_;
  std::unique_ptr<ActivationKeys> keys_;
};

}  // namespace

std::unique_ptr<Store> open_sqlite(const std::string& path, const core::PlaneName& plane,
                                   const Minted& minted, const SqliteSettings& settings) {
  return std::make_unique<SqliteStore>(path, plane, minted, settings);
}

}  // namespace antiphon::store
