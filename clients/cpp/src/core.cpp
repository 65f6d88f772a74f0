#include "core.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "twilio/version.hpp"
#include "url.hpp"

namespace twilio::detail {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string first_of_environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = environment(name); !value.empty()) return value;
  }
  return {};
}

Options complete(Options options) {
  auto fill = [](std::string& value, const char* name) {
    if (value.empty()) value = environment(name);
  };
  fill(options.username, "TWILIO_ACCOUNT_SID");
  fill(options.password, "TWILIO_AUTH_TOKEN");
  fill(options.edge, "TWILIO_EDGE");
  fill(options.region, "TWILIO_REGION");
  fill(options.ca_file, "TWILIO_CA_BUNDLE");
  if (options.username.empty())
    throw std::invalid_argument(
        "a client needs a username: an account SID, or an API key SID with account_sid beside it");
  if (options.password.empty())
    throw std::invalid_argument("a client needs a password: the auth token, or the API key's secret");
  if (options.account_sid.empty()) options.account_sid = options.username;
  if (!options.account_sid.starts_with("AC")) {
    throw std::invalid_argument(options.account_sid.starts_with("SK")
                                    ? "an API key needs the account it belongs to: set account_sid"
                                    : "account_sid must start with AC");
  }
  if (!options.log && environment("TWILIO_LOG_LEVEL") == "debug") {
    options.log = [](const LogEntry& entry) { std::fprintf(stderr, "%s\n", entry.text().c_str()); };
  }
  return options;
}

