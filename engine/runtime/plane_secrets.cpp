// SPDX-License-Identifier: MIT
// Where a plane opens secrets: when work is started and when a command leaves, after the commit;
// and where it takes them out of what comes back, before anything of it is stored.
#include <spdlog/spdlog.h>

#include "engine/core/masks.hpp"
#include "engine/core/planted.hpp"
#include "engine/core/secret_requests.hpp"
#include "engine/runtime/plane.hpp"

namespace antiphon::runtime {

void Plane::begin_work(Work work) {
  auto opened = core::open_request(work.request, options_.plane.secrets);
  if (opened) {
    work.request = *std::move(opened);
  } else {
    work.unfit = std::move(opened.error());
  }
  worker_.start(work);
}

/// What cannot be opened is still owed, and tried again like what the bus lost.
void Plane::send_command(const core::PlaneName& site, core::Command command) {
  if (const auto opened = core::open_command(command, options_.plane.secrets); !opened) {
    spdlog::error("task {} is not sent to {}: {} ({})", command.id.text(), site.text(),
                  opened.error().message, opened.error().hint);
    return;
  }
  messenger_.send(ToSite{site, std::move(command)});
}

void Plane::mask(const core::Task& task, core::JsonText& outputs, std::string& error,
                 std::optional<core::WorkLog>& log) const {
  if (!core::has_secrets(task.request) || core::planted(core::Planted::secrets_told)) return;
  const core::Masks masks(core::secret_texts(task.request, options_.plane.secrets));
  outputs = masks.json(outputs);
  error = masks.text(std::move(error));
  if (!log) return;
  log->out = masks.text(std::move(log->out));
  log->err = masks.text(std::move(log->err));
}

}  // namespace antiphon::runtime
