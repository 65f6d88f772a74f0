#pragma once
// What can go wrong. Everything derives from twilio::Error:
//
//     try { client.api().messages().create({.to = to, .body = body}); }
//     catch (const twilio::ApiError& error) { error.status(); error.code(); error.more_info(); }

#include <stdexcept>
#include <string>

#include "twilio/json.hpp"

namespace twilio {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The API answered, and the answer is an error.
class ApiError : public Error {
 public:
  ApiError(int status, int code, const std::string& message, std::string more_info, Json details,
           std::string request_id);

  /// The HTTP status.
  int status() const { return status_; }
  /// Twilio's error code, 0 when the answer has none. See https://www.twilio.com/docs/api/errors
  int code() const { return code_; }
  const std::string& message() const { return message_; }
  /// The address of the page that explains the code.
  const std::string& more_info() const { return more_info_; }
  const Json& details() const { return details_; }
  /// Twilio's name of the request, for questions to its support.
  const std::string& request_id() const { return request_id_; }

 private:
  int status_;
  int code_;
  std::string message_;
  std::string more_info_;
  Json details_;
  std::string request_id_;
};

/// No answer came: no connection, a certificate that is not trusted, a broken answer, a client that was closed.
class TransportError : public Error {
 public:
  enum class Reason { kConnect, kTls, kProxy, kBroken, kTimeout, kClosed };

  TransportError(Reason reason, const std::string& what, bool may_have_happened)
      : Error(what), reason_(reason), may_have_happened_(may_have_happened) {}

  Reason reason() const { return reason_; }
  /// The request was sent, so its effect may be there although no answer is.
  bool may_have_happened() const { return may_have_happened_; }

 private:
  Reason reason_;
  bool may_have_happened_;
};

/// The answer came and is not what the API's description promises.
class DecodeError : public Error {
 public:
  using Error::Error;
};

}  // namespace twilio
