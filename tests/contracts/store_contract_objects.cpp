// SPDX-License-Identifier: MIT
// The store's contract: the registry's objects.
#include "tests/contracts/store_contract.hpp"

namespace antiphon::test {
namespace {

core::ObjectKey key(std::string_view text) {
  return core::object_key(text).value();
}

core::Object gone(std::string_view text, std::int64_t at) {
  core::Object row = some_object(text);
  row.document.clear();
  row.status.clear();
  row.deleted_at = core::Instant{at};
  return row;
}

std::string keys(const std::vector<core::Object>& rows) {
  return listed(rows, [](const auto& row) { return core::to_text(row.key); });
}

/// In this order: targets a and b@plant, one that is gone, an instance.
void put_some(store::Transaction& rows) {
  rows.put(some_object("target/b@plant"));
  rows.put(some_object("target/a"));
  rows.put(some_object("instance/app"));
  rows.put(gone("target/aa", 900));
}

STORE_CASE("store: an object is kept with all its fields and put again in its place") {
  Subject subject;
  core::Object bare;
  bare.key = key("instance/app");
  bare.author = "ann";
  commit(subject.store(), [&](store::Transaction& rows) {
    rows.put(some_object("catalogversion/hq-app@plant"));
    rows.put(some_object("instance/app"));
    rows.put(bare);
  });
  subject.crash_and_open();
  const auto rows = subject.store().begin();
  CHECK(shown(rows->object(key("catalogversion/hq-app@plant"))) ==
        shown(some_object("catalogversion/hq-app@plant")));
  CHECK(shown(rows->object(key("instance/app"))) == shown(bare));
  CHECK(!rows->object(key("catalogversion/hq-app")));
  CHECK(!rows->object(key("instance/ap")));
}

STORE_CASE("store: objects follow one another in the order of their keys, what is gone too") {
  Subject subject;
  commit(subject.store(), put_some);
  const auto rows = subject.store().begin();
  CHECK(keys(rows->objects({}, 10)) == "instance/app target/a target/aa target/b@plant");
  CHECK(keys(rows->objects({}, 2)) == "instance/app target/a");
  CHECK(keys(rows->objects(key("target/a"), 10)) == "target/aa target/b@plant");
  CHECK(keys(rows->objects(key("target/ab"), 10)) == "target/b@plant");
  CHECK(keys(rows->objects(key("target/b@plant"), 10)) == "");
  CHECK(keys(rows->objects({}, 0)) == "");
  CHECK(keys(rows->gone_objects({}, 10)) == "target/aa");
  CHECK(keys(rows->gone_objects(key("target/aa"), 10)) == "");
  CHECK(keys(rows->gone_objects({}, 0)) == "");
}

STORE_CASE("store: objects that are there and that are gone are counted apart") {
  Subject subject;
  commit(subject.store(), put_some);
  const auto rows = subject.store().begin();
  CHECK(rows->count_objects().kept == 3);
  CHECK(rows->count_objects().gone == 1);
  rows->put(gone("target/a", 800));
  CHECK(rows->count_objects().kept == 2);
  CHECK(rows->count_objects().gone == 2);
  rows->put(some_object("target/aa"));
  CHECK(rows->count_objects().kept == 3);
  CHECK(rows->count_objects().gone == 1);
}

STORE_CASE("store: objects that are gone are forgotten, the first to go first") {
  Subject subject;
  commit(subject.store(), [](store::Transaction& rows) {
    for (int i = 0; i < 5; ++i) rows.put(gone("target/t" + std::to_string(i), 900 - i));
    rows.put(some_object("target/here"));
  });
  const auto rows = subject.store().begin();
  CHECK(rows->forget_objects({895}, 10) == 0);
  CHECK(rows->forget_objects({900}, 2) == 2);
  CHECK(keys(rows->objects({}, 10)) == "target/here target/t0 target/t1 target/t2");
  CHECK(rows->forget_objects({899}, 10) == 2);
  CHECK(rows->forget_objects({900}, 0) == 0);
  CHECK(keys(rows->objects({}, 10)) == "target/here target/t0");
}

STORE_CASE("store: a reader lists objects by kind and namespace, page by page") {
  Subject subject;
  commit(subject.store(), put_some);
  const auto reader = subject.store().reader();
  const auto of = [](std::string_view kind, std::string_view space) {
    store::Reader::ObjectFilter filter;
    if (!kind.empty()) filter.kind = name<core::ObjectKind>(kind);
    if (!space.empty()) filter.name_space = name<core::Namespace>(space);
    return filter;
  };
  CHECK(keys(reader->objects({}, {})) == "instance/app target/a target/b@plant");
  CHECK(keys(reader->objects({}, {"", 2})) == "instance/app target/a");
  CHECK(keys(reader->objects({}, {"target/a", 2})) == "target/b@plant");
  CHECK(keys(reader->objects({}, {"no key", 2})) == "");
  CHECK(keys(reader->objects(of("target", ""), {})) == "target/a target/b@plant");
  CHECK(keys(reader->objects(of("target", ""), {"target/a", 9})) == "target/b@plant");
  CHECK(keys(reader->objects(of("target", ""), {"instance/app", 9})) == "target/a target/b@plant");
  CHECK(keys(reader->objects(of("instance", ""), {"target/a", 9})) == "");
  CHECK(keys(reader->objects(of("", "plant"), {})) == "target/b@plant");
  CHECK(keys(reader->objects(of("target", "default"), {})) == "target/a");
  CHECK(keys(reader->objects(of("targe", ""), {})) == "");
  CHECK(shown(reader->object(key("target/a"))) == shown(some_object("target/a")));
  CHECK(!reader->object(key("target/aa")));
  CHECK(!reader->object(key("target/ab")));
}

}  // namespace
}  // namespace antiphon::test
