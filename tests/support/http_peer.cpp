// SPDX-License-Identifier: MIT
#include "tests/support/http_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <stdexcept>

namespace antiphon::test {
namespace {

/// None: whoever asked hung up first.
std::optional<HttpAsked> read_request(int connection) {
  std::string text;
  char bytes[4096];
  std::size_t head_end = std::string::npos;
  std::size_t wanted = 0;
  while (head_end == std::string::npos || text.size() < wanted) {
    const ssize_t count = ::read(connection, bytes, sizeof bytes);
    if (count <= 0) return std::nullopt;
    text.append(bytes, static_cast<std::size_t>(count));
    if (head_end != std::string::npos) continue;
    head_end = text.find("\r\n\r\n");
    if (head_end == std::string::npos) continue;
    const auto length = text.find("Content-Length: ");
    const bool has_body = length < head_end;
    wanted = head_end + 4 + (has_body ? std::stoul(text.substr(length + 16)) : 0);
  }
  const auto line_end = text.find("\r\n");
  return HttpAsked{text.substr(0, line_end), text.substr(line_end + 2, head_end - line_end),
                   text.substr(head_end + 4)};
}

void write_all(int connection, const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t count = ::send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace

HttpPeer::HttpPeer(std::function<std::string(const HttpAsked&)> answer)
    : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const bool listens = ::bind(listener_, generic, size) == 0 && ::listen(listener_, 64) == 0 &&
                       ::getsockname(listener_, generic, &size) == 0;
  if (!listens) throw std::runtime_error("cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

HttpPeer::~HttpPeer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::vector<HttpAsked> HttpPeer::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

std::string HttpPeer::response(int code, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(code) +
         " x\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
         body;
}

void HttpPeer::serve() {
  while (true) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    if (const auto request = read_request(connection)) {
      {
        const std::lock_guard lock(mutex_);
        asked_.push_back(*request);
      }
      write_all(connection, answer_(*request));
    }
    ::close(connection);
  }
}

}  // namespace antiphon::test
