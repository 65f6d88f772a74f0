#pragma once
// What an application answers to a text: its webhook is asked, the answer (TwiML or plain text) is carried out, and
// what failed becomes an alert. One session is one incoming message; all it makes is committed together at its end.

#include <string>
#include <vector>

#include "messaging/messenger.hpp"
#include "twiml/document.hpp"

namespace dialtone::messaging {

inline constexpr int kDocumentsMax = 50;
inline constexpr int kReplyMessagesMax = 10;

/// Where a number's messages go: its application's hook when it has one, else its own.
Task<Hook> hook_of(rest::Services& services, const Number& number);

/// Parameters of the request that tells an application of an incoming message, in Twilio's order.
FormPairs inbound_params(const Message& message, const std::vector<MediaPart>& media);

/// What comes after a verb.
enum class Next : std::uint8_t { kContinue, kStop };

class ReplySession {
 public:
  ReplySession(Messenger& messenger, const Message& inbound, rest::AccountPtr account, std::string idempotency_token,
               store::Transaction& transaction);

  /// Asks the hook and carries out what it answers, to the end.
  Task<> run(Hook hook);

  // For the verbs.

  [[nodiscard]] const Message& inbound() const { return inbound_; }
  /// Sends a message; nothing, with an alert, when it cannot be sent. Counts towards the limits.
  Task<std::optional<Message>> send(Draft draft);
  /// The document goes on at `url` (resolved against the present one), asked with these parameters beside the
  /// message's.
  void go_to(std::string url, std::string method, FormPairs extra = {});
  /// Makes an absolute URL of one in the document; empty when it cannot be.
  [[nodiscard]] std::string resolve(std::string_view reference) const;
  void warn(const ErrorRow& row, std::string text);
  void fault(const ErrorRow& row, std::string text);

 private:
  struct Fetch {
    std::string url;
    std::string method;
    FormPairs extra;
  };

  /// One request; nullopt when it failed. The error is told to the debugger and goes to the fallback.
  Task<std::optional<webhook::Exchange>> fetch(const Fetch& what, std::string_view purpose, Error& error);
  /// Understands an answer. The error is an alert's code and text.
  Result<twiml::Document> understand(const webhook::Exchange& exchange);
  Task<> execute(const twiml::Document& document);
  void alert(int code, monitor::Level level, std::string text);

  Messenger& messenger_;
  const Message& inbound_;
  rest::AccountPtr account_;
  std::string idempotency_token_;
  store::Transaction& transaction_;
  FormPairs params_;
  std::optional<Fetch> next_;
  std::string document_url_;
  webhook::Exchange exchange_;  ///< the one that brought the present document
  std::string exchange_sid_;
  int documents_ = 0;
  int messages_ = 0;
};

/// A TwiML verb for messages: one file each in verbs/.
struct Verb {
  std::string_view name;
  std::vector<std::string_view> attributes;
  Task<Next> (*run)(ReplySession& session, const twiml::Element& element);
};

}  // namespace dialtone::messaging
