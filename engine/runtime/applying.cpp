// SPDX-License-Identifier: MIT
#include "engine/runtime/applying.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "engine/campaign/changes.hpp"
#include "engine/campaign/documents.hpp"
#include "engine/campaign/trigger_filter.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/object_registry.hpp"
#include "engine/core/status.hpp"
#include "engine/runtime/entropy.hpp"

namespace antiphon::runtime {
namespace {

using core::Answer;
using core::Value;

/// A changed value as the answer shows it, and all of them together: people read them.
constexpr std::size_t shown_value_bytes = 500;
constexpr std::size_t shown_changes_bytes = core::limits::reply_bytes / 2;
/// How far the next free version is looked for.
constexpr int most_tries = 1'000;

Value problem_value(const campaign::Problem& problem) {
  return {{"file", problem.file},   {"line", problem.line},       {"column", problem.column},
          {"field", problem.field}, {"message", problem.message}, {"hint", problem.hint}};
}

Answer refuse(const std::vector<campaign::Problem>& problems) {
  Answer answer{core::status::bad_request, campaign::to_text(problems.front()), {}, {}};
  Value list = Value::array();
  for (const auto& problem : problems) list.push_back(problem_value(problem));
  answer.body = core::dump({{"problems", list}});
  return answer;
}

/// Triggers that nothing could fire.
std::vector<campaign::Problem> own_triggers(const core::Campaign& campaign, const std::string& file,
                                            const std::string& topic_root) {
  std::vector<campaign::Problem> problems;
  for (std::size_t i = 0; i < campaign.triggers.size(); ++i) {
    if (!campaign::is_below(campaign.triggers[i].filter, topic_root)) continue;
    campaign::Problem problem;
    problem.file = file;
    problem.field = "spec.triggers[" + std::to_string(i) + "].topic";
    problem.message = "below " + topic_root + "/ planes talk to each other; that starts no run";
    problem.hint = "have the device publish elsewhere";
    problems.push_back(std::move(problem));
  }
  return problems;
}

Value item(std::string_view kind, const std::string& name, std::string_view result) {
  return {{"kind", kind}, {"name", name}, {"result", result}};
}

std::vector<core::TriggerRow> trigger_rows(const core::Campaign& campaign,
                                           const std::string& hash) {
  std::vector<core::TriggerRow> rows;
  for (const core::TriggerSpec& trigger : campaign.triggers) {
    rows.push_back({campaign.name_space,
                    campaign.name,
                    trigger.name,
                    trigger.filter,
                    hash,
                    trigger.enabled,
                    {}});
  }
  return rows;
}

/// What an operator turned on or off stays so in the next version.
void keep_switches(const std::vector<core::TriggerRow>& before,
                   std::vector<core::TriggerRow>& fresh) {
  for (core::TriggerRow& trigger : fresh) {
    for (const core::TriggerRow& old : before) {
      if (old.name == trigger.name) trigger.switched = old.switched;
    }
  }
}

std::string name_of(const core::CampaignVersion& row) {
  return row.name.text() + ":" + row.version.text();
}

bool same_campaign(const core::CampaignVersion& a, const core::CampaignVersion& b) {
  return a.name_space == b.name_space && a.name == b.name;
}

/// The row under another version of its campaign.
core::CampaignVersion renamed(core::CampaignVersion row, const core::VersionName& version) {
  row.version = version;
  row.document = campaign::with_version(row.document, row.name, version);
  row.hash = sha256(row.document);
  return row;
}

Value short_value(const Value& value) {
  const std::size_t bytes = core::dump(value).size();
  return bytes <= shown_value_bytes ? value : Value{{"omitted", bytes}};
}

/// `changes`, and in `more` how many the answer has no room for.
Value changes_body(const core::CampaignVersion& before, const core::CampaignVersion& after) {
  const auto changes = campaign::changes_between(before.document, after.document);
  Value list = Value::array();
  std::size_t bytes = 0;
  std::size_t more = changes.dropped;
  for (const campaign::Change& change : changes.fields) {
    Value one{{"field", change.field}};
    if (change.before) one["old"] = short_value(*change.before);
    if (change.after) one["new"] = short_value(*change.after);
    bytes += core::dump(one).size();
    if (bytes > shown_changes_bytes) {
      ++more;
    } else {
      list.push_back(std::move(one));
    }
  }
  Value body{{"campaign", name_of(before)}, {"changes", std::move(list)}};
  if (more > 0) body["more"] = more;
  return body;
}

/// One request: first everything is looked at, then everything is stored.
class Application {
 public:
  Application(store::Transaction& rows, const core::ApplyRequest& request, core::Instant now,
              const std::string& topic_root)
      : rows_(rows), request_(request), now_(now), topic_root_(topic_root) {}

