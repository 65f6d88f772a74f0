#include "functions/gateway.hpp"

#include <array>

#include <fmt/format.h>

#include "base/log.hpp"
#include "functions/answer.hpp"
#include "functions/assets.hpp"
#include "functions/event.hpp"
#include "webhook/signature.hpp"

namespace dialtone::functions {
namespace {

constexpr std::string_view kPlatform = ".twil.io";
constexpr std::string_view kRootPage = "/assets/index.html";
constexpr std::size_t kAlertsPendingMax = 200;  ///< more at once are only logged

bool is_answerable(std::string_view method) { return method == "GET" || method == "POST" || method == "HEAD"; }

net::Response plain(int status, std::string_view text) {
  return net::Response::text(status, std::string(text), "text/plain");
}

}  // namespace

/// One request on its way.
struct Gateway::Visit {
  net::Request& request;
  DeployedPtr deployed;
  std::shared_ptr<const Bundle> bundle;
  const Route* route = nullptr;
  std::string request_sid;
  int concurrent = 0;
};

Gateway::Gateway(rest::Services& services, const rest::Authenticator& accounts, monitor::Alerts& alerts,
                 Deployments& deployments, GatewayOptions options)
    : services_(services),
      accounts_(accounts),
      alerts_(alerts),
      deployments_(deployments),
      allow_unsandboxed_(options.allow_unsandboxed),
      sandboxes_(services.executor, std::move(options.sandbox)),
      workers_(services.executor, accounts, deployments, sandboxes_, options.limits) {}

Task<> Gateway::start(std::string host, std::uint16_t port, std::string ca_file) {
  auto& settings = sandboxes_.settings();
  settings.told = fmt::format(R"("host":"{}","port":{})", host, port);
  settings.ca_file = std::move(ca_file);
  const auto possible = co_await sandboxes_.probe();
  if (possible) co_return;
  if (allow_unsandboxed_) {
    log::warn("functions.not_sandboxed", {{"why", possible.error().message}});
    settings.sandboxed = false;
    sandboxes_.restart();
  } else {
    unavailable_ = fmt::format(
        "Functions do not run here: {}. The option --allow-unsandboxed-functions lets them run without a sandbox.",
        possible.error().message);
    log::error("functions.no_sandbox", {{"why", possible.error().message},
                                        {"so", "functions do not run unless --allow-unsandboxed-functions is given"}});
  }
}

Task<net::Response> Gateway::handle(net::Request& request, std::string_view domain) {
  Visit visit{.request = request, .deployed = deployments_.find(domain), .bundle = {}, .request_sid = {}};
  if (!visit.deployed || !visit.deployed->bundle) {
    co_return plain(404, fmt::format("Nothing is deployed at {}", request.host));
  }
  visit.bundle = visit.deployed->bundle;
  visit.request_sid = services_.sids.make("RQ");
  const std::string_view target = request.target;
  const std::string path = percent_decode(target.substr(0, target.find('?')));
  const auto& routes = visit.bundle->routes;
  auto found = routes.find(path);
  if (found == routes.end() && path == "/") found = routes.find(kRootPage);
  net::Response response;
  if (found == routes.end() || found->second.visibility == Visibility::kPrivate) {
    response = failed(visit, 404, "Could not find requested resource");
  } else {
    visit.route = &found->second;
    const bool is_asset = visit.route->kind == Route::Kind::kAsset;
    if (request.method == "OPTIONS") {
      if (is_asset) co_return asset_options();
      response.status = 204;
      response.header("Access-Control-Allow-Origin", "*")
          .header("Access-Control-Allow-Headers", "*")
          .header("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
      co_return response;
    }
    if (!is_answerable(request.method)) {
      response = failed(visit, 405, fmt::format("The method {} is not supported", request.method));
      response.header("Allow", "GET, POST, OPTIONS");
    } else if (!fits(request.headers)) {
      response = plain(431, errors::kHeadersTooLarge.message);
      alert(visit, errors::kHeadersTooLarge.code, "The headers and cookies of a request are too long", response);
    } else if (request.body.size() > kRequestBytesMax) {
      response = failed(visit, 413, "The request is larger than 1 MB");
    } else if (request.method == "GET" && !request.body.empty()) {
      response = failed(visit, 403, "A GET request must not have a body");
    } else if (is_asset) {
      response = asset(visit);
    } else {
      response = co_await function(visit);
    }
  }
  response.header("Twilio-Request-Id", std::move(visit.request_sid));
  co_return response;
}

net::Response Gateway::asset(Visit& visit) {
  if (visit.route->visibility == Visibility::kProtected) {
    const auto parts = read_event(visit.request);
    if (!parts || !is_signed(visit, *parts)) return failed(visit, 403, "The signature of the request is not valid");
  }
  return serve_asset(visit.request, *visit.bundle, *visit.route);
}

Task<net::Response> Gateway::function(Visit& visit) {
  const auto parts = read_event(visit.request);
  if (!parts) co_return failed(visit, parts.error().status, parts.error().message);
  if (visit.route->visibility == Visibility::kProtected && !is_signed(visit, *parts)) {
    co_return failed(visit, 403, "The signature of the request is not valid");
  }
  if (!unavailable_.empty()) co_return failed(visit, 503, unavailable_);

  int& running = running_[visit.deployed->environment_sid];
  struct Running {
    int& count;
    explicit Running(int& number) : count(number) { ++count; }
    ~Running() { --count; }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
  };
  visit.concurrent = running + 1;
  const auto with_concurrency = [&](net::Response response) {
    response.header("x-twilio-function-concurrency", std::to_string(visit.concurrent));
    return response;
  };
  if (visit.concurrent > kConcurrentMax) {
    visit.concurrent = running;
    co_return with_concurrency(failed(visit, 429, "Too many invocations of functions at the same time"));
  }
  const Running counted(running);
  auto outcome = co_await workers_.run({.deployed = visit.deployed,
                                        .route = visit.route,
                                        .request_sid = visit.request_sid,
                                        .request = &visit.request,
                                        .parts = &*parts});
  if (outcome.kind != Outcome::Kind::kAnswered) co_return with_concurrency(ended(visit, outcome));
  auto response = answer_of(std::move(outcome), visit.request.host, services_.clock.now());
  if (!response) {
    const Error& error = response.error();
    auto refused = plain(error.status, error.message);
    alert(visit, error.code, error.message, refused);
    log(visit, LogLine::Level::kError, error.message);
    co_return with_concurrency(std::move(refused));
  }
  if (response->status >= 500) {
    alert(visit, 82002, fmt::format("The function {} answered with status {}", visit.route->path, response->status),
          *response);
  } else if (response->status >= 400) {
    alert(visit, 82001, fmt::format("The function {} answered with status {}", visit.route->path, response->status),
          *response);
  }
  co_return with_concurrency(*std::move(response));
}

/// A request that is refused before a function sees it, or that none could answer.
net::Response Gateway::failed(Visit& visit, int status, std::string_view text) {
  auto response = plain(status, text);
  alert(visit, status >= 500 ? 82002 : 82001,
        fmt::format("{} {}: {}", visit.request.method, visit.request.target.substr(0, visit.request.target.find('?')),
                    text),
        response);
  return response;
}

/// The function began, and did not answer.
net::Response Gateway::ended(Visit& visit, const Outcome& outcome) {
  struct Row {
    Outcome::Kind kind;
    int status;
    std::string_view text;
  };
  constexpr std::array kRows{
      Row{Outcome::Kind::kEnded, 500, "The process of the function ended before it answered"},
      Row{Outcome::Kind::kMemory, 500, "The process of the function was ended: it needed too much memory"},
      Row{Outcome::Kind::kBlocked, 500, "The process of the function was ended: it was busy for too long"},
      Row{Outcome::Kind::kUnavailable, 503, "No process for the function could be started"},
  };
  const double milliseconds = static_cast<double>(outcome.took.count()) / 1000;
  net::Response response;
  std::string text;
  if (outcome.kind == Outcome::Kind::kTimedOut) {
    text = fmt::format("runtime application timed out after {:.2f}ms using {}MB", milliseconds, outcome.megabytes);
    response = plain(504, "Gateway Time-out");
  } else {
    const auto* row = std::ranges::find(kRows, outcome.kind, &Row::kind);
    text = row->text;
    response = plain(row->status, text);
  }
  log(visit, LogLine::Level::kError, text);
  alert(visit, 82002, fmt::format("The function {} failed: {}", visit.route->path, text), response);
  return response;
}

/// Who signs has the account's token; which of its names for us it used is its own matter.
bool Gateway::is_signed(const Visit& visit, const EventParts& parts) const {
  const auto signature = visit.request.header("X-Twilio-Signature");
  const auto account = accounts_.find(visit.deployed->account_sid);
  if (signature.empty() || !account) return false;
  std::string domain = visit.deployed->domain_name;
  if (!domain.ends_with(kPlatform)) domain += kPlatform;
  const bool with_hash = parts.body == EventParts::Body::kJson || parts.body == EventParts::Body::kOther;
  for (const std::string_view scheme : {"https", "http"}) {
    for (const std::string_view host :
         {visit.request.header("Host"), std::string_view(visit.request.host), std::string_view(domain)}) {
      const auto url = fmt::format("{}://{}{}", scheme, host, visit.request.target);
      for (const std::string& token : {account->auth_token, account->secondary_token}) {
        if (token.empty()) continue;
        if (with_hash ? webhook::verify_body(signature, token, url, visit.request.body)
                      : webhook::verify(signature, token, url, parts.form)) {
          return true;
        }
      }
    }
  }
  return false;
}

void Gateway::log(const Visit& visit, LogLine::Level level, std::string text) {
  workers_.on_logs({{.deployed = visit.deployed,
                     .function_sid = visit.route->sid,
                     .request_sid = visit.request_sid,
                     .level = level,
                     .message = std::move(text)}});
}

void Gateway::alert(const Visit& visit, int code, std::string text, const net::Response& response) {
  if (alerts_pending_ >= kAlertsPendingMax) {
    log::warn("functions.alert_not_kept", {{"code", code}, {"text", text}});
    return;
  }
  ++alerts_pending_;
  webhook::Hop hop;
  hop.method = visit.request.method;
  hop.url = fmt::format("{}://{}{}", visit.request.tls ? "https" : "http", visit.request.header("Host"),
                        visit.request.target);
  for (std::size_t i = 0; i < visit.request.headers.size(); ++i) {
    const auto [name, value] = visit.request.headers.at(i);
    hop.request_headers.emplace_back(name, value);
  }
  hop.request_body = visit.request.body.substr(0, webhook::kResponseBytesMax);
  hop.status = response.status;
  hop.response_headers = response.headers;
  hop.response_body = response.body.substr(0, webhook::kResponseBytesMax);
  hop.timing.started_at = services_.clock.now();
  webhook::Exchange exchange;
  exchange.hops.push_back(std::move(hop));
  spawn(services_.executor, "functions.alert",
        keep({.account_sid = visit.deployed->account_sid,
              .resource_sid = visit.request_sid,
              .code = code,
              .level = code == 82001 ? monitor::Level::kWarning : monitor::Level::kError,
              .text = std::move(text)},
             std::move(exchange)));
}

Task<> Gateway::keep(monitor::Alert alert, webhook::Exchange exchange) {
  alert.exchange = &exchange;
  store::Transaction transaction;
  alerts_.add(transaction, alert);
  const auto kept = co_await services_.ledger.finish(std::move(transaction));
  if (!kept) log::warn("functions.alert_not_kept", {{"code", alert.code}, {"error", kept.error().message}});
  --alerts_pending_;
}

}  // namespace dialtone::functions
