#include "server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "twilio/error.hpp"

namespace laboratory {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using twilio::Json;

namespace {

constexpr int kThreads = 16;  // one for each connection that is being served
constexpr std::size_t kBodyMax = 64 * 1024;
constexpr auto kPatience = std::chrono::seconds(30);

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 3], value, 16).ptr == &text[i + 3]) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  for (std::size_t end; (end = text.find(at)) != std::string_view::npos; text.remove_prefix(end + 1))
    out.push_back(text.substr(0, end));
  out.push_back(text);
  return out;
}

/// Fills in the path's values when it is this route's.
bool fits(const Route& route, Request& request) {
  auto wanted = split(route.path, '/');
  auto given = split(request.path, '/');
  if (wanted.size() != given.size()) return false;
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with(':'))
      values[std::string(wanted[i].substr(1))] = unescape(given[i]);
    else if (wanted[i] != given[i])
      return false;
  }
  request.path_values = std::move(values);
  return true;
}

Answer problem(int status, const std::string& message, int code = 0, const std::string& more = "") {
  Json body = Json::object({{"status", status}, {"message", message}});
  if (code) body.set("code", code);
  if (!more.empty()) body.set("more_info", more);
  return {.status = status, .body = body.dump()};
}

/// Names of this machine: a page from elsewhere that tricks the browser into coming here has another.
bool is_here(std::string_view host) {
  host = host.substr(0, host.rfind(':'));
  return host == "localhost" || host == "127.0.0.1" || host == "laboratory.localhost";
}

std::string_view type_of(std::string_view path) {
  if (path.ends_with(".html")) return "text/html; charset=utf-8";
  if (path.ends_with(".js")) return "text/javascript";
  if (path.ends_with(".css")) return "text/css";
  if (path.ends_with(".svg")) return "image/svg+xml";
  return "application/octet-stream";
}

}  // namespace

Server::Server(std::vector<Route> routes, std::string page) : routes_(std::move(routes)), page_(std::move(page)) {}

Answer Server::file(const std::string& path) const {
  // Only plain names below the folder: no dots to climb with.
  std::string name = path == "/" ? "/index.html" : path;
  if (page_.empty() || name.find("..") != std::string::npos || name.find('\\') != std::string::npos)
    return problem(404, "There is no such page.");
  std::ifstream in(page_ + name, std::ios::binary);
  if (!in || !std::filesystem::is_regular_file(page_ + name)) return problem(404, "There is no such page.");
  std::stringstream content;
  content << in.rdbuf();
  return {.body = content.str(), .content_type = std::string(type_of(name))};
}

Answer Server::answer(const std::string& method, const std::string& target, const std::string& host,
                      const std::string& content_type, const std::string& body) const {
  if (!is_here(host)) return problem(403, "The laboratory answers on this machine only.");
  Request request{.method = method, .path = target.substr(0, target.find('?'))};
  if (auto at = target.find('?'); at != std::string::npos) {
    for (auto pair : split(std::string_view(target).substr(at + 1), '&')) {
      auto equals = pair.find('=');
      request.query[unescape(pair.substr(0, equals))] =
          equals == std::string_view::npos ? "" : unescape(pair.substr(equals + 1));
    }
  }
  bool path_known = false;
  for (const Route& route : routes_) {
    if (!fits(route, request)) continue;
    path_known = true;
    if (route.method != method) continue;
    try {
      if (!body.empty()) {
        // A form of another page could not send this type without asking first.
        if (!content_type.starts_with("application/json"))
          throw BadInput{"Send JSON, with Content-Type: application/json."};
        try {
          request.body = Json::parse(body);
        } catch (const std::invalid_argument& error) {
          throw BadInput{error.what()};
        }
        if (!request.body.is_object()) throw BadInput{"Send an object, such as {\"number\":\"+15558675310\"}."};
      }
      return route.run(request);
    } catch (const BadInput& bad) {
      return problem(400, bad.message);
    } catch (const twilio::ApiError& error) {
      return problem(error.status(), error.message(), error.code(), error.more_info());
    } catch (const twilio::TransportError& error) {
      return problem(502, std::string("Twilio cannot be reached: ") + error.what());
    } catch (const std::exception& error) {
      std::cerr << method << ' ' << request.path << ": " << error.what() << '\n';
      return problem(500, error.what());
    }
  }
  if (path_known) return problem(405, "This path does not take " + method + ".");
  return method == "GET" ? file(request.path) : problem(404, "There is no such route.");
}

void Server::run(unsigned short port, const std::function<void(unsigned short)>& ready) {
  asio::io_context io;
  tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), port});
  ready(acceptor.local_endpoint().port());
  asio::thread_pool pool(kThreads);
  for (;;) {
    auto socket = std::make_shared<tcp::socket>(io);
    boost::system::error_code error;
    acceptor.accept(*socket, error);
    if (error) continue;
    asio::post(pool, [this, socket] {
      // Blocking reads end after a while, so that a silent connection does not keep its thread.
      timeval limit{.tv_sec = kPatience.count(), .tv_usec = 0};
      setsockopt(socket->native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
      setsockopt(socket->native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
      beast::flat_buffer buffer;
      http::request_parser<http::string_body> parser;
      parser.body_limit(kBodyMax);
      boost::system::error_code problem_here;
      http::read(*socket, buffer, parser, problem_here);
      if (problem_here && problem_here != http::error::body_limit) return;
      const auto& asked = parser.get();
      Answer made = problem_here ? problem(413, "That is too much.")
                                 : answer(std::string(asked.method_string()), std::string(asked.target()),
                                          std::string(asked[http::field::host]),
                                          std::string(asked[http::field::content_type]), asked.body());
      http::response<http::string_body> response(static_cast<http::status>(made.status), 11);
      response.set(http::field::content_type, made.content_type);
      response.set(http::field::cache_control, "no-store");
      response.set("X-Content-Type-Options", "nosniff");
      response.set(
          "Content-Security-Policy",
          "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'");
      response.keep_alive(false);
      response.body() = std::move(made.body);
      response.prepare_payload();
      http::write(*socket, response, problem_here);
      socket->shutdown(tcp::socket::shutdown_send, problem_here);
    });
  }
}

}  // namespace laboratory
