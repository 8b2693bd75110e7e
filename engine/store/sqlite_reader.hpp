// SPDX-License-Identifier: MIT
// The port's Reader on a read-only connection of its own.
#pragma once

#include <string>

#include "engine/store/sqlite_connection.hpp"
#include "engine/store/store.hpp"

namespace antiphon::store {

class SqliteReader : public Reader {
 public:
  explicit SqliteReader(const std::string& path,
                        Connection::Access access = Connection::Access::read)
      : connection_(path, access) {}

  std::vector<core::CampaignVersion> campaigns(const Page& page) override;
  std::optional<core::CampaignVersion> campaign(const core::Namespace& name_space,
                                                const core::CampaignName& name,
                                                const core::VersionName& version) override;
  std::vector<core::Activation> activations(const ActivationFilter& filter,
                                            const Page& page) override;
  std::optional<core::Activation> activation(const core::ActivationId& id) override;
  std::vector<core::StageRun> history(const core::ActivationId& id, const Page& page) override;
  std::vector<core::Task> tasks(const core::ActivationId& id, std::optional<std::int64_t> run,
                                const Page& page) override;
  std::vector<core::Task> asking(const Page& page) override;
  std::optional<core::StageOutput> output(const core::ActivationId& id,
                                          std::string_view stage) override;
  std::optional<core::WorkLog> log(const core::TaskKey& task) override;
  std::vector<core::Object> objects(const ObjectFilter& filter, const Page& page) override;
  std::optional<core::Object> object(const core::ObjectKey& key) override;
  std::vector<core::Site> sites(const Page& page) override;
  std::vector<core::TriggerRow> triggers(const Page& page) override;
  core::LaneLoad lane_load(const core::TriggerRow& trigger) override;
  std::vector<core::Reject> rejects(const Page& page) override;

 private:
  /// None: no such activation.
  std::optional<std::int64_t> key_of(const std::string& id);

  Connection connection_;
};

}  // namespace antiphon::store
