// SPDX-License-Identifier: MIT
#include "connectors/cli/lists.hpp"

#include <algorithm>
#include <vector>

#include "connectors/cli/output.hpp"
#include "engine/core/json.hpp"
#include "engine/core/value.hpp"

namespace antiphon::cli {
namespace {

using core::Value;
using Texts = std::vector<std::string>;

std::string labels_cell(const Value& item) {
  std::string text;
  const Value labels = item.value("labels", Value::object());
  for (const auto& [key, value] : labels.items()) {
    text += (text.empty() ? "" : ",") + key + "=" + core::plain_text(value);
  }
  return printable(text);
}

std::string joined(const Value& list) {
  std::string text;
  for (const Value& item : list) text += (text.empty() ? "" : ",") + core::plain_text(item);
  return printable(text);
}

Texts headings(const std::string& what) {
  if (what == "campaigns") return {"CAMPAIGN", "VERSION", "NAMESPACE", "STAGES", "APPLIED"};
  if (what == "activations")
    return {"ACTIVATION", "CAMPAIGN", "STATE", "STAGE", "RUN", "UPDATED", "ERROR"};
  if (what == "objects")
    return {"KIND", "NAME", "NAMESPACE", "GENERATION", "STATE", "FROM", "UPDATED"};
  if (what == "sites") return {"SITE", "STATE", "VERSION", "OFFERS", "LABELS", "LAST SEEN"};
  if (what == "tasks") return {"RUN", "CONTEXT", "PROVIDER", "STATE", "STATUS", "ATTEMPT", "ERROR"};
  if (what == "approvals") return {"ACTIVATION", "STAGE", "CONTEXT", "ASKS", "APPROVED", "UNTIL"};
  if (what == "triggers") return {"CAMPAIGN", "TRIGGER", "TOPIC", "ENABLED", "KEYS", "MESSAGES"};
  return {"AT", "STATUS", "SENDER", "TOPIC", "REASON"};
}

/// A run that is in its stage for much longer than usual says so.
std::string run_state_cell(const Value& item) {
  const auto stuck = item.find("stuck");
  if (stuck == item.end()) return state_cell(item);
  return state_cell(item) + paint(", stuck (usually " + cell(*stuck, "usual") + ")", Colour::bad);
}

/// "1 of 2: ann"
std::string approved_cell(const Value& item) {
  std::string who;
  int count = 0;
  for (const Value& answer : item.value("answers", Value::array())) {
    if (!answer.value("approve", false)) continue;
    who += (count++ == 0 ? ": " : ", ") + cell(answer, "by");
  }
  return std::to_string(count) + " of " + cell(item, "need") + who;
}

Texts cells_of(const std::string& what, const Value& item) {
  if (what == "campaigns") {
    return {cell(item, "name"), cell(item, "version"), cell(item, "namespace"),
            joined(item.value("stages", Value::array())), cell(item, "applied")};
  }
  if (what == "activations") {
    return {cell(item, "id"),     cell(item, "campaign") + ":" + cell(item, "version"),
            run_state_cell(item), cell(item, "stage"),
            cell(item, "run"),    cell(item, "updated"),
            cell(item, "error")};
  }
  if (what == "objects") {
    return {cell(item, "kind"),       cell(item, "name"),  cell(item, "namespace"),
            cell(item, "generation"), cell(item, "state"), cell(item, "origin"),
            cell(item, "updated")};
  }
  if (what == "sites") {
    const char* state = item.value("online", false) ? "online" : "offline";
    return {cell(item, "name"),    paint(state, colour_of(state)),
            cell(item, "version"), joined(item.value("offers", Value::array())),
            labels_cell(item),     cell(item, "lastSeen")};
  }
  if (what == "tasks") {
    return {cell(item, "run"),    context_cell(item),    cell(item, "provider"), state_cell(item),
            cell(item, "status"), cell(item, "attempt"), cell(item, "error")};
  }
  if (what == "approvals") {
    return {cell(item, "activation"), cell(item, "stage"),
            cell(item, "context"),    cell(item, "ask"),
            approved_cell(item),      cell(item, item.contains("until") ? "until" : "deadline")};
  }
  if (what == "triggers") {
    const Value lanes = item.value("lanes", Value::object());
    return {cell(item, "campaign"), cell(item, "name"),  cell(item, "topic"),
            cell(item, "enabled"),  cell(lanes, "keys"), cell(lanes, "messages")};
  }
  return {cell(item, "at"), cell(item, "status"), cell(item, "sender"), cell(item, "topic"),
          cell(item, "reason")};
}

Texts wide_headings(const std::string& what) {
  if (what == "campaigns") return {"LABELS", "HASH"};
  if (what == "activations") return {"NAMESPACE", "AUTHOR", "CREATED", "ENDED", "LABELS"};
  if (what == "objects") return {"AUTHOR", "CREATED", "LABELS"};
  if (what == "sites") return {"DECLARED", "BOOT"};
  if (what == "tasks") return {"SITE", "CREATED", "SETTLED", "DEADLINE", "ID"};
  if (what == "approvals") return {"WHY", "APPROVERS", "SINCE", "ID"};
  if (what == "triggers") return {"NAMESPACE", "SWITCHED", "HASH"};
  return {"BYTES", "SAMPLE"};
}

Texts wide_cells_of(const std::string& what, const Value& item) {
  if (what == "campaigns") return {labels_cell(item), cell(item, "hash")};
  if (what == "activations") {
    return {cell(item, "namespace"), cell(item, "author"), cell(item, "created"),
            cell(item, "ended"), labels_cell(item)};
  }
  if (what == "objects") return {cell(item, "author"), cell(item, "created"), labels_cell(item)};
  if (what == "sites") return {cell(item, "declared"), cell(item, "boot")};
  if (what == "tasks") {
    return {cell(item, "site"), cell(item, "created"), cell(item, "settled"),
            cell(item, "deadline"), cell(item, "id")};
  }
  if (what == "approvals") {
    return {cell(item, "why"), joined(item.value("approvers", Value::array())), cell(item, "since"),
            cell(item, "id")};
  }
  if (what == "triggers") {
    return {cell(item, "namespace"), cell(item, "switched"), cell(item, "hash")};
  }
  return {cell(item, "bytes"), cell(item, "sample")};
}

void append(Texts& cells, const Texts& more) {
  cells.insert(cells.end(), more.begin(), more.end());
}

/// What the items are sorted by: missing things behind numbers and texts.
Value key_of(const Value& item, const std::string& field) {
  const Value* at = &item;
  for (std::size_t begin = 0; begin <= field.size();) {
    const auto end = std::min(field.find('.', begin), field.size());
    if (!at->is_object()) return {};
    const auto found = at->find(field.substr(begin, end - begin));
    if (found == at->end()) return {};
    at = &*found;
    begin = end + 1;
  }
  return *at;
}

}  // namespace

std::string table_of(const std::string& what, const Value& items, bool wide) {
  Texts first = headings(what);
  if (wide) append(first, wide_headings(what));
  Table table(std::move(first));
  for (const Value& item : items) {
    Texts cells = cells_of(what, item);
    if (wide) append(cells, wide_cells_of(what, item));
    table.add(std::move(cells));
  }
  return table.text();
}

std::string name_of(const std::string& what, const Value& item) {
  if (what == "campaigns") return cell(item, "name") + ":" + cell(item, "version");
  if (what == "sites") return cell(item, "name");
  if (what == "rejects") return cell(item, "seq");
  if (what == "approvals") return cell(item, "activation");
  if (what == "triggers") return cell(item, "campaign") + " " + cell(item, "name");
  if (what != "objects") return cell(item, "id");
  const std::string name_space = cell(item, "namespace");
  return cell(item, "kind") + "/" + cell(item, "name") +
         (name_space == "default" ? "" : "@" + name_space);
}

void sort_items(Value& items, const std::string& field, bool reverse) {
  std::vector<std::pair<Value, Value>> keyed;
  keyed.reserve(items.size());
  for (Value& item : items) {
    Value key = key_of(item, field);
    keyed.emplace_back(std::move(key), std::move(item));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [reverse](const auto& one, const auto& other) {
    if (one.first.is_null() || other.first.is_null()) {
      return !one.first.is_null() && other.first.is_null();
    }
    return reverse ? other.first < one.first : one.first < other.first;
  });
  items = Value::array();
  for (auto& [key, item] : keyed) items.push_back(std::move(item));
}

}  // namespace antiphon::cli
