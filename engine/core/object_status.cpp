// SPDX-License-Identifier: MIT
#include "engine/core/object_status.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/core/json.hpp"

namespace antiphon::core {
namespace {

constexpr std::array good_words{"succeeded", "ready", "deployed", "done"};
constexpr std::array bad_words{"failed", "error"};

std::string lowered(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

template <class Words>
bool is_among(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The text at the first of these places that has one.
std::string text_at(const Value& status, std::initializer_list<const char*> pointers) {
  for (const char* place : pointers) {
    const Value::json_pointer pointer(place);
    if (status.contains(pointer) && status[pointer].is_string()) {
      return status[pointer].get<std::string>();
    }
  }
  return {};
}

std::string state_word(const Value& status) {
  return text_at(status, {"/state", "/provisioningStatus/status"});
}

}  // namespace

std::string object_state(const JsonText& status) {
  return state_word(parse_object(status));
}

ObjectProgress progress_of(const Object& object) {
  const Value status = parse_object(object.status);
  ObjectProgress progress;
  if (!object.status_at || *object.status_at < object.updated) return progress;
  const std::string word = lowered(state_word(status));
  if (is_among(good_words, word)) progress.state = ObjectProgress::State::succeeded;
  if (is_among(bad_words, word)) progress.state = ObjectProgress::State::failed;
  if (progress.state != ObjectProgress::State::failed) return progress;
  progress.failed = 1;
  if (const auto count = status.find("failedDeploymentCount");
      count != status.end() && count->is_number_integer()) {
    progress.failed = std::max<std::int64_t>(1, count->get<std::int64_t>());
  }
  progress.error = text_at(status, {"/error", "/provisioningStatus/failureCause", "/message"});
  if (progress.error.empty()) progress.error = to_text(object.key) + " has failed";
  return progress;
}

}  // namespace antiphon::core
