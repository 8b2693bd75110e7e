// SPDX-License-Identifier: MIT
#include "tests/crash/disk_image.hpp"

#include <filesystem>
#include <utility>

#include "tests/sim/dice.hpp"
#include "tests/support/files.hpp"

namespace antiphon::test {
namespace {

/// Disks write whole ones, so a write is torn between them.
constexpr std::size_t sector_bytes = 512;

using Change = DiskImage::Change;

void carry_out(std::string& content, const Change& change) {
  if (change.is_truncation) {
    content.resize(change.offset);
    return;
  }
  const std::size_t end = change.offset + change.bytes.size();
  if (content.size() < end) content.resize(end);
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

/// Each sector of the write arrives, does not, or has nonsense in it.
void carry_out_torn(std::string& content, const Change& change, sim::Dice& dice) {
  for (std::size_t at = 0; at < change.bytes.size(); at += sector_bytes) {
    Change part{false, change.offset + at, change.bytes.substr(at, sector_bytes)};
    const auto fate = dice.below(3);
    if (fate == 0) continue;
    if (fate == 1) part.bytes.assign(part.bytes.size(), '\x5a');
    carry_out(content, part);
  }
}

void shuffle(std::vector<Change>& changes, sim::Dice& dice) {
  for (std::size_t left = changes.size(); left > 1; --left) {
    const auto other = static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(left)));
    std::swap(changes[left - 1], changes[other]);
  }
}

/// What is left of the content after the changes since its last sync met their fates.
std::string survivor(std::string content, std::vector<Change> changes, std::uint64_t seed,
                     sim::Dice& dice) {
  if (seed > 1 && dice.one_in(2)) shuffle(changes, dice);
  for (const Change& change : changes) {
    const auto fate = seed > 1 ? dice.below(3) : static_cast<std::int64_t>(seed);
    if (fate == 1) carry_out(content, change);
    if (fate == 2 && !change.is_truncation) carry_out_torn(content, change, dice);
  }
  return content;
}

}  // namespace

DiskImage::File& DiskImage::opened(const std::string& path, bool was_there) {
  File*& file = now_[path];
  if (file != nullptr) return *file;
  file = &files_.emplace_back();
  file->syncs_folder = !was_there;
  if (was_there) {
    file->synced = bytes_of(path);
    lasting_[path] = file;
  }
  return *file;
}

void DiskImage::wrote(File& file, std::int64_t offset, std::string_view bytes) {
  file.changes.push_back({false, static_cast<std::size_t>(offset), std::string(bytes)});
}

void DiskImage::truncated(File& file, std::int64_t size) {
  file.changes.push_back({true, static_cast<std::size_t>(size), {}});
}

void DiskImage::synced(File& file) {
  for (const Change& change : file.changes) carry_out(file.synced, change);
  file.changes.clear();
  if (std::exchange(file.syncs_folder, false)) lasting_ = now_;
}

void DiskImage::removed(const std::string& path, bool folder_synced) {
  now_.erase(path);
  if (folder_synced) lasting_ = now_;
}

void DiskImage::lose_power(std::uint64_t seed) {
  sim::Dice dice(seed, "disk");
  Folder all = lasting_;
  all.insert(now_.begin(), now_.end());
  const auto in = [](const Folder& folder, const std::string& path) {
    const auto found = folder.find(path);
    return found == folder.end() ? nullptr : found->second;
  };
  for (const auto& [path, either] : all) {
    const bool newer = seed > 1 ? dice.one_in(2) : seed == 1;
    const File* file = in(newer ? now_ : lasting_, path);
    if (file == nullptr) {
      std::filesystem::remove(path);
    } else {
      write_bytes(path, survivor(file->synced, file->changes, seed, dice));
    }
  }
  now_.clear();
  lasting_.clear();
  files_.clear();
}

}  // namespace antiphon::test
