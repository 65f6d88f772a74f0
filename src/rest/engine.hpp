#pragma once
// From an HTTP request to an API answer: authenticate, route by the catalogue, decode, check, run the behaviour,
// render. Anything may be asked of it; every request gets an answer in Twilio's envelope.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/http.hpp"
#include "rest/context.hpp"
#include "rest/generic.hpp"
#include "rest/model.hpp"

namespace dialtone::rest {

class Engine {
 public:
  Engine(Services& services, Authenticator& accounts);

  /// No account has more requests answered at once; 0: no limit. Others get 20429 and may come again.
  void limit_concurrency(std::size_t most) { concurrency_max_ = most; }

  /// Registers a resource's behaviours. Throws std::logic_error when the catalogue has no such path or method.
  void add(Resource resource);
  /// Registers what a resource does for test credentials. All else is refused to them (20008).
  void add_for_test_credentials(Resource resource);

  /// Answers a request to `product` ("api", "verify", …). `page_base` is how the client reached us,
  /// "https://verify.twilio.com" or "http://verify.localhost:3425".
  Task<net::Response> handle(net::Request& request, std::string product, std::string page_base);

  /// Checks the Authorization header. Errors: 20003 (401).
  Result<Principal> authenticate(const net::Request& request) const;

  /// Makes a resource as if Twilio had made it: `url` names it, `properties` are set on it.
  Task<Result<Reply>> seed(const Principal& principal, std::string_view url, const json::object& properties);

  /// The generic behaviour, for behaviours that add to it; the answer does not say that it is generic.
  Task<Result<Reply>> generic(Context& context, Amend amend = {});

  [[nodiscard]] const catalogue::Router& router() const { return router_; }
  [[nodiscard]] const Model& model() const { return model_; }

  enum class Coverage { kOwn, kGeneric, kNone };
  [[nodiscard]] Coverage coverage(catalogue::Operation operation) const;

 private:
  struct Bound {
    Behaviour run;
    bool validates = false;
  };

  using Table = std::vector<Bound>;
  static void bind(Table& table, const Resource& resource);
  Task<Result<Reply>> answer(net::Request& request, Context& context);
  /// Methods that the path of the request has, for an Allow header.
  std::string allowed(const Context& context) const;
  Result<> decode(const net::Request& request, Context& context) const;
  Result<> address_account(const net::Request& request, Context& context) const;

  Authenticator& accounts_;
  catalogue::Router router_;
  Model model_;
  Generic generic_;
  Table behaviours_;  ///< by operation
  Table for_test_credentials_;
  std::size_t concurrency_max_ = 0;
  std::unordered_map<std::string, std::size_t> concurrent_;  ///< by account, while there is a limit
};

/// Twilio's error envelope, as JSON.
std::string render_error(const Error& error);
net::Response error_response(const Error& error);

}  // namespace dialtone::rest
