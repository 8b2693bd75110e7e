// SPDX-License-Identifier: MIT
// A server on loopback for those who ask over HTTP: http_server.py says what it answers to what.
#pragma once

#include <string>

#include "tests/support/process.hpp"

namespace antiphon::test {

class HttpServer {
 public:
  /// With both files: over TLS.
  explicit HttpServer(const std::string& certificate = {}, const std::string& key = {});

  std::string url(const std::string& path) const;
  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Requests that reached it, as "GET /path".
  std::size_t asked(const std::string& request) const;
  void await_asked(const std::string& request) const;

 private:
  bool tls_;
  ChildProcess process_;
  int port_ = 0;
};

}  // namespace antiphon::test
