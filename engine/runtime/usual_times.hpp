// SPDX-License-Identifier: MIT
// How long the stages of a campaign usually take, by its last runs, and whether a run has been in
// one for much longer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/store.hpp"

namespace antiphon::runtime {

/// Good for one query: what it has looked up it looks up no more.
class UsualTimes {
 public:
  explicit UsualTimes(store::Reader& reader) : reader_(reader) {}

  struct Wait {
    core::Instant since;
    core::Duration usual;
  };
  /// The run is in a stage for more than three times as long as that usually takes, and for more
  /// than ten seconds. Never of a run that is paused or over, or whose stage's instant has not
  /// come, nor where fewer than three visits of the stage are known.
  std::optional<Wait> stuck(const core::Activation& run, core::Instant now);

 private:
  using Times = std::map<std::string, std::vector<std::int64_t>>;
  /// The middle one of the visits of a stage in the campaign's last runs that were done.
  std::optional<core::Duration> usual(const std::string& campaign, const std::string& stage);
  Times times_of(const std::string& campaign);

  store::Reader& reader_;
  std::map<std::string, Times> known_;
};

}  // namespace antiphon::runtime
