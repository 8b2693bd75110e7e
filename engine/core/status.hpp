// SPDX-License-Identifier: MIT
// State numbers and their texts: Symphony's (0..12000), and ours from 20000 up.
#pragma once

#include <string>

namespace antiphon::core::status {

inline constexpr int ok = 200;
inline constexpr int created = 201;
inline constexpr int accepted = 202;
inline constexpr int no_content = 204;
inline constexpr int bad_request = 400;
inline constexpr int unauthorized = 401;
inline constexpr int forbidden = 403;
inline constexpr int not_found = 404;
inline constexpr int method_not_allowed = 405;
inline constexpr int conflict = 409;
inline constexpr int too_large = 413;
inline constexpr int unprocessable = 422;
inline constexpr int internal_error = 500;
inline constexpr int unavailable = 503;
inline constexpr int bad_config = 1000;
inline constexpr int missing_config = 1001;
inline constexpr int running = 9994;
inline constexpr int paused = 9995;
inline constexpr int done = 9996;
inline constexpr int untouched = 9998;
inline constexpr int not_implemented = 9999;
inline constexpr int http_new_request = 10024;
inline constexpr int http_send = 10025;
inline constexpr int http_response = 10026;
inline constexpr int mqtt_publish_failed = 10027;
inline constexpr int http_wait_code = 10031;
inline constexpr int http_wait_new_request = 10032;
inline constexpr int http_wait_send = 10033;
inline constexpr int http_wait_response = 10034;
inline constexpr int http_wait_expression = 10035;
inline constexpr int script_failed = 10036;
inline constexpr int script_result_unreadable = 10037;
inline constexpr int wait_type = 10041;
inline constexpr int delete_instance_failed = 10054;
inline constexpr int create_instance_failed = 10055;
inline constexpr int deployment_not_reached = 10056;
inline constexpr int get_instance_failed = 10059;
inline constexpr int timed_out = 11004;
inline constexpr int cancelled = 20001;
inline constexpr int uncertain = 20002;
inline constexpr int skipped = 20003;
inline constexpr int rejected = 20004;

/// The number's text ("Internal Error"); "Unknown State: N" for one that has none.
std::string text(int status);

/// 200, 201, 202, 204 and 9996 are success; everything else is not.
bool is_success(int status);

}  // namespace antiphon::core::status
