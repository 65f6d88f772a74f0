#pragma once
// What happens by itself when a phone says STOP, START or HELP: the opt-out is kept or lifted in the transaction that
// takes the message, and an answer goes back. The answer is no resource of the API and costs nothing; the application
// is told of the message as of any other.

#include "messaging/carrier.hpp"
#include "messaging/keywords.hpp"
#include "messaging/messaging_services.hpp"
#include "messaging/opt_outs.hpp"

namespace dialtone::messaging {

class AutoReplies {
 public:
  AutoReplies(rest::Services& services, OptOuts& opt_outs) : services_(services), opt_outs_(opt_outs) {}
  void use(Carrier& carrier) { carrier_ = &carrier; }
  /// Registers with the outbox.
  void start();

  /// Heeds an incoming message. `service` is the one of its number, null when there is none.
  void heed(Message& message, const Number& number, const MessagingService* service, store::Transaction& transaction);

 private:
  Task<Result<>> answer(store::OutboxRow row);

  rest::Services& services_;
  OptOuts& opt_outs_;
  Carrier* carrier_ = nullptr;
};

}  // namespace dialtone::messaging
