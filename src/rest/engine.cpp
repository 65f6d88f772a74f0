#include "rest/engine.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "base/form.hpp"
#include "base/log.hpp"
#include "base/multipart.hpp"
#include "base/utf8.hpp"
#include "net/text.hpp"
#include "rest/authorization.hpp"
#include "rest/parameters.hpp"
#include "rest/xml.hpp"

namespace dialtone::rest {
namespace {

using catalogue::BodyKind;
using catalogue::Format;
using catalogue::Method;

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

/// Media type without parameters.
std::string_view media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type;
}

/// Element name of the XML form: the collection's word in the path.
std::string_view resource_word(std::string_view path, bool list) {
  if (const std::size_t dot = path.rfind('.'); dot != std::string_view::npos && dot > path.rfind('/'))
    path = path.substr(0, dot);
  std::string_view last = path.substr(path.rfind('/') + 1);
  if (list) return last;
  if (is_sid(last)) {
    path = path.substr(0, path.rfind('/'));
    last = path.substr(path.rfind('/') + 1);
  }
  if (last.ends_with('s')) last.remove_suffix(1);
  return last;
}

/// Bytes that are no UTF-8 become U+FFFD, for what comes in goes out again in JSON.
std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) append_utf8(out, next_code_point(text, at));
  return out;
}

Result<Fields> decode_fields(std::string_view text) {
  DT_TRY(auto pairs, form_decode(text));
  for (auto& [name, value] : pairs) {
    if (!is_utf8(name)) name = valid_utf8(name);
    if (!is_utf8(value)) value = valid_utf8(value);
  }
  return Fields(std::move(pairs));
}

/// Names and values of the placeholders. False when a value names nothing: a scope is a path, and what would break out
/// of it, or is no text at all, is the name of no resource.
bool take_values(Context& context, const catalogue::Match& match, catalogue::Path path) {
  std::string_view text = path.path_template();
  for (std::size_t i = 0; i < match.value_count; ++i) {
    const std::size_t open = text.find('{');
    const std::size_t close = text.find('}', open);
    std::string value = percent_decode(match.values[i]);
    const bool breaking = std::ranges::any_of(value, [](char c) { return c == '/' || c == '#' || c == '\0'; });
    if (breaking || !is_utf8(value)) return false;
    context.values.emplace_back(text.substr(open + 1, close - open - 1), std::move(value));
    text.remove_prefix(close + 1);
  }
  return true;
}

/// `0.012`
void append_seconds(std::string& out, std::chrono::nanoseconds time) {
  const auto milliseconds = std::chrono::round<std::chrono::milliseconds>(time).count();
  out += std::to_string(milliseconds / 1000);
  out += '.';
  for (const int unit : {100, 10, 1}) out += static_cast<char>('0' + milliseconds / unit % 10);
}

/// One of the requests of an account that are answered at once.
class Turn {
 public:
  explicit Turn(std::size_t& count) : count_(count) { ++count_; }
  ~Turn() { --count_; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::size_t& count_;
};

void add_standard_headers(net::Response& response) {
  response.cors =
      "Access-Control-Allow-Origin: *\r\n"
      "Access-Control-Expose-Headers: ETag\r\n"
      "Access-Control-Allow-Credentials: true\r\n";
  response.lines.reserve(128);
  response.lines +=
      "X-Home-Region: us1\r\n"
      "Twilio-Request-Id: RQ";
  response.lines += random_hex(16);
  response.lines += "\r\n";
}

}  // namespace

Engine::Engine(Services& services, Authenticator& accounts)
    : accounts_(accounts),
      generic_(services, model_),
      behaviours_(catalogue::operation_count()),
      for_test_credentials_(catalogue::operation_count()) {}

void Engine::add(Resource resource) { bind(behaviours_, resource); }
void Engine::add_for_test_credentials(Resource resource) { bind(for_test_credentials_, resource); }

void Engine::bind(Table& table, const Resource& resource) {
  for (const Resource::Row& row : resource.methods) {
    bool known = false;
    // Documents may share a path; the operation is bound in each.
    for (std::uint32_t i = 0; i < catalogue::path_count(); ++i) {
      const catalogue::Path path(i);
      if (path.host() != resource.host || path.path_template() != resource.path) continue;
      const auto operation = path.operation(row.method);
      if (!operation) continue;
      table[operation->index()] = {row.run, row.validates};
      known = true;
    }
    if (!known) throw std::logic_error(fmt::format("no {} on {}", catalogue::name(row.method), resource.path));
  }
}

Engine::Coverage Engine::coverage(catalogue::Operation operation) const {
  if (behaviours_[operation.index()].run) return Coverage::kOwn;
  return generic_.serves(operation) ? Coverage::kGeneric : Coverage::kNone;
}

Result<Principal> Engine::authenticate(const net::Request& request) const {
  DT_TRY(const Credentials credentials, parse_authorization(request.header("Authorization")));
  return accounts_.authenticate(credentials.user, credentials.password);
}

