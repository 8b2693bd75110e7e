// SPDX-License-Identifier: MIT
// What operators, devices and pipelines ask of a plane, read from the message: activate, verbs,
// apply, query.
#pragma once

#include "connectors/wire/decode.hpp"

namespace antiphon::wire {

// Each gives the request or the refusal with the asker in it, so that the asker can be answered.
tl::expected<Inbound, Refused> read_activate(const Mailbox& mailbox, const address::Activate& to,
                                             const bus::Received& received);
tl::expected<Inbound, Refused> read_verb(const Mailbox& mailbox, const address::Act& to,
                                         const bus::Received& received);
tl::expected<Inbound, Refused> read_step(const Mailbox& mailbox, const address::Act& to,
                                         const bus::Received& received);
tl::expected<Inbound, Refused> read_vote(const Mailbox& mailbox, const address::Act& to,
                                         const bus::Received& received);
tl::expected<Inbound, Refused> read_signal(const Mailbox& mailbox, const address::Signal& to,
                                           const bus::Received& received);
tl::expected<Inbound, Refused> read_apply(const Mailbox& mailbox, const address::Apply& to,
                                          const bus::Received& received);
tl::expected<Inbound, Refused> read_delete(const Mailbox& mailbox, const address::Delete& to,
                                           const bus::Received& received);
tl::expected<Inbound, Refused> read_switch(const Mailbox& mailbox, const address::Switch& to,
                                           const bus::Received& received);
tl::expected<Inbound, Refused> read_query(const Mailbox& mailbox, const address::Query& to,
                                          const bus::Received& received);
/// Refuses whatever was asked with `error`, the asker as far as the message tells it.
Refused refuse_request(const Mailbox& mailbox, const core::UserName& user,
                       const bus::Received& received, core::Error error);
/// The error for an act of the protocol that this plane cannot do.
core::Error unsupported(std::string_view what);

}  // namespace antiphon::wire
