// SPDX-License-Identifier: MIT
// The commands of a scenario (README.md beside this file lists them): words in, events and a turn
// of the world out.
#pragma once

#include "tests/scenarios/transcript.hpp"
#include "tests/scenarios/words.hpp"
#include "tests/scenarios/world.hpp"

namespace antiphon::scenarios {

/// Performs it; what it says is in the world. Throws std::runtime_error for a command that is none.
void perform(World& world, const Command& command);

// Each takes the words after the verb.
void secret(World& world, Words& words);
void plane(World& world, Words& words);
void campaign(World& world, Words& words, const std::string& body);
void site(World& world, Words& words);
void activate(World& world, Words& words);
void verb(World& world, Words& words, core::Verb verb);
void step(World& world, Words& words);
void vote(World& world, Words& words, bool approve);
void signal(World& world, Words& words);
void show(World& world, Words& words);

void reply(World& world, Words& words);
void object(World& world, Words& words);
void object_status(World& world, Words& words);

void journal_lost(World& world, Words& words);
void command(World& world, Words& words);
void cancel_command(World& world, Words& words);
void work(World& world, Words& words);

/// A name that must be right; else a std::runtime_error.
template <class Name>
Name name(const std::string& text) {
  auto parsed = Name::parse(text);
  if (!parsed) throw std::runtime_error(parsed.error().message);
  return *std::move(parsed);
}

}  // namespace antiphon::scenarios
