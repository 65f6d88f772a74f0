#pragma once
// A webhook's exchange as it is kept and shown: the JSON of a record. Written straight into text, for it is made for
// every status callback of every message.

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "webhook/client.hpp"

namespace dialtone::monitor {

/// Whose exchange it is, and what for.
struct ExchangeLabel {
  std::string_view sid;
  std::string_view account_sid;
  std::string_view subject;  ///< message, verification, …
  std::string_view purpose;  ///< "inbound", "status", …
  TimePoint at;
};

std::string exchange_json(const webhook::Exchange& exchange, const ExchangeLabel& label);

/// Bytes that are no UTF-8 cannot stand in JSON; they are shown as U+FFFD.
std::string printable(std::string_view bytes);

}  // namespace dialtone::monitor
