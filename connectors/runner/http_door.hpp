// SPDX-License-Identifier: MIT
// A runner's door to HTTP: POST /v1alpha2/processor gives a StageStatus; with a user configured it
// wants a bearer token from POST /v1alpha2/users/auth. No TLS: it stands behind a proxy that has
// it, or on loopback. No header of cpp-httplib is seen from here.
#pragma once

#include <memory>
#include <string>

#include "connectors/runner/service.hpp"
#include "engine/core/error.hpp"

namespace antiphon::runner {

struct HttpOptions {
  std::string host = "127.0.0.1";
  int port = 0;      ///< 0: any free one
  std::string user;  ///< empty: everybody may ask
  std::string password;
  std::size_t asking_most = 64;  ///< connections at once
  std::function<std::string()> fresh_token;
};

class HttpDoor {
 public:
  HttpDoor(HttpOptions options, Service& service);
  ~HttpDoor();
  HttpDoor(const HttpDoor&) = delete;
  HttpDoor& operator=(const HttpDoor&) = delete;

  /// Listens from now on, on threads of its own; the port.
  core::Result<int> open();
  /// Takes no more connections; who is waited for still gets an answer. Blocks until then: stop the
  /// desk first.
  void close();

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace antiphon::runner
