#include "console/console.hpp"

#include <array>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/replace.hpp>

#include "base/base64.hpp"
#include "base/log.hpp"
#include "base/sid.hpp"

namespace dialtone::console {
namespace {

constexpr ErrorRow kForeign{20403, 403, "This request comes from another site"};
constexpr ErrorRow kToken{20403, 403, "The console's token is missing or wrong; load the page again"};
constexpr ErrorRow kLoggedOut{20003, 401, "Log in to the console"};
constexpr ErrorRow kWrong{20003, 401, "The account SID or the auth token is wrong"};
constexpr ErrorRow kSlow{20429, 429, "Too many wrong logins"};
constexpr std::string_view kApiPath = "/_console/api/";
constexpr std::string_view kFunctionPath = "/_console/function/";
constexpr std::string_view kTokenHeader = "X-Dialtone-Token";
constexpr std::string_view kNonce = "{{nonce}}";  ///< in index.html

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.starts_with("127.") || host == "::1" || host == "[::1]" ||
         host == "::ffff:127.0.0.1";
}

/// Cookies know no ports, so programs on several ports of one machine need names of their own.
std::string cookie_name(const net::Request& request) { return fmt::format("dialtone_{}", request.host_port); }

std::string_view cookie_of(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    std::string_view pair = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(header.size(), pair.size() + 1));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
  }
  return {};
}

bool changes(std::string_view method) { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }

/// The browser tells where a request began; what began on another page has no business with the cookie.
bool is_foreign(const net::Request& request) {
  const std::string_view site = request.header("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin" && site != "none") return true;
  const std::string_view origin = request.header("Origin");
  if (origin.empty()) return false;
  const std::size_t slashes = origin.find("://");
  return slashes == std::string_view::npos ||
         !boost::algorithm::iequals(origin.substr(slashes + 3), request.header("Host"));
}

std::string cookie(const net::Request& request, std::string_view secret, bool ends) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}{}", cookie_name(request), secret,
                     request.tls ? "; Secure" : "", ends ? "; Max-Age=0" : "");
}

}  // namespace

const Session* Console::session_of(const net::Request& request) {
  const std::string_view secret = cookie_of(request.header("Cookie"), cookie_name(request));
  return secret.empty() ? nullptr : sessions_.find(secret, std::chrono::steady_clock::now());
}

bool Console::opens_by_itself(const net::Request& request) const {
  // The name in Host must be one of ours too: a page of another site may be served under a name that leads here.
  return options_.loopback && is_loopback(request.remote) && is_loopback(request.host) && !request.proxied &&
         !request.headers.has("X-Forwarded-For") && !request.headers.has("Forwarded") && !is_foreign(request);
}

std::optional<net::Response> Console::admit(net::Request& request) {
  if (request.headers.has("Authorization")) return std::nullopt;
  const std::string_view token = request.header(kTokenHeader);
  const std::string_view secret = cookie_of(request.header("Cookie"), cookie_name(request));
  if (secret.empty() && token.empty()) return std::nullopt;
  const Session* session = session_of(request);
  // No WWW-Authenticate here: the browser would ask in its own window.
  if (!session) return rest::error_response(kLoggedOut);
  if (is_foreign(request)) return rest::error_response(kForeign);
  if (changes(request.method) && !equal_in_constant_time(token, session->csrf)) return rest::error_response(kToken);
  const rest::AccountPtr account = accounts_.find(session->account_sid);
  if (!account) return rest::error_response(kLoggedOut);
  request.headers.add("Authorization",
                      "Basic " + base64_encode(fmt::format("{}:{}", account->sid, account->auth_token)));
  return std::nullopt;
}

Task<net::Response> Console::handle(net::Request& request) {
  const std::string path(path_of(request.target));
  if (path == "/_console/session") co_return session(request);
  if (path.starts_with(kConsolePrefix) || path.starts_with("/_dialtone")) {
    co_return rest::error_response({errors::kNotFound, fmt::format("The requested resource {} was not found", path)});
  }
  if (changes(request.method) || request.method == "OPTIONS") co_return rest::error_response(errors::kMethodNotAllowed);
  co_return file(request, path);
}

net::Response Console::session(net::Request& request) {
  const std::string_view secret = cookie_of(request.header("Cookie"), cookie_name(request));
  if (request.method == "POST") return log_in(request);
  const Session* session = session_of(request);
  if (request.method == "DELETE") {
    if (session && !equal_in_constant_time(request.header(kTokenHeader), session->csrf))
      return rest::error_response(kToken);
    sessions_.close(secret);
    net::Response response{.status = 204, .headers = {}, .body = {}};
    response.header("Set-Cookie", cookie(request, "", true));
    return response;
  }
  if (request.method != "GET") return rest::error_response(errors::kMethodNotAllowed);
  if (is_foreign(request)) return rest::error_response(kForeign);
  if (session && accounts_.find(session->account_sid)) return welcome(request, *session, {});
  const rest::AccountPtr account = accounts_.main_account();
  if (!account || !opens_by_itself(request)) return rest::error_response(kLoggedOut);
  const auto now = std::chrono::steady_clock::now();
  const std::string opened = sessions_.open(account->sid, true, now);
  return welcome(request, *sessions_.find(opened, now), opened);
}

