// SPDX-License-Identifier: MIT
#include "connectors/providers/http_exchange.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "connectors/providers/curl_multi.hpp"
#include "connectors/providers/http_transfer.hpp"
#include "engine/core/status.hpp"

namespace antiphon::providers {

namespace status = core::status;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class HttpExchange::Curl {
 public:
  Curl(const HttpOptions& options, HttpMessage message, std::size_t most_body,
       steady_clock::time_point until)
      : multi_(make_multi()),
        until_(until),
        transfer_(options, std::move(message), most_body,
                  core::milliseconds(std::max<std::int64_t>(left().count(), 1))) {}

  ~Curl() { curl_multi_cleanup(multi_); }
  Curl(const Curl&) = delete;
  Curl& operator=(const Curl&) = delete;

  core::Result<HttpReply> carry_out(const std::function<bool()>& stopped) {
    while (transfer_.prepare()) {
      // Whoever is asked may be silent for as long as its work takes.
      curl_easy_setopt(transfer_.handle(), CURLOPT_LOW_SPEED_TIME, 0L);
      curl_multi_add_handle(multi_, transfer_.handle());
      const auto code = await_end(stopped);
      curl_multi_remove_handle(multi_, transfer_.handle());
      if (stopped()) return core::failure(status::cancelled, "it was stopped");
      const bool late = left().count() <= 0;
      if (!code || (late && code == CURLE_OPERATION_TIMEDOUT)) {
        return core::failure(status::timed_out, "no answer in time");
      }
      if (!transfer_.finished(*code)) break;
    }
    auto answer = std::move(transfer_).answer();
    if (!answer) return tl::unexpected(answer.error());
    return HttpReply{answer->code, std::move(answer->body)};
  }

  void wake() { curl_multi_wakeup(multi_); }

 private:
  milliseconds left() const { return duration_cast<milliseconds>(until_ - steady_clock::now()); }

  /// None: it was stopped, or the time is over.
  std::optional<CURLcode> await_end(const std::function<bool()>& stopped) {
    constexpr milliseconds longest{1000};
    int running = 1;
    while (!stopped() && left().count() > 0) {
      curl_multi_perform(multi_, &running);
      int more = 0;
      const CURLMsg* message = curl_multi_info_read(multi_, &more);
      if (message != nullptr) return message->data.result;
      const auto pause = std::clamp(left(), milliseconds(0), longest);
      curl_multi_poll(multi_, nullptr, 0, static_cast<int>(pause.count()), nullptr);
    }
    return std::nullopt;
  }

  CURLM* multi_;
  steady_clock::time_point until_;
  HttpTransfer transfer_;
};

HttpExchange::HttpExchange(const HttpOptions& options, HttpMessage message, std::size_t most_body,
                           steady_clock::time_point until)
    : curl_(std::make_unique<Curl>(options, std::move(message), most_body, until)) {}
HttpExchange::~HttpExchange() = default;

core::Result<HttpReply> HttpExchange::carry_out(const std::function<bool()>& stopped) {
  return curl_->carry_out(stopped);
}

void HttpExchange::wake() {
  curl_->wake();
}

}  // namespace antiphon::providers
