#include "lab/control.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "base/form.hpp"

// Made by the linker of the document (src/CMakeLists.txt).
extern "C" const char _binary_openapi_json_start[];  // NOLINT(bugprone-reserved-identifier)
extern "C" const char _binary_openapi_json_end[];    // NOLINT(bugprone-reserved-identifier)

namespace dialtone::lab {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    if (path.front() == '/') path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return out;
}

std::optional<std::vector<std::pair<std::string, std::string>>> match(std::string_view route, std::string_view path) {
  const auto wanted = split(route);
  const auto given = split(path);
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> values;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{')) {
      values.emplace_back(wanted[i].substr(1, wanted[i].size() - 2), percent_decode(given[i]));
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  return values;
}

}  // namespace

std::string ControlRequest::value(std::string_view name) const {
  for (const auto& [key, text] : values) {
    if (key == name) return text;
  }
  return {};
}

Result<std::string> ControlRequest::text(std::string_view name) const {
  const json::value* member = body.if_contains(name);
  if (!member || !member->is_string()) {
    return fail({errors::kBadRequest, fmt::format("Missing required member {} in the JSON body", name)});
  }
  return std::string(member->get_string());
}

net::Response json_response(const json::value& value, int status) {
  return net::Response::json(status, wire_json(value));
}

net::Response file_response(std::string content_type, std::string bytes) {
  net::Response response = net::Response::text(200, std::move(bytes), std::move(content_type));
  response.header("Content-Security-Policy", "sandbox; default-src 'none'");
  response.header("X-Content-Type-Options", "nosniff");
  response.header("Cache-Control", "private, max-age=3600");
  return response;
}

Task<net::Response> Control::handle(net::Request& request) {
  const std::string_view target = request.target;
  const std::string_view path = target.substr(0, target.find('?')).substr(kControlPrefix.size());
  const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  const Route* route = nullptr;
  bool known = false;
  ControlRequest control{.http = request, .principal = {}, .values = {}, .query = {}, .body = {}};
  for (const Route& each : routes_) {
    auto values = match(each.path, path);
    if (!values) continue;
    known = true;
    if (each.method != method) continue;
    route = &each;
    control.values = std::move(*values);
    break;
  }
  if (!route) {
    if (known) co_return rest::error_response(errors::kMethodNotAllowed);
    co_return rest::error_response(
        {errors::kNotFound, fmt::format("The requested resource {}{} was not found", kControlPrefix, path)});
  }
  if (!route->open) {
    auto principal = engine_.authenticate(request);
    if (!principal) {
      auto response = rest::error_response(principal.error());
      response.header("WWW-Authenticate", "Basic realm=\"Dialtone\"");
      co_return response;
    }
    // What a restricted key may do are operations of Twilio's.
    if (principal->permissions) co_return rest::error_response(rest::kAuthorizationFailed);
    control.principal = std::move(*principal);
  }
  if (const std::size_t mark = target.find('?'); mark != std::string_view::npos) {
    auto query = form_decode(target.substr(mark + 1));
    if (!query) co_return rest::error_response(query.error());
    control.query = rest::Fields(std::move(*query));
  }
  const bool form = request.header("Content-Type").starts_with("multipart/form-data");  // the route reads it
  if (!request.body.empty() && !form) {
    auto body = parse_json(request.body);
    if (!body) co_return rest::error_response(body.error());
    if (!body->is_object()) co_return rest::error_response({errors::kBadRequest, "The body must be a JSON object"});
    control.body = std::move(body->get_object());
  }
  auto response = co_await route->run(control);
  if (!response) co_return rest::error_response(response.error());
  co_return std::move(*response);
}

Control::Control(const rest::Engine& engine) : engine_(engine) {
  paths_ = std::move(json::parse(description()).as_object().at("paths").as_object());
}

void Control::add(std::string_view method, std::string_view path, Run run) {
  const json::value* item = paths_.if_contains(path);
  const json::value* operation =
      item ? item->as_object().if_contains(boost::algorithm::to_lower_copy(std::string(method))) : nullptr;
  if (!operation) throw std::logic_error(fmt::format("openapi.mjs does not describe {} {}", method, path));
  // An empty list in place of the document's.
  const bool open = operation->as_object().contains("security");
  routes_.push_back({.method = method, .path = path, .run = std::move(run), .open = open});
}

std::string_view Control::description() {
  return {_binary_openapi_json_start, static_cast<std::size_t>(_binary_openapi_json_end - _binary_openapi_json_start)};
}

}  // namespace dialtone::lab
