// SPDX-License-Identifier: MIT
// Paho 1.3.12 leaves Nagle's algorithm on, with which one request in flight makes some twenty round
// trips a second. Its socket is found by its peer among the process's descriptors.
#include "connectors/bus/socket_options.hpp"

#include <dirent.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <charconv>
#include <string_view>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace antiphon::bus {
namespace {

/// Address and port as bytes, comparable between a resolved name and a peer.
std::string key_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return std::string(reinterpret_cast<const char*>(&v4.sin_addr), sizeof v4.sin_addr) +
           std::to_string(ntohs(v4.sin_port));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    return std::string(reinterpret_cast<const char*>(&v6.sin6_addr), sizeof v6.sin6_addr) +
           std::to_string(ntohs(v6.sin6_port));
  }
  return {};
}

std::vector<std::string> resolved(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list) != 0) return {};
  std::vector<std::string> keys;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next)
    keys.push_back(key_of(one->ai_addr));
  freeaddrinfo(list);
  return keys;
}

bool is_connected_to(int fd, const std::vector<std::string>& keys) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return false;
  const std::string key = key_of(reinterpret_cast<const sockaddr*>(&peer));
  for (const auto& one : keys) {
    if (one == key) return true;
  }
  return false;
}

}  // namespace

int set_tcp_nodelay(const std::string& host, int port) {
  const auto keys = resolved(host, port);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), closedir);
  if (!folder) return 0;
  int count = 0;
  while (const dirent* entry = readdir(folder.get())) {
    if (entry->d_name[0] == '.') continue;
    int fd = -1;
    const std::string_view name = entry->d_name;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    const int on = 1;
    if (is_connected_to(fd, keys) &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0) {
      ++count;
    }
  }
  return count;
}

}  // namespace antiphon::bus
