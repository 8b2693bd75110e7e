// SPDX-License-Identifier: MIT
// Says all objects again after a connect and once a day, page by page: what the broker keeps of
// them is what our rows say, whatever it lost or still has. Keeps in memory only how far it is.
#pragma once

#include <functional>
#include <optional>

#include "engine/core/object.hpp"
#include "engine/store/store.hpp"

namespace antiphon::runtime {

class ObjectFeed {
 public:
  using Send = std::function<void(const core::Object& object)>;

  /// All objects, from the first on: we came (back) to the bus.
  void restart(core::Instant now);
  /// A site came back, and may have missed what went meanwhile: that is said again, once for all
  /// sites of about one time.
  void tell_gone(core::Instant now);

  void pump(store::Transaction& rows, core::Instant now, const Send& send);
  std::optional<core::Instant> next() const;

 private:
  struct Walk {
    core::ObjectKey after;
    std::optional<core::Instant> next;
    bool begun = false;
    bool again = false;  ///< it was asked for while it went on
  };
  using Fetch = std::function<std::vector<core::Object>(const core::ObjectKey& after)>;
  static void walk(Walk& one, core::Instant now, const Fetch& fetch, const Send& send);

  Walk all_;
  Walk gone_;
};

}  // namespace antiphon::runtime
