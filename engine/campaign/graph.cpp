// SPDX-License-Identifier: MIT
#include "engine/campaign/graph.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "engine/campaign/flow.hpp"
#include "engine/campaign/problems.hpp"
#include "engine/core/json.hpp"

namespace antiphon::campaign {
namespace {

enum class Outline { start, trigger, stage, handler, missing, end, unknown };

struct Box {
  std::string id;
  std::vector<std::string> lines;
  Outline outline = Outline::stage;
  bool remote = false;
  bool per_context = false;
};

struct Arrow {
  std::string from;
  std::string to;
  bool open = false;  ///< which stage is next only a run can tell
};

struct Graph {
  std::string name;
  std::vector<Box> boxes;
  std::vector<Arrow> arrows;
};

/// At most so many characters of a line: a picture is no place for whole expressions.
constexpr std::size_t line_characters = 60;

std::string cut_line(const std::string& text) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (begins && ++characters > line_characters) return text.substr(0, i) + "...";
  }
  return text;
}

/// An expression without its braces, a list's items with commas, anything else as it is.
std::string shown(const core::Value& contexts) {
  std::string text;
  if (contexts.is_array()) {
    for (const core::Value& item : contexts) text += (text.empty() ? "" : ", ") + shown(item);
    return text;
  }
  text = core::plain_text(contexts);
  const bool whole = text.starts_with("${{") && text.ends_with("}}") && text.size() >= 5 &&
                     text.find("${{", 3) == std::string::npos;
  if (whole) text = text.substr(3, text.size() - 5);
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') + 1);
}

std::string without_prefix(const std::string& provider) {
  constexpr std::string_view prefix = "providers.stage.";
  return provider.starts_with(prefix) ? provider.substr(prefix.size()) : provider;
}

/// `raw` is the stage as the document has it.
Box draw_stage(const core::StageSpec& stage, const core::Value& raw, std::string id) {
  Box box{std::move(id), {cut_line(stage.name)}};
  box.remote = stage.provider == "remote";
  box.per_context = stage.contexts != nullptr;
  if (!stage.provider.empty()) {
    std::string work = stage.provider;
    const auto inputs = raw.value("inputs", core::Value::object());
    if (const auto operation = inputs.find("operation"); box.remote && operation != inputs.end()) {
      work += ": " + without_prefix(shown(*operation));
    }
    box.lines.push_back(cut_line(work));
  }
  if (box.per_context) box.lines.push_back(cut_line("for each of " + shown(raw.at("contexts"))));
  if (stage.handle_errors) {
    box.outline = Outline::handler;
    box.lines.push_back("handles errors");
  }
  return box;
}

/// The stage that is met at this place in the order.
std::string stage_id(std::size_t met) {
  return "s" + std::to_string(met);
}

/// Boxes that several stages may lead to are made when the first one does.
class Drawing {
 public:
  explicit Drawing(const CampaignDocument& document)
      : campaign_(*document.campaign),
        flow_(flow_of(campaign_)),
        raw_(core::Value::parse(document.canonical).at("spec").at("stages")) {}

  Graph draw();

 private:
  void draw_beginning();
  void draw_stages();
  void draw_ways(std::size_t place);
  void lead(const std::string& from, Box to, bool open = false);

  const core::Campaign& campaign_;
  const Flow flow_;
  const core::Value raw_;
  Graph graph_;
  std::vector<std::string> ids_;  ///< by the stage's place
  std::set<std::string> made_;
  std::map<std::string, std::string> missing_;
};

Graph Drawing::draw() {
  graph_.name = campaign_.name.text() + ":" + campaign_.version.text();
  draw_beginning();
  draw_stages();
  return std::move(graph_);
}

void Drawing::draw_beginning() {
  for (std::size_t i = 0; i < campaign_.triggers.size(); ++i) {
    const std::string id = "t" + std::to_string(i);
    graph_.boxes.push_back({id, {cut_line(campaign_.triggers[i].filter)}, Outline::trigger});
    graph_.arrows.push_back({id, stage_id(0)});
  }
  if (!campaign_.triggers.empty()) return;
  graph_.boxes.push_back({"start", {"start"}, Outline::start});
  graph_.arrows.push_back({"start", stage_id(0)});
}

