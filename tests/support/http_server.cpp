// SPDX-License-Identifier: MIT
#include "tests/support/http_server.hpp"

#include <sstream>
#include <vector>

#include "tests/support/await.hpp"

namespace antiphon::test {

HttpServer::HttpServer(const std::string& certificate, const std::string& key)
    : tls_(!certificate.empty()),
      process_(tls_ ? std::vector<std::string>{"python3", ANTIPHON_HTTP_SERVER, certificate, key}
                    : std::vector<std::string>{"python3", ANTIPHON_HTTP_SERVER}) {
  await([this] { return process_.out().find('\n') != std::string::npos; });
  port_ = std::stoi(process_.out().substr(std::string("port ").size()));
}

std::string HttpServer::url(const std::string& path) const {
  return (tls_ ? "https://" : "http://") + authority() + path;
}

std::size_t HttpServer::asked(const std::string& request) const {
  std::istringstream lines(process_.out());
  std::size_t times = 0;
  for (std::string line; std::getline(lines, line);) times += line == request ? 1 : 0;
  return times;
}

void HttpServer::await_asked(const std::string& request) const {
  await([&] { return asked(request) > 0; });
}

}  // namespace antiphon::test