Result<> Engine::address_account(const net::Request&, Context& context) const {
  context.account = context.principal.account;
  if (context.host != "api") return {};
  const std::string_view named = context.value("AccountSid");
  if (named.empty() || named == context.principal.account->sid) return {};
  // A parent may address its subaccounts; its API keys may not.
  const AccountPtr account = accounts_.find(named);
  if (!account || account->owner_sid != context.principal.account->sid || !context.principal.key_sid.empty()) {
    return fail(errors::kAuthenticate);
  }
  // What a suspended or closed subaccount has can be looked at, no more.
  if (account->status != "active" && context.operation.method() != Method::kGet) {
    return fail({errors::kAccountNotActive, fmt::format("Account {} is not active", account->sid)});
  }
  context.account = account;
  return {};
}

Result<> Engine::decode(const net::Request& request, Context& context) const {
  DT_TRY(context.query, decode_fields(query_of(request.target)));
  context.raw_body = request.body;
  context.remote = request.remote;
  context.content_type = request.header("Content-Type");
  if (request.body.empty() || context.operation.method() == Method::kGet) return {};
  const std::string_view type = media_type(context.content_type);
  const auto unsupported = [&] {
    return fail({errors::kUnsupportedMediaType, fmt::format("Unsupported Media Type: {}", type)});
  };
  if (context.operation.body_kind() == BodyKind::kJson) {
    if (!type.empty() && type.find("json") == std::string_view::npos) return unsupported();
    DT_TRY(context.body, parse_json(request.body));
  } else if (net::same_text(type, "multipart/form-data")) {
    DT_TRY(const auto parts, parse_multipart(context.content_type, request.body));
    Fields::Pairs pairs;
    for (const Part& part : parts) pairs.emplace_back(valid_utf8(part.name), valid_utf8(part.body));
    context.form = Fields(std::move(pairs));
  } else {
    if (!type.empty() && !net::same_text(type, "application/x-www-form-urlencoded")) {
      // Twilio reads no fields from another type, and then misses what is required: "Missing required parameter
      // Identity in the post body" for JSON (source: twilio-chat-demo-android issue 147). Where nothing is required, we
      // say what is wrong.
      for (std::size_t i = 0; i < context.operation.parameter_count(); ++i) {
        const auto parameter = context.operation.parameter_at(i);
        if (parameter.place() == catalogue::Place::kForm && parameter.required()) return {};
      }
      return unsupported();
    }
    DT_TRY(context.form, decode_fields(request.body));
  }
  return {};
}

Task<Result<Reply>> Engine::answer(net::Request& request, Context& context) {
  const std::string_view path = context.path;
  const auto match = router_.match(context.host, path);
  if (!match) {
    DT_CO_TRY(context.principal, authenticate(request));
    co_return fail(not_found(context));
  }
  context.format = match->format;
  DT_CO_TRY(context.principal, authenticate(request));
  auto method =
      catalogue::parse_method(request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method));
  // Old documentation of the 2010 API allows PUT for updates.
  if (method == Method::kPut && context.host == "api" && !match->operation(Method::kPut)) method = Method::kPost;
  const auto operation = method ? match->operation(*method) : std::nullopt;
  if (!operation) co_return fail(errors::kMethodNotAllowed);
  context.operation = *operation;
  if (!take_values(context, *match, operation->path())) co_return fail(not_found(context));
  if (context.principal.permissions && !context.principal.permissions->allow(context.host, *operation))
    co_return fail(kAuthorizationFailed);
  DT_CO_CHECK(address_account(request, context));
  DT_CO_CHECK(decode(request, context));
  std::optional<Turn> turn;
  if (concurrency_max_ != 0) {
    std::size_t& count = concurrent_[context.account->sid];
    if (count >= concurrency_max_) co_return fail(errors::kTooManyRequests);
    turn.emplace(count);
  }
  const bool test = context.principal.account->test;
  const Bound& bound = (test ? for_test_credentials_ : behaviours_)[context.operation.index()];
  if (test && !bound.run) co_return fail(errors::kTestCredentials);
  if (!bound.validates) DT_CO_CHECK(check_parameters(context));
  if (bound.run) co_return co_await bound.run(context);
  if (!generic_.serves(context.operation)) {
    co_return fail({errors::kNotImplemented, fmt::format("{} has no behaviour here", context.operation.id())});
  }
  co_return co_await generic_.run(context);
}

std::string Engine::allowed(const Context& context) const {
  std::string out;
  const auto match = router_.match(context.host, context.path);
  for (const Method method : {Method::kGet, Method::kPost, Method::kPut, Method::kPatch, Method::kDelete}) {
    if (!match || !match->operation(method)) continue;
    if (!out.empty()) out += ", ";
    out += method == Method::kGet ? "GET, HEAD" : catalogue::name(method);
  }
  return out;
}

