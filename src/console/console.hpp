#pragma once
// The web console's server side: its files, its login, and the way its requests take to the APIs. The page uses the
// public REST API and the control API like any other client; what it has in place of credentials is a cookie. A request
// that comes with the cookie gets the account's credentials here, before the engine sees it:
//
//   /_console/session           who am I; opens by itself on loopback
//   /_console/api/PRODUCT/…     the REST API of PRODUCT.twilio.com
//   /_console/function/NAME/…   a function at NAME.twil.io, called from the editor
//   /_dialtone/v1/…             the control API (admit() is asked first)
//   anything else               the console's files, or its page
//
// What a cookie allows must not be had by other sites: the cookie is HttpOnly and SameSite=Strict, a change needs the
// session's token in a header, and a request that the browser says comes from elsewhere is refused.

#include <functional>
#include <string>
#include <string_view>

#include "accounts/directory.hpp"
#include "console/pack.hpp"
#include "console/sessions.hpp"
#include "net/http.hpp"
#include "rest/engine.hpp"

namespace dialtone::console {

inline constexpr std::string_view kConsolePrefix = "/_console/";

struct ConsoleOptions {
  bool loopback = false;  ///< the server is bound to loopback: a browser of this machine needs no login
  std::string version;
  std::string program;  ///< path of the executable, for the lines to copy
};

class Console {
 public:
  Console(accounts::Directory& accounts, const Pack& pack, ConsoleOptions options)
      : accounts_(accounts), pack_(pack), options_(std::move(options)) {}

  /// Gives a request that has our cookie its account's credentials. An answer when it must not pass.
  std::optional<net::Response> admit(net::Request& request);

  /// Is that for another of our hosts? Then readdress() is asked first, and finish() at the end.
  static bool passes_on(std::string_view target);
  /// Makes a request of the console one to Twilio's host, or to a function's. An answer when it must not pass.
  std::optional<net::Response> readdress(net::Request& request);
  /// Takes out of such an answer what is for other pages, and what a browser would act on.
  static void finish(net::Response& response);

  /// Answers what is not the control API's on the plain host.
  Task<net::Response> handle(net::Request& request);

 private:
  [[nodiscard]] const Session* session_of(const net::Request& request);
  [[nodiscard]] bool opens_by_itself(const net::Request& request) const;
  net::Response session(net::Request& request);
  net::Response log_in(net::Request& request);
  net::Response welcome(const net::Request& request, const Session& session, std::string_view new_secret) const;
  net::Response file(const net::Request& request, std::string_view path) const;
  net::Response page(std::string_view path) const;

  accounts::Directory& accounts_;
  const Pack& pack_;
  ConsoleOptions options_;
  Sessions sessions_;
};

}  // namespace dialtone::console
