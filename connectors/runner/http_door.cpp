// SPDX-License-Identifier: MIT
#include "connectors/runner/http_door.hpp"

#include <httplib.h>

#include <atomic>
#include <future>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "connectors/runner/tokens.hpp"
#include "connectors/wire/guard.hpp"
#include "engine/core/json.hpp"
#include "engine/core/limits.hpp"
#include "engine/core/status.hpp"

namespace antiphon::runner {
namespace {

namespace status = core::status;
using core::Value;

/// The states that are no code of HTTP are the server's trouble.
int code_of(int state) {
  return state >= 200 && state < 600 ? state : status::internal_error;
}

void send(httplib::Response& out, const symphony::Response& response) {
  out.status = code_of(response.state);
  out.set_content(response.body, response.content_type.c_str());
}

std::string text_in(const Value& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

class HttpDoor::Server {
 public:
  Server(HttpOptions options, Service& service)
      : options_(std::move(options)), service_(service), tokens_(options_.fresh_token) {
    server_.new_task_queue = [this] { return new httplib::ThreadPool(options_.asking_most); };
    server_.set_payload_max_length(core::limits::message_bytes);
    server_.set_keep_alive_max_count(1);
    server_.Post("/v1alpha2/users/auth",
                 [this](const auto& in, auto& out) { authenticate(in, out); });
    server_.Post("/v1alpha2/processor", [this](const auto& in, auto& out) { process(in, out); });
    server_.set_error_handler([](const httplib::Request&, httplib::Response& out) {
      if (out.body.empty() && out.status == status::not_found) {
        out.set_content("route not found (a runner has /v1alpha2/processor)", "text/plain");
      }
    });
  }

  core::Result<int> open() {
    port_ = options_.port;
    if (port_ == 0) {
      port_ = server_.bind_to_any_port(options_.host.c_str());
    } else if (!server_.bind_to_port(options_.host.c_str(), port_)) {
      port_ = -1;
    }
    if (port_ < 0) {
      return core::failure(
          status::bad_config,
          "cannot listen on " + options_.host + ":" + std::to_string(options_.port),
          "an address of this machine, and a port that nobody has");
    }
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
    return port_;
  }

  void close() {
    if (!thread_.joinable()) return;
    while (!server_.is_running() && !ended_) std::this_thread::yield();  // only then stop() counts
    server_.stop();
    thread_.join();
  }

 private:
  void authenticate(const httplib::Request& in, httplib::Response& out) {
    const auto body = wire::parse_guarded(in.body, core::limits::message_bytes);
    // Without a user of its own the runner serves everybody; who logs in all the same gets a token.
    const bool right =
        body && body->is_object() &&
        (options_.user.empty() || (same(text_in(*body, "username"), options_.user) &&
                                   same(text_in(*body, "password"), options_.password)));
    if (!right) {
      return send(out, refusal({status::unauthorized, "this user is not let in",
                                "{\"username\", \"password\"} as the runner has them"},
                               {}));
    }
    const Value token{{"accessToken", tokens_.give()}, {"tokenType", "Bearer"}};
    out.set_content(core::dump(token), "application/json");
  }

  void process(const httplib::Request& in, httplib::Response& out) {
    if (!options_.user.empty() && !tokens_.knows(in.get_header_value("Authorization"))) {
      return send(out, refusal({status::unauthorized, "no bearer token that is known here",
                                "POST /v1alpha2/users/auth gives one"},
                               {}));
    }
    symphony::Request request;
    request.route = "processor";
    request.body = in.body;
    request.id = in.get_header_value("X-Request-Id");
    if (request.id.size() > core::limits::identity_bytes) {
      return send(out,
                  refusal({status::bad_request, "X-Request-Id is too long",
                           "at most " + std::to_string(core::limits::identity_bytes) + " bytes"},
                          {}));
    }
    const auto answer = std::make_shared<std::promise<symphony::Response>>();
    service_.handle(std::move(request),
                    [answer](const symphony::Response& response) { answer->set_value(response); });
    send(out, answer->get_future().get());
  }

  const HttpOptions options_;
  Service& service_;
  Tokens tokens_;
  httplib::Server server_;
  int port_ = 0;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

HttpDoor::HttpDoor(HttpOptions options, Service& service)
    : server_(std::make_unique<Server>(std::move(options), service)) {}

HttpDoor::~HttpDoor() {
  close();
}

core::Result<int> HttpDoor::open() {
  return server_->open();
}

void HttpDoor::close() {
  server_->close();
}

}  // namespace antiphon::runner
