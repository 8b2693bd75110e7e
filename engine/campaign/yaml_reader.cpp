// SPDX-License-Identifier: MIT
#include "engine/campaign/yaml_reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <utility>

#include "engine/campaign/tree_builder.hpp"

namespace antiphon::campaign {
namespace {

/// Leaves yaml-cpp's parser after a problem was added.
struct Stop {};

constexpr std::string_view blanks = " \t\r\n";

/// What may stand before a scalar: an anchor, a tag.
struct Properties {
  std::size_t end = 0;  ///< offset of the scalar itself
  bool tagged = false;
};

Properties read_properties(std::string_view text, std::size_t at) {
  Properties properties{at};
  std::size_t& end = properties.end;
  while (end < text.size() && (text[end] == '&' || text[end] == '!')) {
    properties.tagged = properties.tagged || text[end] == '!';
    end = std::min(text.find_first_of(blanks, end), text.size());
    end = std::min(text.find_first_not_of(blanks, end), text.size());
  }
  return properties;
}

/// Whether the quote that opens at `at` is closed. yaml-cpp takes the rest of the text for the
/// value if it is not.
bool quote_closes(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const bool doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == quote;
      if (!doubled) return true;
      ++at;
    }
  }
  return false;
}

/// Turns yaml-cpp's events into a tree. One document at a time.
class EventReader : public YAML::EventHandler {
 public:
  EventReader(const Source& source, Problems& problems)
      : source_(source), problems_(problems), builder_(problems) {}

  NodePtr take() { return builder_.take(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    begin_ = offset(mark);
    ++documents_;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_document(mark);
    if (builder_.expects_key()) {
      builder_.key(offset(mark), {});
      problems_.add(offset(mark), builder_.path(), "a key must be text, not null",
                    "put it in quotes");
      return;
    }
    keep(builder_.scalar(node(mark, Node::Kind::null, {}), anchor));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (builder_.expects_key()) stop(mark, "an alias cannot be a key");
    keep(builder_.alias(offset(mark), anchor));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check_document(mark);
    const bool plain = tag == "?";
    if (!plain) check_quotes(mark);
    if (builder_.expects_key()) {
      builder_.key(offset(mark), text, plain && text == "<<");
      return;
    }
    Node scalar = node(mark, plain ? plain_kind(text) : Node::Kind::text, text);
    scalar.plain = plain;
    keep(builder_.scalar(std::move(scalar), anchor));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_collection(mark, tag);
    keep(builder_.begin_list(offset(mark), anchor));
  }
  void OnSequenceEnd() override { keep(builder_.end()); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_collection(mark, tag);
    keep(builder_.begin_map(offset(mark), anchor));
  }
  void OnMapEnd() override { keep(builder_.end()); }

  void add_error(const YAML::ParserException& error) {
    problems_.add(offset(error.mark), builder_.path(), "this is no YAML: " + error.msg);
  }

 private:
  std::size_t offset(const YAML::Mark& mark) const {
    return source_.offset(mark.line, mark.column);
  }

  Node node(const YAML::Mark& mark, Node::Kind kind, std::string text) const {
    Node made;
    made.kind = kind;
    made.at = offset(mark);
    made.text = std::move(text);
    return made;
  }

  void keep(bool kept) const {
    if (!kept) throw Stop{};
  }

  [[noreturn]] void stop(const YAML::Mark& mark, const std::string& message) {
    problems_.add(offset(mark), builder_.path(), message);
    throw Stop{};
  }

  /// yaml-cpp begins a new document wherever the last one cannot go on: `[a] b`.
  void check_document(const YAML::Mark& mark) {
    const bool announced = source_.text().substr(begin_).starts_with("---");
    if (documents_ > 1 && !announced) {
      stop(mark, "this does not belong to the document before, and no '---' begins a new one");
    }
  }

  void check_collection(const YAML::Mark& mark, const std::string& tag) {
    check_document(mark);
    if (builder_.expects_key()) stop(mark, "a key must be text, not a list or a map");
    if (tag != "?") refuse_tag(mark);
  }

  /// Of a scalar that is not plain: it has a tag, is quoted, or is a block.
  void check_quotes(const YAML::Mark& mark) {
    const auto [at, tagged] = read_properties(source_.text(), offset(mark));
    if (tagged) refuse_tag(mark);
    if (at >= source_.text().size()) return;
    const bool is_quoted = source_.text()[at] == '"' || source_.text()[at] == '\'';
    if (is_quoted && !quote_closes(source_.text(), at)) stop(mark, "this quote is never closed");
  }

  void refuse_tag(const YAML::Mark& mark) {
    problems_.add(offset(mark), builder_.path(), "YAML tags are not accepted",
                  "leave the '!...' out");
  }

  const Source& source_;
  Problems& problems_;
  TreeBuilder builder_;
  std::size_t begin_ = 0;
  int documents_ = 0;
};

}  // namespace

std::vector<NodePtr> read_yaml(const Source& source, Problems& problems) {
  std::vector<NodePtr> documents;
  EventReader handler(source, problems);
  try {
    std::istringstream stream{std::string(source.text())};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
      NodePtr document = handler.take();
      if (document && document->kind != Node::Kind::null) documents.push_back(std::move(document));
    }
  } catch (const Stop&) {
    // The problem is in `problems` already.
  } catch (const YAML::ParserException& error) {
    handler.add_error(error);
  }
  return documents;
}

}  // namespace antiphon::campaign
