// SPDX-License-Identifier: MIT
#include "connectors/wire/guard.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/status.hpp"

namespace antiphon::wire {
namespace {

using core::Value;

struct Sequence {
  std::size_t length;
  unsigned char second_least;
  unsigned char second_most;
};

/// What may follow a lead byte; length 0: it leads nothing. The narrowed second bytes keep overlong
/// forms, surrogates and code points past U+10FFFF out.
Sequence sequence_of(unsigned char lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

bool is_whole(const Sequence& sequence, std::string_view rest) {
  if (sequence.length == 0 || rest.size() < sequence.length) return false;
  for (std::size_t i = 1; i < sequence.length; ++i) {
    const auto byte = static_cast<unsigned char>(rest[i]);
    const unsigned char least = i == 1 ? sequence.second_least : 0x80;
    const unsigned char most = i == 1 ? sequence.second_most : 0xBF;
    if (byte < least || byte > most) return false;
  }
  return true;
}

/// An input iterator that tells how far it was read: nlohmann gives no position to its callbacks.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* read) : at_(at), read_(read) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*read_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* read_;
};

/// Builds the value and stops at the first thing that the guard does not let through.
class Builder : public nlohmann::json_sax<Value> {
 public:
  Builder(const std::size_t& read, int most_depth) : read_(read), most_depth_(most_depth) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return value <= most ? add(static_cast<std::int64_t>(value)) : add(static_cast<double>(value));
  }
  bool number_float(double value, const std::string&) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(Value::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Value::array()); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    const auto [member, is_new] = open_.back()->emplace(name, nullptr);
    if (!is_new) {
      return stop("the key " + shown(name) +
                      " comes twice in one object (the second ends before byte " +
                      std::to_string(read_) + ")",
                  "give each key once");
    }
    slot_ = &*member;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& problem) override {
    const std::size_t offset = position == 0 ? 0 : position - 1;
    return stop("is no JSON at byte " + std::to_string(offset) + ": " + reason_in(problem.what()),
                "send one JSON value as UTF-8 text");
  }

  Value take() { return std::move(root_); }
  const core::Error& error() const { return error_; }

 private:
  /// REASON of "[...] parse error at ...: syntax error while parsing value - REASON; last read:
  /// ..." or "[...] REASON".
  static std::string reason_in(std::string_view text) {
    if (const auto bracket = text.find("] "); bracket != text.npos) text.remove_prefix(bracket + 2);
    if (const auto dash = text.find(" - "); dash != text.npos) text.remove_prefix(dash + 3);
    text = text.substr(0, text.find("; last read"));
    return std::string(text.substr(0, 120));
  }

  static std::string shown(const std::string& text) {
    constexpr std::size_t most = 60;
    return Value(text.substr(0, most)).dump(-1, ' ', true, Value::error_handler_t::replace);
  }

  bool stop(std::string message, std::string hint) {
    error_ = {core::status::bad_request, std::move(message), std::move(hint)};
    return false;
  }

  Value* place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *slot_ = std::move(value);
    return slot_;
  }

  bool add(Value value) {
    place(std::move(value));
    return true;
  }

  bool open(Value container) {
    if (std::cmp_greater_equal(open_.size(), most_depth_)) {
      return stop(
          "nests deeper than " + std::to_string(most_depth_) + " levels at byte " +
              std::to_string(read_ - 1),
          "at most " + std::to_string(most_depth_) + " objects and arrays inside each other");
    }
    open_.push_back(place(std::move(container)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  const std::size_t& read_;
  const int most_depth_;
  Value root_;
  std::vector<Value*>
      open_;  ///< a container on it gets nothing while one inside it is open, so these stay valid
  Value* slot_ = nullptr;  ///< where the value of the last key goes
  core::Error error_{core::status::bad_request, "is no JSON", ""};
};

std::optional<core::Error> bytes_problem(std::string_view bytes, std::size_t most_bytes) {
  using namespace core::status;
  if (bytes.size() > most_bytes) {
    return core::Error{
        too_large,
        "has " + std::to_string(bytes.size()) + " bytes, more than " + std::to_string(most_bytes),
        "send less, or a reference to where the rest lies"};
  }
  if (bytes.empty()) return core::Error{bad_request, "is empty", "send one JSON value"};
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    return core::Error{bad_request, "begins with a byte order mark", "send UTF-8 without one"};
  }
  // nlohmann takes a NUL for the end of its input and would not see what follows.
  if (const auto nul = bytes.find('\0'); nul != bytes.npos) {
    return core::Error{bad_request, "has a NUL byte at byte " + std::to_string(nul),
                       "send one JSON value as UTF-8 text"};
  }
  if (const auto bad = invalid_utf8_at(bytes)) {
    return core::Error{bad_request, "is no UTF-8 at byte " + std::to_string(*bad),
                       "send one JSON value as UTF-8 text"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> invalid_utf8_at(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const Sequence sequence = sequence_of(static_cast<unsigned char>(bytes[at]));
    if (!is_whole(sequence, bytes.substr(at))) return at;
    at += sequence.length;
  }
  return std::nullopt;
}

core::Result<Value> parse_guarded(std::string_view bytes, std::size_t most_bytes, int most_depth) {
  if (auto problem = bytes_problem(bytes, most_bytes)) return tl::unexpected(std::move(*problem));
  std::size_t read = 0;
  Builder builder(read, most_depth);
  const CountingIterator begin(bytes.data(), &read);
  const CountingIterator end(bytes.data() + bytes.size(), &read);
  if (!Value::sax_parse(begin, end, &builder)) return tl::unexpected(builder.error());
  return builder.take();
}

}  // namespace antiphon::wire