/// In the order in which a run meets them; those that none can meet are last.
void Drawing::draw_stages() {
  std::vector<std::size_t> order = reachable(flow_, flow_.first.value_or(0));
  std::vector<bool> met(flow_.stages.size());
  for (const std::size_t place : order) met[place] = true;
  for (std::size_t place = 0; place < met.size(); ++place) {
    if (!met[place]) order.push_back(place);
  }
  ids_.resize(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    ids_[order[i]] = stage_id(i);
    const core::StageSpec& stage = *flow_.stages[order[i]];
    graph_.boxes.push_back(draw_stage(stage, raw_.at(stage.name), stage_id(i)));
  }
  for (const std::size_t place : order) draw_ways(place);
}

void Drawing::draw_ways(std::size_t place) {
  const std::string& from = ids_[place];
  const Ways& ways = flow_.after[place];
  for (const std::size_t next : ways.stages) graph_.arrows.push_back({from, ids_[next]});
  for (const std::string& name : ways.unknown) {
    const std::string id = "x" + std::to_string(missing_.size());
    const auto known = missing_.emplace(name, id).first;
    lead(from, {known->second, {cut_line(name), "no such stage"}, Outline::missing});
  }
  if (ways.end) lead(from, {"done", {"end"}, Outline::end});
  if (ways.others) lead(from, {"any", {"?"}, Outline::unknown}, true);
}

void Drawing::lead(const std::string& from, Box to, bool open) {
  graph_.arrows.push_back({from, to.id, open});
  if (made_.insert(to.id).second) graph_.boxes.push_back(std::move(to));
}

std::string label_of(const std::vector<std::string>& lines, std::string_view between,
                     std::string (*escape)(const std::string&)) {
  std::string text;
  for (const std::string& line : lines) {
    if (!text.empty()) text += between;
    text += escape(line);
  }
  return text;
}

/// Mermaid reads a label as HTML, with entities that begin with a hash.
std::string escape_mermaid(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool special = std::string_view("\"<>&#`\\").find(c) != std::string_view::npos;
    out += special ? "#" + std::to_string(static_cast<int>(c)) + ";" : std::string(1, c);
  }
  return out;
}

std::string escape_dot(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string in_mermaid(const Box& box) {
  const std::string label = "\"" + label_of(box.lines, "<br/>", escape_mermaid) + "\"";
  const std::string dashed = box.remote ? ":::remote" : "";
  switch (box.outline) {
    case Outline::start:
    case Outline::trigger:
      return box.id + "([" + label + "])";
    case Outline::stage:
      return box.id + (box.per_context ? "[[" + label + "]]" : "[" + label + "]") + dashed;
    case Outline::handler:
      return box.id + "{{" + label + "}}" + dashed;
    case Outline::missing:
      return box.id + "[" + label + "]:::missing";
    case Outline::end:
    case Outline::unknown:
      return box.id + "((" + label + "))";
  }
  return {};
}

std::string in_dot(const Box& box) {
  std::string text = box.id + " [label=\"" + label_of(box.lines, "\\n", escape_dot) + "\"";
  if (box.outline == Outline::start || box.outline == Outline::trigger) text += ", shape=oval";
  if (box.outline == Outline::handler) text += ", shape=hexagon";
  if (box.outline == Outline::end || box.outline == Outline::unknown) text += ", shape=circle";
  if (box.outline == Outline::missing) text += ", color=red, style=dotted";
  if (box.per_context) text += ", peripheries=2";
  if (box.remote) text += ", style=dashed";
  return text + "]";
}

}  // namespace

std::string to_mermaid(const CampaignDocument& document) {
  const Graph graph = Drawing(document).draw();
  std::string text = "%% campaign " + graph.name + "\nflowchart TD\n";
  bool remote = false;
  bool missing = false;
  for (const Box& box : graph.boxes) {
    text += "  " + in_mermaid(box) + "\n";
    remote = remote || box.remote;
    missing = missing || box.outline == Outline::missing;
  }
  for (const Arrow& arrow : graph.arrows) {
    text += "  " + arrow.from + (arrow.open ? " -.-> " : " --> ") + arrow.to + "\n";
  }
  if (remote) text += "  classDef remote stroke-dasharray: 6 3\n";
  if (missing) text += "  classDef missing stroke:#c00,stroke-dasharray: 2 2\n";
  return text;
}

std::string to_dot(const CampaignDocument& document) {
  const Graph graph = Drawing(document).draw();
  std::string text = "digraph \"" + escape_dot(graph.name) + "\" {\n  node [shape=box]\n";
  for (const Box& box : graph.boxes) text += "  " + in_dot(box) + "\n";
  for (const Arrow& arrow : graph.arrows) {
    text += "  " + arrow.from + " -> " + arrow.to + (arrow.open ? " [style=dashed]\n" : "\n");
  }
  return text + "}\n";
}

}  // namespace antiphon::campaign
