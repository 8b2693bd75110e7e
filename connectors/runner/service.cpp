// SPDX-License-Identifier: MIT
#include "connectors/runner/service.hpp"

#include <spdlog/spdlog.h>

#include "engine/core/status.hpp"

namespace antiphon::runner {
namespace {

namespace status = core::status;

symphony::Response response_of(const symphony::StageStatus& end, const std::string& id) {
  symphony::Response response;
  response.state = end.status == status::done ? status::ok : status::internal_error;
  response.body = to_text(end);
  response.id = id;
  return response;
}

void tell(const symphony::ActivationData& data, const symphony::StageStatus& end) {
  spdlog::info("{} stage {} ({}): {} {}", data.activation, data.stage, data.provider, end.status,
               end.error_message.empty() ? status::text(end.status) : end.error_message);
}

}  // namespace

symphony::Response refusal(const core::Error& error, const std::string& id) {
  const std::string hint = error.hint.empty() ? "" : " (" + error.hint + ")";
  return {error.status, "text/plain", error.message + hint, id};
}

void Service::handle(symphony::Request request, const Reply& reply) {
  const std::string route = request.route.substr(request.route.rfind('/') + 1);
  if (route != "processor") {
    return reply(
        refusal({status::not_found, "route not found", "a runner has 'processor'"}, request.id));
  }
  if (!request.method.empty() && request.method != "POST") {
    return reply(refusal({status::method_not_allowed, "'processor' takes POST"}, request.id));
  }
  if (request.id.empty()) return process(request, reply);
  if (!book_.take(request, reply)) return;
  process(request, [this, id = request.id](const symphony::Response& response) {
    book_.settle(id, response);
  });
}

void Service::process(const symphony::Request& request, const Reply& reply) {
  auto data = symphony::read_activation(request.body);
  if (!data) return reply(refusal(data.error(), request.id));
  const symphony::ActivationData told = *data;
  desk_.carry_out(std::move(*data),
                  [told, reply, id = request.id](const symphony::StageStatus& end) {
                    tell(told, end);
                    reply(response_of(end, id));
                  });
}

}  // namespace antiphon::runner
