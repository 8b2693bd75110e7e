// SPDX-License-Identifier: MIT
// The only file that calls Paho: its exceptions end here, and so do its surprises (ARCHITECTURE.md
// names them).
#include "connectors/bus/connection.hpp"

#include <mqtt/async_client.h>

#include <array>
#include <chrono>
#include <utility>

#include "connectors/bus/paho_messages.hpp"

namespace antiphon::bus {
namespace {

/// Above our own window, or Paho refuses what is in flight only.
constexpr int paho_queue = 65'535;
/// For TCP, TLS and CONNACK together; Paho looks at it every three seconds.
constexpr std::chrono::seconds connect_timeout{10};

std::string paho_uri(const BrokerAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (address.tls ? "ssl://" : "tcp://") + (v6 ? '[' + address.host + ']' : address.host) +
         ':' + std::to_string(address.port);
}

std::chrono::seconds rounded_up(core::Duration duration) {
  return std::chrono::seconds((duration.ms + 999) / 1000);
}

mqtt::ssl_options tls_options(const TlsFiles& files) {
  mqtt::ssl_options tls;
  if (!files.ca.empty()) tls.set_trust_store(files.ca);
  if (!files.certificate.empty()) tls.set_key_store(files.certificate);
  if (!files.key.empty()) tls.set_private_key(files.key);
  tls.set_enable_server_cert_auth(true);
  tls.set_verify(true);
  return tls;
}

/// Why a connect failed, for people. Codes above 0 are the broker's own words.
std::string connect_problem(int code, const BusOptions& options) {
  static constexpr std::array<const char*, 6> words_3{"",
                                                      "protocol version refused",
                                                      "client id refused",
                                                      "server unavailable",
                                                      "bad user name or password",
                                                      "not authorized"};
  if (code > 0 && options.mqtt_version < 5 && code < static_cast<int>(words_3.size())) {
    return std::string("the broker refuses: ") + words_3[static_cast<std::size_t>(code)];
  }
  if (code > 0) return "the broker refuses: " + mqtt::exception::reason_code_str(code);
  return "no connection to " + options.uri;
}

void* as_context(std::uint64_t ticket) {
  return reinterpret_cast<void*>(ticket);  // NOLINT(performance-no-int-to-ptr): never dereferenced
}

static_assert(sizeof(void*) >= sizeof(std::uint64_t), "a ticket travels through Paho as a pointer");

}  // namespace

class Connection::Paho : public mqtt::iaction_listener {
 public:
  Paho(const BusOptions& options, const BrokerAddress& address, const ConnectionEvents& events)
      : events_(events),
        options_(options),
        client_(paho_uri(address), options.client_id,
                mqtt::create_options(options.mqtt_version, paho_queue)) {
    fill_connect_options(address.tls);
    client_.set_message_callback([this](const mqtt::const_message_ptr& message) {
      auto ids = subscription_ids(*message);
      events_.message(received(*message), std::move(ids));
    });
    client_.set_connection_lost_handler([this](const std::string&) {
      events_.closed("the connection to " + options_.uri + " is lost");
    });
  }

  void connect() { client_.connect(connect_options_, nullptr, *this); }

  void on_success(const mqtt::token& token) override {
    switch (token.get_type()) {
      case mqtt::token::CONNECT:
        return events_.opened(granted(token));
      case mqtt::token::SUBSCRIBE:
        return events_.subscribed((*token.get_topics())[0], "");
      case mqtt::token::PUBLISH:
        return answer(token, Published::acknowledged);
      default:
        return;
    }
  }

  void on_failure(const mqtt::token& token) override {
    const int reason = token.get_reason_code();
    const bool refused =
        options_.mqtt_version >= 5 ? reason >= 0x80 : token.get_return_code() == 0x80;
    switch (token.get_type()) {
      case mqtt::token::CONNECT:
        return events_.closed(connect_problem(token.get_return_code(), options_));
      case mqtt::token::SUBSCRIBE:
        // Unanswered, the connection is gone, and `closed` says so.
        return events_.subscribed((*token.get_topics())[0], refused ? "the broker refuses it" : "");
      case mqtt::token::PUBLISH:
        return answer(token, refused ? Published::refused : Published::unknown);
      default:
        return;
    }
  }

  mqtt::async_client& client() { return client_; }

 private:
  /// In place and with the properties last: copying or moving connect_options crashes when the
  /// original is gone.
  void fill_connect_options(bool tls) {
    connect_options_.set_mqtt_version(options_.mqtt_version);
    connect_options_.set_keep_alive_interval(rounded_up(options_.keep_alive));
    connect_options_.set_connect_timeout(connect_timeout);
    connect_options_.set_max_inflight(paho_queue);
    connect_options_.set_automatic_reconnect(false);
    if (options_.credentials) {
      connect_options_.set_user_name(options_.credentials->user);
      connect_options_.set_password(options_.credentials->password);
    }
    if (tls) connect_options_.set_ssl(tls_options(options_.tls.value_or(TlsFiles{})));
    if (options_.will) {
      connect_options_.set_will(mqtt::will_options(options_.will->topic, options_.will->payload,
                                                   options_.will->qos, options_.will->retain));
    }
    if (options_.mqtt_version < 5) {
      connect_options_.set_clean_session(!options_.persistent_session);
      return;
    }
    connect_options_.set_clean_start(!options_.persistent_session);
    connect_options_.set_properties(connect_properties(options_));
  }

  Granted granted(const mqtt::token& token) const {
    const auto response = token.get_connect_response();
    Granted granted;
    granted.session_present = response.is_session_present();
    if (options_.mqtt_version >= 5) read_limits(response.get_properties(), granted);
    return granted;
  }

  void answer(const mqtt::token& token, Published published) const {
    events_.answered(reinterpret_cast<std::uintptr_t>(token.get_user_context()), published);
  }

  const ConnectionEvents& events_;
  const BusOptions& options_;
  mqtt::connect_options connect_options_;
  mqtt::async_client client_;
};

Connection::Connection(const BusOptions& options, const BrokerAddress& address,
                       ConnectionEvents events)
    : options_(options), address_(address), events_(std::move(events)) {}

Connection::~Connection() = default;

void Connection::attempt() {
  try {
    if (!paho_) paho_ = std::make_unique<Paho>(options_, address_, events_);
    paho_->connect();
  } catch (const mqtt::exception& problem) {
    events_.closed(problem.what());
  }
}

void Connection::subscribe(const std::string& filter,
                           std::optional<std::uint32_t> subscription_id) {
  try {
    mqtt::subscribe_options how;
    mqtt::properties properties;
    if (options_.mqtt_version >= 5) how.set_retain_as_published(options_.retain_as_published);
    if (subscription_id) {
      properties.add(
          {mqtt::property::SUBSCRIPTION_IDENTIFIER, static_cast<std::int32_t>(*subscription_id)});
    }
    paho_->client().subscribe(filter, 1, nullptr, *paho_, how, properties);
  } catch (const mqtt::exception& problem) {
    events_.subscribed(filter, problem.what());
  }
}

void Connection::unsubscribe(const std::string& filter) {
  try {
    paho_->client().unsubscribe(filter);
  } catch (const mqtt::exception&) {
    // The connection is gone, and with the next one it is unsubscribed again or stands in no
    // session.
  }
}

void Connection::publish(std::uint64_t ticket, Outgoing message) {
  try {
    paho_->client().publish(paho_message(std::move(message), options_.mqtt_version),
                            as_context(ticket), *paho_);
  } catch (const mqtt::exception&) {
    events_.answered(ticket, Published::unknown);
  }
}

}  // namespace antiphon::bus