TransportSettings settings_of(const Options& options) {
  TransportSettings settings;
  settings.ca_file = options.ca_file;
  settings.timeout = options.timeout;
  settings.connect_timeout = options.connect_timeout;
  settings.connections_max = std::max(1, options.connections_max);
  if (!options.base_address.empty()) {
    auto base = parse_url(options.base_address);
    if (!base) throw std::invalid_argument("base_address is no http or https address: " + options.base_address);
    if (base->target != "/") throw std::invalid_argument("base_address has no path: " + options.base_address);
    settings.base_scheme = base->scheme;
    settings.base_host = base->host;
    settings.base_port = base->port;
  }
  std::string proxy = options.proxy;
  if (proxy.empty() && options.proxy_from_environment) {
    proxy = first_of_environment({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "HTTP_PROXY"});
    settings.no_proxy = first_of_environment({"no_proxy", "NO_PROXY"});
  }
  if (!proxy.empty()) {
    auto url = parse_url(proxy);
    if (!url || url->scheme != "http") throw std::invalid_argument("the proxy's address must be http://host:port");
    settings.proxy_host = url->host;
    settings.proxy_port = url->port;
    if (!url->user.empty()) settings.proxy_authorization = "Basic " + base64(url->user);
  }
  return settings;
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

/// For the log: the address without what may be personal in its query.
std::string without_values(std::string_view target) {
  std::size_t question = target.find('?');
  std::string out(target.substr(0, question));
  if (question == std::string_view::npos) return out;
  std::string_view query = target.substr(question + 1);
  char join = '?';
  while (!query.empty()) {
    std::size_t end = std::min(query.find('&'), query.size());
    out += join + std::string(query.substr(0, std::min(query.find('='), end)));
    join = '&';
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return out;
}

}  // namespace

struct Core::Attempt {
  std::shared_ptr<Outgoing> request;
  std::string names;
  bool errors_are_answers = false;
  std::shared_ptr<CallState> state;
  int number = 1;
  std::chrono::steady_clock::time_point began;
};

Core::Core(Options options)
    : options_(complete(std::move(options))),
      transport_(std::make_shared<Transport>(settings_of(options_))),
      random_(std::random_device{}()) {
  if (has_line_break(options_.user_agent_extension))
    throw std::invalid_argument("user_agent_extension cannot hold a line break");
  common_head_ = "User-Agent: dialtone-client/" DIALTONE_CLIENT_VERSION " (c++)";
  if (!options_.user_agent_extension.empty()) common_head_ += " " + options_.user_agent_extension;
  common_head_ += "\r\nAccept-Charset: utf-8\r\nConnection: keep-alive\r\nAuthorization: Basic " +
                  base64(options_.username + ":" + options_.password) + "\r\n";
}

Core::~Core() { transport_->stop(); }

void Core::send(const Operation& operation, std::string target, Encoded encoded, std::shared_ptr<CallState> state) {
  auto request = std::make_shared<Outgoing>();
  request->method = kMethods[static_cast<int>(operation.method)];
  request->host = regional_host(std::string(operation.product) + ".twilio.com", options_.edge, options_.region);
  request->target = std::move(target);
  request->head = common_head_;
  bool typed = false, accepts = false;
  for (const auto& [name, value] : encoded.headers) {
    request->head += name + ": " + value + "\r\n";
    typed = typed || name == "Content-Type";
    accepts = accepts || name == "Accept";
  }
  if (operation.method != Method::kDelete && !accepts) request->head += "Accept: application/json\r\n";
  request->has_body = operation.method != Method::kGet && operation.method != Method::kDelete;
  if (!encoded.body.empty()) request->has_body = true;
  if (request->has_body && !typed) {
    request->head += "Content-Type: ";
    request->head += operation.body == Body::kJson ? operation.content_type : "application/x-www-form-urlencoded";
    request->head += "\r\n";
  }
  request->body = std::move(encoded.body);
  request->repeatable =
      operation.method == Method::kGet || operation.method == Method::kPut || operation.method == Method::kDelete;
  start(std::move(request), std::move(encoded.names), false, std::move(state));
}

void Core::send(const RawRequest& raw, std::shared_ptr<CallState> state) {
  auto url = parse_url(raw.url);
  if (!url || url->scheme != "https") throw std::invalid_argument("a request needs an https address: " + raw.url);
  auto request = std::make_shared<Outgoing>();
  request->method = raw.method;
  for (char& c : request->method) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  if (request->method.empty() || request->method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos) {
    throw std::invalid_argument("no method: " + raw.method);
  }
  // The credentials go nowhere else, whatever address a caller was talked into.
  if (url->host != "twilio.com" && !url->host.ends_with(".twilio.com"))
    throw std::invalid_argument("not a host of twilio.com: " + url->host);
  request->host = regional_host(url->host, options_.edge, options_.region);
  request->target = url->target;
  request->head = common_head_;
  bool typed = false;
  for (const auto& [name, value] : raw.headers) {
    if (has_line_break(name) || has_line_break(value))
      throw std::invalid_argument("a header cannot hold a line break: " + name);
    request->head += name + ": " + value + "\r\n";
    typed = typed || name == "Content-Type";
  }
  request->body = raw.body;
  std::string type = raw.content_type;
  if (!raw.parts.empty()) {
    std::string boundary = "----dialtone";
    {
      std::lock_guard lock(random_mutex_);
      for (int i = 0; i < 4; ++i) boundary += std::to_string(random_());
    }
    request->body.clear();
    auto quoted = [](std::string_view text) {
      std::string out;
      for (char c : text)
        out += c == '"'    ? std::string("%22")
               : c == '\r' ? std::string("%0D")
               : c == '\n' ? std::string("%0A")
                           : std::string(1, c);
      return out;
    };
    for (const Part& part : raw.parts) {
      request->body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + quoted(part.name) + "\"";
      if (!part.filename.empty()) request->body += "; filename=\"" + quoted(part.filename) + "\"";
      if (has_line_break(part.content_type)) throw std::invalid_argument("a content type cannot hold a line break");
      if (!part.content_type.empty()) request->body += "\r\nContent-Type: " + part.content_type;
      request->body += "\r\n\r\n" + part.content + "\r\n";
    }
    request->body += "--" + boundary + "--\r\n";
    type = "multipart/form-data; boundary=" + boundary;
  }
  request->has_body =
      !request->body.empty() || (request->method != "GET" && request->method != "DELETE" && request->method != "HEAD");
  if (has_line_break(type)) throw std::invalid_argument("a content type cannot hold a line break");
  if (!typed && !type.empty()) request->head += "Content-Type: " + type + "\r\n";
  request->repeatable =
      request->method == "GET" || request->method == "HEAD" || request->method == "PUT" || request->method == "DELETE";
  start(std::move(request), "", true, std::move(state));
}

void Core::start(std::shared_ptr<Outgoing> request, std::string names, bool errors_are_answers,
                 std::shared_ptr<CallState> state) {
  auto begun = std::make_shared<Attempt>();
  begun->request = std::move(request);
  begun->names = std::move(names);
  begun->errors_are_answers = errors_are_answers;
  begun->state = std::move(state);
  attempt(std::move(begun), std::chrono::milliseconds(0));
}

void Core::attempt(std::shared_ptr<Attempt> next, std::chrono::milliseconds delay) {
  next->began = std::chrono::steady_clock::now() + delay;
  auto request = next->request;
  // The transport is stopped before this Core goes, and hands back whatever it still has.
  transport_->send(std::move(request), delay, [this, next](Outcome outcome) { settle(next, std::move(outcome)); });
}

void Core::settle(std::shared_ptr<Attempt> done, Outcome outcome) {
  if (options_.log) tell(*done, outcome);
  if (auto delay = retry_after(*done, outcome)) {
    ++done->number;
    return attempt(std::move(done), *delay);
  }
  if (outcome.error) return done->state->fail(outcome.error);
  int status = outcome.answer.status;
  if (status < 400 || done->errors_are_answers) return done->state->finish(std::move(outcome.answer));
  Json body;
  try {
    body = Json::parse(outcome.answer.body);
  } catch (const std::invalid_argument&) {
  }
  // RFC 9457 names these title and detail.
  std::string message = body["message"].text();
  if (message.empty()) message = body["detail"].text();
  if (message.empty()) message = body["title"].text();
  if (message.empty()) message = "HTTP status " + std::to_string(status);
  std::string more = body["more_info"].text().empty() ? body["type"].text() : body["more_info"].text();
  done->state->fail(
      std::make_exception_ptr(ApiError(status, static_cast<int>(body["code"].integer()), message, std::move(more),
                                       body["details"], std::string(outcome.answer.header("Twilio-Request-Id")))));
}

std::optional<std::chrono::milliseconds> Core::retry_after(const Attempt& done, const Outcome& outcome) {
  const RetryOptions& retry = options_.retry;
  if (done.number > retry.retries_max) return {};
  bool again = done.request->repeatable || retry.repeat_creates;
  if (outcome.error) {
    try {
      std::rethrow_exception(outcome.error);
    } catch (const TransportError& error) {
      using Reason = TransportError::Reason;
      if (error.reason() == Reason::kClosed || error.reason() == Reason::kTls) return {};
      if (error.may_have_happened() && !again) return {};
      if (error.reason() == Reason::kTimeout && error.may_have_happened() && !retry.repeat_creates &&
          !done.request->repeatable)
        return {};
    } catch (...) {
      return {};
    }
  } else if (outcome.answer.status != 429 && !(outcome.answer.status >= 500 && again)) {
    return {};
  }
  auto delay = std::min(retry.delay_max, retry.first_delay * (1 << std::min(done.number - 1, 16)));
  {
    // Between half of it and all of it: never at once, and never all clients together.
    std::lock_guard lock(random_mutex_);
    delay = delay / 2 + std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(
                            0, std::max<std::int64_t>(1, delay.count() / 2))(random_));
  }
  if (!outcome.error) {
    std::string_view asked = outcome.answer.header("Retry-After");
    if (!asked.empty() && asked.size() < 5 && asked.find_first_not_of("0123456789") == std::string_view::npos) {
      auto wished = std::chrono::milliseconds(std::stoi(std::string(asked)) * 1000);
      if (wished > retry.delay_max) return {};
      delay = std::max(delay, wished);
    }
  }
  return delay;
}

void Core::tell(const Attempt& done, const Outcome& outcome) const {
  LogEntry entry;
  entry.method = done.request->method;
  entry.url = "https://" + done.request->host + without_values(done.request->target);
  entry.fields = done.names;
  entry.attempt = done.number;
  entry.status = outcome.answer.status;
  entry.request_id = outcome.answer.header("Twilio-Request-Id");
  entry.took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - done.began);
  try {
    if (outcome.error) std::rethrow_exception(outcome.error);
  } catch (const std::exception& error) {
    entry.problem = error.what();
  }
  options_.log(entry);
}

}  // namespace twilio::detail