Task<net::Response> Engine::handle(net::Request& request, std::string product, std::string page_base) {
  net::Response response;
  if (request.method == "OPTIONS") {
    response.status = 204;
    response.header("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS");
    response.header(
        "Access-Control-Allow-Headers",
        "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, "
        "Idempotency-Key");
    add_standard_headers(response);
    co_return response;
  }
  const auto started = std::chrono::steady_clock::now();
  Context context{.operation = catalogue::Operation(0),
                  .host = product,
                  .base_url = "https://" + product + ".twilio.com",
                  .page_base = std::move(page_base),
                  .path = path_of(request.target),
                  .values = {},
                  .query = {},
                  .form = {},
                  .body = {},
                  .principal = {},
                  .raw_body = {},
                  .content_type = {}};
  auto result = co_await answer(request, context);
  const bool xml =
      context.host == "api" && context.format == Format::kXml && (result || context.path.starts_with("/2010-04-01/"));
  if (result) {
    response.status = result->status;
    response.headers = std::move(result->headers);
    if (!result->content_type.empty()) {
      response.header("Content-Type", std::move(result->content_type));
      response.body = std::move(result->body);
    } else if (xml && !result->body.empty()) {
      const bool list = !context.operation.list_key().empty();
      response.header("Content-Type", "application/xml; charset=utf-8");
      response.body = xml_from_json(result->body, resource_word(context.path, list), context.operation.list_key());
    } else {
      if (!result->body.empty()) response.header("Content-Type", "application/json; charset=utf-8");
      response.body = std::move(result->body);
    }
  } else {
    const Error& error = result.error();
    if (error.status >= 500) {
      log::warn(
          "api.error",
          {{"method", request.method}, {"path", context.path}, {"status", error.status}, {"error", error.message}});
    }
    if (xml) {
      response.status = error.status;
      response.header("Content-Type", "application/xml; charset=utf-8");
      response.body = xml_error(error);
    } else {
      response = error_response(error);
    }
    if (error.status == 401) response.header("WWW-Authenticate", "Basic realm=\"Twilio API\"");
    if (error.status == 429 && error.code == errors::kTooManyRequests.code) response.header("Retry-After", "1");
    if (error.status == 405) response.header("Allow", allowed(context));
  }
  add_standard_headers(response);
  response.lines += "Twilio-Request-Duration: ";
  append_seconds(response.lines, std::chrono::steady_clock::now() - started);
  response.lines += "\r\n";
  co_return response;
}

Task<Result<Reply>> Engine::generic(Context& context, Amend amend) {
  auto reply = co_await generic_.run(context, std::move(amend));
  if (reply) std::erase_if(reply->headers, [](const auto& header) { return header.first == "Dialtone-Behaviour"; });
  co_return reply;
}

Task<Result<Reply>> Engine::seed(const Principal& principal, std::string_view url, const json::object& properties) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kDomain = ".twilio.com";
  const auto bad = [](std::string text) { return fail({errors::kBadRequest, std::move(text)}); };
  if (!url.starts_with(kScheme)) co_return bad("url must begin with https://");
  const std::string_view authority = url.substr(kScheme.size(), url.find('/', kScheme.size()) - kScheme.size());
  if (!authority.ends_with(kDomain)) co_return bad("url must name a host of twilio.com");
  const std::string host(authority.substr(0, authority.find('.')));
  const std::string path(path_of(url.substr(std::min(url.size(), kScheme.size() + authority.size()))));
  const auto match = router_.match(host, path);
  if (!match) co_return fail({errors::kNotFound, fmt::format("The catalogue has no {}", url)});
  Context context{.operation = match->path.operation_at(0),
                  .host = host,
                  .base_url = fmt::format("https://{}.twilio.com", host),
                  .page_base = {},
                  .path = path,
                  .values = {},
                  .query = {},
                  .form = {},
                  .body = properties,
                  .principal = principal,
                  .account = principal.account,
                  .raw_body = {},
                  .content_type = {}};
  if (!take_values(context, *match, match->path)) co_return bad("url names no resource");
  net::Request none;
  DT_CO_CHECK(address_account(none, context));
  co_return co_await generic_.seed(context);
}

std::string render_error(const Error& error) {
  std::string out = fmt::format("{{\"code\": {}, ", error.code);
  if (error.status == 401 || !error.detail.empty()) {
    out += "\"detail\": ";
    append_json_string(out, valid_utf8(error.detail));
    out += ", ";
  }
  out += "\"message\": ";
  append_json_string(out, valid_utf8(error.message));
  fmt::format_to(std::back_inserter(out),
                 ", \"more_info\": \"https://www.twilio.com/docs/errors/{}\", \"status\": {}}}", error.code,
                 error.status);
  return out;
}

net::Response error_response(const Error& error) {
  net::Response response;
  response.status = error.status;
  response.header("Content-Type", "application/json; charset=utf-8");
  response.body = render_error(error);
  return response;
}

}  // namespace dialtone::rest
