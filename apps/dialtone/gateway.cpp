#include "gateway.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/replace.hpp>

namespace dialtone::app {
namespace {

constexpr std::string_view kTwilio = ".twilio.com";
constexpr std::string_view kFunctions = ".twil.io";
constexpr std::string_view kLocal = ".localhost";

}  // namespace

bool Gateway::intercepts(std::string_view host) {
  return host == "twilio.com" || host.ends_with(kTwilio) || host == "twil.io" || host.ends_with(kFunctions);
}

Task<net::Response> Gateway::handle(net::Request& request) {
  const auto started = std::chrono::steady_clock::now();
  const bool by_console = console::Console::passes_on(request.target) && !intercepts(request.host);
  if (by_console) {
    if (auto refused = console_.readdress(request)) co_return std::move(*refused);
  }
  const std::string_view host = request.host;
  std::string product;
  std::string page_base;
  if (host.ends_with(kTwilio)) {
    // <product>[.<edge>].<region>.twilio.com: the first label is the product.
    product = host.substr(0, host.find('.'));
    page_base = fmt::format("https://{}", host);
  } else if (host.ends_with(kLocal)) {
    product = host.substr(0, host.find('.'));
    page_base = fmt::format("{}://{}:{}", request.tls ? "https" : "http", host, request.host_port);
  } else if (request.target.starts_with("/2010-04-01/") || request.target.starts_with("/2010-04-01.")) {
    product = "api";
  }
  if (const auto held = held_; held && (!product.empty() || host.ends_with(kFunctions))) co_await held->wait(kHoldMax);
  Working working(*this);
  net::Response response;
  // To which the API's own hosts lead.
  if (request.target.starts_with("/_dialtone/v1/media/") ||
      request.target.starts_with("/_dialtone/v1/deactivations/")) {
    product = "media";
    response = co_await control_.handle(request);
  } else if (links_ && links_->serves(host)) {
    product = "links";
    response = co_await links_->serve(request);
  } else if (product == "handler") {
    response = co_await bins_.serve(request);
  } else if (product == functions::kUploadProduct) {
    response = co_await uploads_.handle(request);
  } else if (!product.empty() && engine_.router().knows_host(product)) {
    response = co_await engine_.handle(request, product, std::move(page_base));
  } else if (!product.empty() && host.ends_with(kTwilio)) {
    product = "unknown";
    response = rest::error_response(
        {errors::kNotFound, fmt::format("The requested resource {} was not found", request.target)});
  } else if (host.ends_with(kFunctions) || (host.ends_with(kLocal) && host != "localhost")) {
    product = "functions";
    const bool is_local = host.ends_with(kLocal);
    const auto domain = is_local ? host.substr(0, host.size() - kLocal.size()) : host;
    response = co_await functions_->handle(request, domain);
  } else {
    product = "dialtone";
    working.leave();
    response = co_await plain(request);
  }
  if (by_console) console::Console::finish(response);
  metrics_.count_request(product, response.status, std::chrono::steady_clock::now() - started);
  co_return response;
}

Task<net::Response> Gateway::plain(net::Request& request) {
  const std::string_view target = request.target;
  const std::string_view path = target.substr(0, target.find('?'));
  if (path.starts_with(lab::kControlPrefix) &&
      (path.size() == lab::kControlPrefix.size() || path[lab::kControlPrefix.size()] == '/')) {
    if (auto refused = console_.admit(request)) co_return std::move(*refused);
    co_return co_await control_.handle(request);
  }
  if (path == "/_dialtone/metrics") {
    co_return net::Response::text(200, metrics_.render(), "text/plain; version=0.0.4; charset=utf-8");
  }
  co_return co_await console_.handle(request);
}

}  // namespace dialtone::app