net::Response Console::log_in(net::Request& request) {
  if (is_foreign(request)) return rest::error_response(kForeign);
  const auto now = std::chrono::steady_clock::now();
  if (const auto wait = sessions_.wait_of(request.remote, now)) {
    auto response =
        rest::error_response({kSlow, fmt::format("Too many wrong logins; try again in {} s", wait->count())});
    response.header("Retry-After", std::to_string(wait->count()));
    return response;
  }
  const auto body = parse_json(request.body);
  if (!body) return rest::error_response(body.error());
  if (!body->is_object()) return rest::error_response({errors::kBadRequest, "The body must be a JSON object"});
  const auto principal =
      accounts_.authenticate(text_of(body->get_object(), "account_sid"), text_of(body->get_object(), "auth_token"));
  // A key is no login: it may not see the account's token, which the console shows.
  if (!principal || !principal->key_sid.empty()) {
    sessions_.failed(request.remote, now);
    log::warn("console.login_failed", {{"remote", request.remote}});
    return rest::error_response(kWrong);
  }
  sessions_.succeeded(request.remote);
  const std::string secret = sessions_.open(principal->account->sid, false, now);
  return welcome(request, *sessions_.find(secret, now), secret);
}

net::Response Console::welcome(const net::Request& request, const Session& session, std::string_view new_secret) const {
  auto response = net::Response::json(200, wire_json(json::object{{"account_sid", session.account_sid},
                                                                  {"token", session.csrf},
                                                                  {"opened_by_itself", session.by_itself},
                                                                  {"version", options_.version},
                                                                  {"program", options_.program}}));
  response.header("Cache-Control", "no-store");
  if (!new_secret.empty()) response.header("Set-Cookie", cookie(request, new_secret, false));
  return response;
}

bool Console::passes_on(std::string_view target) {
  return target.starts_with(kApiPath) || target.starts_with(kFunctionPath);
}

std::optional<net::Response> Console::readdress(net::Request& request) {
  if (auto refused = admit(request)) return refused;
  const bool to_function = request.target.starts_with(kFunctionPath);
  // What a function answers must not become a page of ours, so a link to it does not do.
  if (to_function && !session_of(request)) return rest::error_response(kLoggedOut);
  if (to_function && request.header(kTokenHeader).empty()) return rest::error_response(kToken);
  const std::size_t begin = (to_function ? kFunctionPath : kApiPath).size();
  const std::size_t slash = std::min(request.target.find('/', begin), request.target.size());
  const std::string name = request.target.substr(begin, slash - begin);
  constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (name.empty() || slash == request.target.size() || name.find_first_not_of(kNameCharacters) != std::string::npos) {
    return rest::error_response(
        {errors::kNotFound, fmt::format("The requested resource {} was not found", request.target)});
  }
  request.host = name + (to_function ? ".twil.io" : ".twilio.com");
  request.target.erase(0, slash);
  if (!to_function) return std::nullopt;
  // The session is none of the function's business.
  const net::Headers before = request.headers;
  request.headers.clear();
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto [header, value] = before.at(i);
    using boost::algorithm::iequals;
    if (iequals(header, "Host")) {
      request.headers.add(header, request.host);
    } else if (!iequals(header, "Cookie") && !iequals(header, "Authorization") && !iequals(header, kTokenHeader) &&
               !iequals(header, "Origin") && !iequals(header, "Referer")) {
      request.headers.add(header, value);
    }
  }
  return std::nullopt;
}

void Console::finish(net::Response& response) {
  response.cors = {};
  std::erase_if(response.headers, [](const auto& header) {
    using boost::algorithm::iequals;
    return boost::algorithm::istarts_with(header.first, "Access-Control-") ||
           iequals(header.first, "WWW-Authenticate") || iequals(header.first, "Set-Cookie") ||
           iequals(header.first, "Content-Security-Policy");
  });
  response.header("Content-Security-Policy", "sandbox; default-src 'none'");
}

net::Response Console::file(const net::Request& request, std::string_view path) const {
  const File* found = path == "/index.html" ? nullptr : pack_.find(path);
  if (!found) return page(path);
  net::Response response = net::Response::text(200, {}, std::string(found->type));
  response.header("ETag", std::string(found->etag));
  response.header("Vary", "Accept-Encoding");
  response.header("X-Content-Type-Options", "nosniff");
  // Vite puts a digest into these names.
  response.header("Cache-Control", path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.header("If-None-Match").find(found->etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  if (request.header("Accept-Encoding").find("gzip") != std::string_view::npos) {
    response.header("Content-Encoding", "gzip");
    response.body = found->gzip;
  } else {
    response.body = gunzip(found->gzip);
  }
  return response;
}

/// The one page of the console; its router shows what the path names. A path that looks like a file is no page.
net::Response Console::page(std::string_view path) const {
  const File* index = pack_.find("/index.html");
  if (!index || (path != "/index.html" && path.substr(path.rfind('/') + 1).find('.') != std::string_view::npos)) {
    return rest::error_response({errors::kNotFound, fmt::format("The requested resource {} was not found", path)});
  }
  const std::string nonce = random_hex(16);
  net::Response response = net::Response::text(
      200, boost::algorithm::replace_all_copy(gunzip(index->gzip), kNonce, nonce), "text/html; charset=utf-8");
  response.header("Cache-Control", "no-store");
  // Pictures of messages are fetched by the program; blob: is for those that are about to be sent.
  response.header(
      "Content-Security-Policy",
      fmt::format("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; img-src 'self' data: "
                  "blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; "
                  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                  nonce));
  response.header("X-Content-Type-Options", "nosniff");
  response.header("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace dialtone::console
