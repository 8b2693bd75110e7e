// SPDX-License-Identifier: MIT
#include "engine/core/transitions.hpp"

#include "engine/core/transition_rules.hpp"

namespace antiphon::core {
namespace {

constexpr std::size_t first_cell(Entity entity) {
  std::size_t states = 0;
  for (const Entity before : entities) {
    if (before < entity) states += state_count(before);
  }
  return states * event_kinds;
}

constexpr std::array<std::size_t, entities.size()> first_cells{
    first_cell(Entity::activation), first_cell(Entity::stage_run), first_cell(Entity::task)};

Stated applied_to(const Rule& rule, StateNumber before) {
  Stated said;
  constexpr unsigned states = stays.bits - 1;
  said.after = static_cast<std::uint16_t>(rule.then.bits & states);
  if ((rule.then.bits & stays.bits) != 0) {
    said.after = static_cast<std::uint16_t>(said.after | state_bit(before).bits);
  }
  said.untouched = rule.then.bits == untouched.bits;
  said.why = rule.why;
  return said;
}

Stated looked_up(const Cell& cell) {
  Stated said;
  int rules = 0;
  for (const Rule& rule : rules_of(cell.entity)) {
    if (!rule.on.has(cell.event) || !rule.in.has(cell.before)) continue;
    said = applied_to(rule, cell.before);
    ++rules;
  }
  return rules == 1 ? said : Stated{};
}

using Table = std::array<Stated, cell_count>;

Table every_cell() {
  Table table;
  for (std::size_t i = 0; i < cell_count; ++i) table[i] = looked_up(cell_of(i));
  return table;
}

const Table table = every_cell();

}  // namespace

std::size_t number_of(const Cell& cell) {
  return first_cells[static_cast<std::size_t>(cell.entity)] +
         static_cast<std::size_t>(cell.event) * state_count(cell.entity) + cell.before;
}

Cell cell_of(std::size_t number) {
  Cell cell;
  for (const Entity entity : entities) {
    if (number >= first_cells[static_cast<std::size_t>(entity)]) cell.entity = entity;
  }
  const std::size_t place = number - first_cells[static_cast<std::size_t>(cell.entity)];
  cell.event = static_cast<EventKind>(place / state_count(cell.entity));
  cell.before = static_cast<StateNumber>(place % state_count(cell.entity));
  return cell;
}

const Stated& stated(const Cell& cell) {
  return table[number_of(cell)];
}

}  // namespace antiphon::core