  /// The answer of a document that cannot be applied.
  std::optional<Answer> take(const campaign::Document& document);
  /// The answer if the objects cannot all be put; then none is.
  std::optional<Answer> put_objects();
  Applied store();

 private:
  struct Version {
    core::CampaignVersion row;
    const core::Campaign* campaign;
    bool known;         ///< the store has it, or the text had it before
    std::string asked;  ///< the version in the document, if it is another one
    std::size_t item;   ///< its place in items_
    bool last_of_campaign = true;
  };

  void take(const campaign::ActivationDocument& document);
  std::optional<Answer> take(const campaign::CampaignDocument& document);
  std::optional<Answer> take_changed(core::CampaignVersion row, const core::CampaignVersion& known,
                                     const core::Campaign& campaign);
  void add(core::CampaignVersion row, const core::Campaign& campaign, bool known,
           std::string asked = {});
  std::optional<core::CampaignVersion> find(const core::CampaignVersion& row) const;
  Answer conflict(const core::CampaignVersion& known, const core::CampaignVersion& row) const;
  std::optional<core::VersionName> free_version(const core::CampaignVersion& row) const;
  bool is_settled(const Version& version) const;

  store::Transaction& rows_;
  const core::ApplyRequest& request_;
  core::Instant now_;
  const std::string& topic_root_;
  std::vector<Version> versions_;
  std::vector<const campaign::ObjectDocument*> objects_;
  Value items_ = Value::array();
  Applied applied_;
};

std::optional<Answer> Application::take(const campaign::Document& document) {
  if (const auto* run = std::get_if<campaign::ActivationDocument>(&document)) {
    take(*run);
  } else if (const auto* version = std::get_if<campaign::CampaignDocument>(&document)) {
    return take(*version);
  } else if (const auto* object = std::get_if<campaign::ObjectDocument>(&document)) {
    objects_.push_back(object);
  } else {
    const auto& container = std::get<campaign::ContainerDocument>(document);
    items_.push_back(item("Campaign", container.name.text(), "accepted, not needed"));
  }
  return std::nullopt;
}

void Application::take(const campaign::ActivationDocument& document) {
  core::ActivateRequest activation;
  activation.asker.user = request_.asker.user;
  activation.campaign = document.campaign;
  activation.version = document.version;
  activation.name_space = document.name_space;
  activation.activation = document.id;
  activation.stage = document.stage;
  activation.inputs = document.inputs;
  activation.metadata = document.metadata;
  applied_.starts.push_back({std::move(activation), items_.size()});
  items_.push_back(item("Activation", document.id.text(), "activated"));
}

std::optional<Answer> Application::take(const campaign::CampaignDocument& document) {
  const core::Campaign& campaign = *document.campaign;
  if (const auto problems = own_triggers(campaign, request_.file, topic_root_); !problems.empty()) {
    return refuse(problems);
  }
  core::CampaignVersion row{campaign.name_space,
                            campaign.name,
                            campaign.version,
                            sha256(document.canonical),
                            document.canonical,
                            0,
                            now_};
  const auto known = find(row);
  if (known && known->hash != row.hash) return take_changed(std::move(row), *known, campaign);
  add(std::move(row), campaign, known.has_value());
  return std::nullopt;
}

std::optional<Answer> Application::take_changed(core::CampaignVersion row,
                                                const core::CampaignVersion& known,
                                                const core::Campaign& campaign) {
  if (!request_.new_version) return conflict(known, row);
  const std::string asked = row.version.text();
  if (!request_.new_name.empty()) {
    core::CampaignVersion named = renamed(row, request_.new_name);
    const auto taken = find(named);
    if (taken && taken->hash != named.hash) return conflict(*taken, named);
    add(std::move(named), campaign, taken.has_value(), asked);
    return std::nullopt;
  }
  // The same file once more: what it was stored as the last time.
  if (const auto newest = rows_.newest(row.name_space, row.name)) {
    core::CampaignVersion again = renamed(row, newest->version);
    if (again.hash == newest->hash) {
      add(std::move(again), campaign, true, asked);
      return std::nullopt;
    }
  }
  const auto next = free_version(row);
  if (!next) {
    return Answer{core::status::conflict,
                  "no version after " + name_of(row) + " is free",
                  "name the new version",
                  {}};
  }
  add(renamed(std::move(row), *next), campaign, false, asked);
  return std::nullopt;
}

void Application::add(core::CampaignVersion row, const core::Campaign& campaign, bool known,
                      std::string asked) {
  for (Version& before : versions_) {
    if (same_campaign(before.row, row)) before.last_of_campaign = false;
  }
  items_.push_back(item("CampaignVersion", name_of(row), "applied"));
  items_.back()["hash"] = row.hash;
  versions_.push_back({std::move(row), &campaign, known, std::move(asked), items_.size() - 1});
}

/// What is under the row's name and version: in this text, or stored.
std::optional<core::CampaignVersion> Application::find(const core::CampaignVersion& row) const {
  for (const Version& before : versions_) {
    if (same_campaign(before.row, row) && before.row.version == row.version) return before.row;
  }
  return rows_.campaign_version(row.name_space, row.name, row.version);
}

Answer Application::conflict(const core::CampaignVersion& known,
                             const core::CampaignVersion& row) const {
  Value body = changes_body(known, row);
  std::string free;
  if (const auto next = free_version(row)) {
    body["free"] = next->text();
    free = " (" + next->text() + " is free)";
  }
  return {core::status::conflict, "campaign " + name_of(row) + " exists with other content",
          "a version never changes: give the changed document another one" + free +
              ", or let the plane do it with --new-version",
          core::dump(body)};
}

std::optional<core::VersionName> Application::free_version(const core::CampaignVersion& row) const {
  core::CampaignVersion candidate = row;
  for (int tries = 0; tries < most_tries; ++tries) {
    const auto next = campaign::next_version(candidate.version);
    if (!next) return std::nullopt;
    candidate.version = *next;
    if (!find(candidate)) return *next;
  }
  return std::nullopt;
}

/// Nothing of its campaign changes: all its versions are known, and the last one is the newest.
bool Application::is_settled(const Version& version) const {
  for (const Version& other : versions_) {
    if (!same_campaign(other.row, version.row)) continue;
    if (!other.known) return false;
    if (!other.last_of_campaign) continue;
    const auto newest = rows_.newest(other.row.name_space, other.row.name);
    return newest && newest->hash == other.row.hash;
  }
  return false;
}

std::optional<Answer> Application::put_objects() {
  const auto& user = request_.asker.user;
  core::ObjectRegistry registry(rows_, now_, user.empty() ? "unnamed" : user.text(),
                                applied_.effects);
  std::vector<core::ObjectKey> keys;
  for (const auto* object : objects_) keys.push_back(object->key);
  auto error = registry.obstacle(keys);
  for (std::size_t i = 0; i < objects_.size() && !error; ++i) {
    const auto change = registry.put(keys[i], core::parse_object(objects_[i]->canonical));
    if (!change) {
      error = change.error();
      continue;
    }
    items_.push_back(item(keys[i].kind.text(), core::level_of(keys[i]), core::to_text(*change)));
  }
  if (!error) return std::nullopt;
  return Answer{error->status, error->message, error->hint, {}};
}

Applied Application::store() {
  std::vector<bool> settled;
  for (const Version& version : versions_) settled.push_back(is_settled(version));
  std::int64_t seq = rows_.last_applied_seq();
  for (std::size_t i = 0; i < versions_.size(); ++i) {
    Version& version = versions_[i];
    Value& told = items_[version.item];
    if (version.known) told["result"] = "unchanged";
    if (!version.asked.empty()) told["instead"] = version.asked;
    if (settled[i]) continue;
    version.row.applied_seq = ++seq;
    if (rows_.by_hash(version.row.hash)) {
      rows_.touch(version.row.hash, seq, now_);
      if (version.last_of_campaign) told["result"] = "the newest again";
    } else {
      rows_.insert(version.row);
    }
    auto fresh = trigger_rows(*version.campaign, version.row.hash);
    keep_switches(rows_.triggers(version.row.name_space, version.row.name), fresh);
    rows_.replace_triggers(version.row.name_space, version.row.name, fresh);
    rows_.close_lanes(version.row.name_space, version.row.name, now_);
    applied_.triggers_changed = true;
  }
  applied_.answer = {core::status::ok, {}, {}, core::dump({{"items", items_}})};
  return std::move(applied_);
}

}  // namespace

Applied apply_documents(store::Transaction& rows, const core::ApplyRequest& request,
                        const core::Providers& providers, core::Instant now,
                        const std::string& topic_root) {
  Applied refused;
  const auto documents = campaign::load(request.document, request.file, providers);
  if (!documents) {
    refused.answer = refuse(documents.error());
    return refused;
  }
  Application application(rows, request, now, topic_root);
  for (const auto& document : *documents) {
    if (auto answer = application.take(document)) {
      refused.answer = *std::move(answer);
      return refused;
    }
  }
  if (auto answer = application.put_objects()) {
    refused.answer = *std::move(answer);
    return refused;
  }
  return application.store();
}

}  // namespace antiphon::runtime
