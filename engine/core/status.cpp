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
    Row{3030, "API Redirect"},
    Row{4000, "File Access Error"},
    Row{5000, "Serialization Error"},
    Row{5001, "De-serialization Error"},
    Row{6000, "Delete Requested"},
    Row{8001, "Update Failed"},
    Row{8002, "Delete Failed"},
    Row{8003, "Validate Failed"},
    Row{8004, "Updated"},
    Row{8005, "Deleted"},
    Row{running, "Running"},
    Row{paused, "Paused"},
    Row{done, "Done"},
    Row{9997, "Delayed"},
    Row{untouched, "Untouched"},
    Row{not_implemented, "Not Implemented"},
    Row{10000, "Init Failed"},
    Row{http_new_request, "Http New Request Failed"},
    Row{http_send, "Http Send Request Failed"},
    Row{http_response, "Http Error Response"},
    Row{mqtt_publish_failed, "Mqtt Publish Failed"},
    Row{10028, "Mqtt Apply Failed"},
    Row{10029, "Mqtt Apply Timeout"},
    Row{http_wait_code, "Http Bad Wait Status Code"},
    Row{http_wait_new_request, "Http New Wait Request Failed"},
    Row{http_wait_send, "Http Send Wait Request Failed"},
    Row{http_wait_response, "Http Error Wait Response"},
    Row{http_wait_expression, "Http Bad Wait Expression"},
    Row{script_failed, "Script Execution Failed"},
    Row{script_result_unreadable, "Script Result Parsing Failed"},
    Row{10038, "Wait To Get Instances Failed"},
    Row{10039, "Wait To Get Sites Failed"},
    Row{10040, "Wait To Get Catalogs Failed"},
    Row{wait_type, "Invalid Wait Object Type"},
    Row{10042, "Get Catalogs Failed"},
    Row{10051, "Parent Object Missing"},
    Row{10052, "Parent Object Create Failed"},
    Row{delete_instance_failed, "Delete Instance Failed"},
    Row{create_instance_failed, "Create Instance Failed"},
    Row{deployment_not_reached, "Deployment Not Reached"},
    Row{10057, "Invalid Object Type"},
    Row{10058, "Unsupported Action"},
    Row{get_instance_failed, "Get Instance Failed"},
    Row{10060, "Get Target Failed"},
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
