#pragma once
// Dialtone's own API under /_dialtone/v1: a table of routes. What they take and answer stands in openapi.mjs, which the
// build turns into the document that is linked in here and served; a route that it does not name cannot be added.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"
#include "rest/engine.hpp"

namespace dialtone::lab {

inline constexpr std::string_view kControlPrefix = "/_dialtone/v1";

/// A request to the control API, authenticated and decoded.
struct ControlRequest {
  net::Request& http;
  rest::Principal principal;                                ///< without an account where the route needs none
  std::vector<std::pair<std::string, std::string>> values;  ///< of the path's placeholders
  rest::Fields query;
  json::object body;

  [[nodiscard]] std::string value(std::string_view name) const;
  /// A member of the body that must be a text. Error: 20001.
  [[nodiscard]] Result<std::string> text(std::string_view name) const;
};

using Run = std::function<Task<Result<net::Response>>(ControlRequest&)>;

class Control {
 public:
  explicit Control(const rest::Engine& engine);
  /// A route that the API's description names; that also says whether it needs credentials. `path` is below the prefix,
  /// with {placeholders}.
  void add(std::string_view method, std::string_view path, Run run);

  /// Answers a request whose path begins with the prefix.
  Task<net::Response> handle(net::Request& request);

  /// The API's OpenAPI 3.0 document.
  [[nodiscard]] static std::string_view description();

 private:
  struct Route {
    std::string_view method;
    std::string_view path;
    Run run;
    bool open;  ///< needs no credentials
  };

  const rest::Engine& engine_;
  json::object paths_;  ///< of the description
  std::vector<Route> routes_;
};

/// 200 with somebody's file. It comes from outside: a browser must not run what it holds.
net::Response file_response(std::string content_type, std::string bytes);
/// 200 with a JSON body.
net::Response json_response(const json::value& value, int status = 200);

}  // namespace dialtone::lab
