// SPDX-License-Identifier: MIT
#include "engine/runtime/object_feed.hpp"

#include <algorithm>

#include "engine/core/limits.hpp"
#include "engine/core/planted.hpp"

namespace antiphon::runtime {
namespace {

/// Sites that come together are told together.
constexpr core::Duration gathering = core::seconds(1);

}  // namespace

void ObjectFeed::restart(core::Instant now) {
  if (core::planted(core::Planted::objects_said_once)) return;
  all_ = {{}, now, true, false};
}

void ObjectFeed::tell_gone(core::Instant now) {
  if (gone_.begun) {
    gone_.again = true;
  } else if (!gone_.next) {
    gone_.next = now + gathering;
  }
}

void ObjectFeed::walk(Walk& one, core::Instant now, const Fetch& fetch, const Send& send) {
  if (!one.next || now < *one.next) return;
  one.begun = true;
  const auto page = fetch(one.after);
  for (const core::Object& object : page) send(object);
  if (page.size() == core::limits::object_page) {
    one.after = page.back().key;
    one.next = now + core::limits::object_pause;
    return;
  }
  const bool again = one.again;
  one = {};
  if (again) one.next = now + gathering;
}

void ObjectFeed::pump(store::Transaction& rows, core::Instant now, const Send& send) {
  constexpr auto page = core::limits::object_page;
  walk(
      all_, now, [&rows](const core::ObjectKey& after) { return rows.objects(after, page); }, send);
  if (!all_.next) all_.next = now + core::limits::object_refresh;
  walk(
      gone_, now, [&rows](const core::ObjectKey& after) { return rows.gone_objects(after, page); },
      send);
}

std::optional<core::Instant> ObjectFeed::next() const {
  if (!all_.next) return gone_.next;
  return gone_.next ? std::min(*all_.next, *gone_.next) : *all_.next;
}

}  // namespace antiphon::runtime
