#pragma once
// TwiML Bins: documents that are kept here and served to webhooks at https://handler.twilio.com/twiml/EH…, with
// parameters of the request put in where the text says `{{Name}}`.

#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"
#include "rest/context.hpp"

namespace dialtone::bins {

inline constexpr std::string_view kHost = "handler.twilio.com";
inline constexpr std::size_t kTwimlBytesMax = 64 * 1024;
inline constexpr std::size_t kNameBytesMax = 255;
inline constexpr std::string_view kOwnersScope = "system/Bins";  ///< whose a bin is, by its SID

struct Finding {
  int line = 0;  ///< 0: of the whole
  bool error = false;
  std::string text;
};

/// What is wrong with a bin's text, or strange.
std::vector<Finding> examine(std::string_view twiml);

class Bins {
 public:
  explicit Bins(rest::Services& services) : services_(services) {}

  Task<std::vector<json::object>> list(std::string account_sid);
  Task<Result<json::object>> fetch(std::string account_sid, std::string sid);
  /// Errors: 20001 without a name, with a text that is no TwiML or is too long.
  Task<Result<json::object>> create(std::string account_sid, std::string name, std::string twiml);
  Task<Result<json::object>> update(std::string account_sid, std::string sid, std::optional<std::string> name,
                                    std::optional<std::string> twiml);
  Task<Result<>> remove(std::string account_sid, std::string sid);

  /// For an account that goes: erases what is kept of its bins outside of its scopes, in the caller's transaction.
  Task<> erase(store::Transaction& transaction, std::string account_sid);

  /// Answers a request to the handler's host.
  Task<net::Response> serve(const net::Request& request);

 private:
  Task<Result<json::object>> save(json::object bin, bool is_new);

  rest::Services& services_;
};

}  // namespace dialtone::bins
