// SPDX-License-Identifier: MIT
#include "engine/campaign/json_reader.hpp"

#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/campaign/tree_builder.hpp"

namespace antiphon::campaign {
namespace {

/// Reads a text and tells how far the parser has come: it asks for each token just before it
/// reports it.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** reached) : at_(at), reached_(reached) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

/// nlohmann's SAX interface: each call is one token. False stops the parser.
class JsonHandler {
 public:
  JsonHandler(const Source& source, Problems& problems)
      : source_(source), problems_(problems), builder_(problems), reached_(source.text().data()) {}

  CountingIterator begin() { return {source_.text().data(), &reached_}; }
  CountingIterator end() { return {source_.text().data() + source_.text().size(), &reached_}; }
  NodePtr take() { return builder_.take(); }

  bool null() { return scalar(Node::Kind::null, {}); }
  bool boolean(bool value) { return scalar(Node::Kind::boolean, value ? "true" : "false"); }
  bool number_integer(std::int64_t value) {
    return scalar(Node::Kind::integer, std::to_string(value));
  }
  bool number_unsigned(std::uint64_t value) {
    return scalar(Node::Kind::integer, std::to_string(value));
  }
  bool number_float(double, const std::string& text) { return scalar(Node::Kind::number, text); }
  bool string(std::string& text) { return scalar(Node::Kind::text, std::move(text)); }
  bool binary(nlohmann::json::binary_t&) { return false; }

  bool start_object(std::size_t) { return builder_.begin_map(token()); }
  bool key(std::string& name) {
    builder_.key(token(), std::move(name));
    return true;
  }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return builder_.begin_list(token()); }
  bool end_array() { return close(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& e) {
    std::string message = e.what();
    if (const auto at = message.find("syntax error"); at != std::string::npos) {
      message.erase(0, at);
    } else if (const auto tag = message.find("] "); tag != std::string::npos) {
      message.erase(0, tag + 2);
    }
    problems_.add(position == 0 ? 0 : position - 1, builder_.path(), message,
                  "a text that begins with '{' or '[' is read as JSON");
    return false;
  }

 private:
  bool scalar(Node::Kind kind, std::string text) {
    Node node;
    node.kind = kind;
    node.at = token();
    node.text = std::move(text);
    return builder_.scalar(std::move(node));
  }

  bool close() {
    token();
    return builder_.end();
  }

  /// Where the token that is being reported begins: behind the one before, its separator and white
  /// space.
  std::size_t token() {
    const std::string_view text = source_.text();
    const auto begin = text.find_first_not_of(" \t\r\n,:", behind_);
    behind_ = static_cast<std::size_t>(reached_ - text.data());
    return begin;
  }

  const Source& source_;
  Problems& problems_;
  TreeBuilder builder_;
  const char* reached_;
  std::size_t behind_ = 0;  ///< end of the token before
};

}  // namespace

NodePtr read_json(const Source& source, Problems& problems) {
  JsonHandler handler(source, problems);
  if (!nlohmann::json::sax_parse(handler.begin(), handler.end(), &handler)) return nullptr;
  return handler.take();
}

}  // namespace antiphon::campaign
