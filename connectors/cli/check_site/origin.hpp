// SPDX-License-Identifier: MIT
// A small origin: it speaks to one site as a plane would and keeps all that the site says. It is no
// plane: it repeats nothing by itself and remembers no tasks, and it can say what no plane would.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "connectors/cli/client.hpp"
#include "engine/core/messages.hpp"

namespace antiphon::cli {

/// One reply as it came.
struct Said {
  std::string topic;
  core::Value body;     ///< what of it is JSON
  std::string problem;  ///< why it is no reply of the protocol; empty: it is one, and `reply` is
                        ///< what it says
  core::Reply reply;
  bool retained = false;
  core::Duration when;  ///< monotonic
};

class Origin {
 public:
  /// Connects as `self`, subscribes what `site` says, and answers its hellos.
  static Reached<std::unique_ptr<Origin>> connect(const ClientOptions& options,
                                                  const core::PlaneName& self,
                                                  const core::PlaneName& site);
  ~Origin();

  const core::PlaneName& self() const { return own_.plane(); }
  const core::PlaneName& site() const { return site_.plane(); }
  /// Who is in nobody's list of parents.
  const core::PlaneName& stranger() const { return stranger_.plane(); }
  /// Where a reply to `self` or to the stranger belongs.
  std::string reply_topic(bool to_stranger = false) const;

  /// Puts the bytes on the site's command topic, as `self` or as the stranger; gives what the
  /// broker said.
  bus::Published tell(std::string payload, bool as_stranger = false);

  /// The latest presence once it is online with a boot over `boot`; the latest there is after
  /// `patience`. Null: none.
  core::Value await_presence(std::int64_t boot, core::Duration patience);

  /// Did the broker have a presence stored?
  bool presence_was_retained() const;

  /// The first reply about `id` at or behind `from`, which is moved behind it; none after
  /// `patience`.
  std::optional<Said> next(const std::string& id, std::size_t& from, core::Duration patience);
  /// Everything so far.
  std::vector<Said> said() const;

 private:
  Origin(wire::Topics own, wire::Topics stranger, wire::Topics site);
  void received(const bus::Received& message);
  void take_replies(const bus::Received& message);
  void answer_hello();

  wire::Topics own_;
  wire::Topics stranger_;
  wire::Topics site_;
  std::string journal_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool connected_ = false;
  std::string lost_;
  core::Value presence_;
  bool presence_was_retained_ = false;
  std::vector<Said> said_;

  std::unique_ptr<bus::Bus> bus_;  ///< last: its threads call into the rest
};

}  // namespace antiphon::cli
