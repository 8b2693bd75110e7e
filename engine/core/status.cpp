// SPDX-License-Identifier: MIT
#include "engine/core/status.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace antiphon::core::status {
namespace {

struct Row {
  int number;
  std::string_view text;
};

constexpr std::array rows{
    Row{0, "None"},
    Row{ok, "OK"},
    Row{created, "Created"},
    Row{accepted, "Accepted"},
    Row{no_content, "No Content"},
    Row{bad_request, "Bad Request"},
    Row{unauthorized, "Unauthorized"},
    Row{forbidden, "Forbidden"},
    Row{not_found, "Not Found"},
    Row{method_not_allowed, "Method Not Allowed"},
    Row{conflict, "Conflict"},
    Row{too_large, "Too Large"},
    Row{unprocessable, "Unprocessable Entity"},
    Row{internal_error, "Internal Error"},
    Row{unavailable, "Unavailable"},
    Row{bad_config, "Bad Config"},
    Row{1001, "Missing Config"},
    Row{2000, "Invalid Argument"},
    Row{running, "Running"},
    Row{paused, "Paused"},
    Row{done, "Done"},
    Row{9997, "Delayed"},
    Row{untouched, "Untouched"},
    Row{not_implemented, "Not Implemented"},
    Row{http_new_request, "Http New Request Failed"},
    Row{http_send, "Http Send Request Failed"},
    Row{http_response, "Http Error Response"},
    Row{http_wait_code, "Http Bad Wait Status Code"},
    Row{http_wait_new_request, "Http New Wait Request Failed"},
    Row{http_wait_send, "Http Send Wait Request Failed"},
    Row{http_wait_response, "Http Error Wait Response"},
    Row{http_wait_expression, "Http Bad Wait Expression"},
    Row{script_failed, "Script Execution Failed"},
    Row{script_result_unreadable, "Script Result Parsing Failed"},
    Row{wait_type, "Invalid Wait Object Type"},
    Row{delete_instance_failed, "Delete Instance Failed"},
    Row{create_instance_failed, "Create Instance Failed"},
    Row{deployment_not_reached, "Deployment Not Reached"},
    Row{get_instance_failed, "Get Instance Failed"},
    Row{timed_out, "Timed Out"},
    Row{cancelled, "Cancelled"},
    Row{uncertain, "Uncertain"},
    Row{skipped, "Skipped"},
    Row{rejected, "Rejected"},
};

}  // namespace

std::string text(int status) {
  const auto row =
      std::find_if(rows.begin(), rows.end(), [status](const Row& r) { return r.number == status; });
  return row == rows.end() ? "Unknown State: " + std::to_string(status) : std::string(row->text);
}

bool is_success(int status) {
  return status == ok || status == created || status == accepted || status == no_content ||
         status == done;
}

}  // namespace antiphon::core::status
