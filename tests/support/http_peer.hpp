// SPDX-License-Identifier: MIT
// The other end of HTTP: a server of a test's own on a free loopback port, which answers as the
// test says and keeps what it was asked.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace antiphon::test {

struct HttpAsked {
  std::string line;  ///< "POST /v1alpha2/processor HTTP/1.1"
  std::string head;  ///< all header lines
  std::string body;
};

/// One connection after the other; each gets one answer and is closed.
class HttpPeer {
 public:
  /// `answer` gives the bytes to send, from the status line on, on the peer's thread; empty: it
  /// hangs up.
  explicit HttpPeer(std::function<std::string(const HttpAsked&)> answer);
  ~HttpPeer();
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<HttpAsked> asked() const;

  static std::string response(int code, const std::string& body);

 private:
  void serve();

  std::function<std::string(const HttpAsked&)> answer_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<HttpAsked> asked_;
  std::thread thread_;
};

}  // namespace antiphon::test
