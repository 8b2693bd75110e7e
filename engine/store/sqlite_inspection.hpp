// SPDX-License-Identifier: MIT
// Internal to the verification: looks through an opened store, part by part. What cannot be read is
// a finding, and the next part is looked at all the same.
#pragma once

#include <optional>
#include <string>

#include "engine/store/activation_key.hpp"
#include "engine/store/sqlite_connection.hpp"
#include "engine/store/sqlite_reader.hpp"
#include "engine/store/sqlite_verify.hpp"

namespace antiphon::store {

class SqliteInspection {
 public:
  /// `hooks` must outlive it. Throws StoreError when not even the file's head can be read.
  SqliteInspection(const std::string& path, const VerifyHooks& hooks);

  Connection& connection() { return connection_; }

  /// The whole of it; counts into `verified` what it looks at.
  void check(Verified& verified);

 private:
  /// A run by both its names.
  struct Place {
    ActivationKey key;
    std::string id;
  };

  void check_file();
  bool read_meta(Verified& verified);
  void check_strays();
  void check_besides(Verified& verified);
  void check_objects(Verified& verified);
  void check_lanes();
  std::vector<core::Lane> next_lanes(const std::string& after);
  core::LaneRecord lane_record(core::Lane lane);
  void check_seen();
  void check_rejects();
  std::vector<Place> next_runs(ActivationKey& last);
  void check_runs(Verified& verified);
  void check_run(const Place& place, Verified& verified);
  void check_dues(ActivationKey key, const core::RunRecord& record);
  void count(const char* rule, const std::string& sql, const std::string& what);
  void found(const char* rule, std::string text) { hooks_.found({rule, {}, std::move(text)}); }
  void found(const std::vector<core::Violation>& violations, const std::string& run = {});
  /// False: it threw, which is a finding.
  template <class Body>
  bool readable(const std::string& what, Body body);

  const VerifyHooks& hooks_;
  Connection connection_;
  SqliteReader reader_;
  core::PlaneRecord plane_;
  bool versions_known_ = false;
};

/// The error without the path and the advice, which are said once for all findings.
std::string bare_text(const StoreError& error, const std::string& path);

}  // namespace antiphon::store
