#include "webhook/client.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include "base/sid.hpp"
#include "webhook/challenge.hpp"
#include "webhook/connection.hpp"
#include "webhook/cookies.hpp"
#include "webhook/gzip.hpp"
#include "webhook/http.hpp"
#include "webhook/pool.hpp"
#include "webhook/signature.hpp"
#include "webhook/slots.hpp"
#include "webhook/url.hpp"
#include "webhook/validators.hpp"

namespace dialtone::webhook {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool is_method(std::string_view method) {
  return !method.empty() && method.size() <= 16 &&
         std::ranges::all_of(method, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_header(const std::pair<std::string, std::string>& header) {
  const auto ends_line = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  const auto ends_name = [](char c) { return c <= ' ' || c == ':' || c > '~'; };
  return !header.first.empty() && std::ranges::none_of(header.first, ends_name) &&
         std::ranges::none_of(header.second, ends_line);
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool same_origin(const Url& a, const Url& b) { return a.scheme == b.scheme && a.host == b.host && a.port == b.port; }

/// What is asked at one hop of a chain of redirects.
struct Request {
  std::string method;
  std::string url_text;  ///< with user info and fragment
  Url url;
  const FormPairs* params = nullptr;
  const Body* body = nullptr;
  bool own_headers = true;  ///< the caller's headers go along
  std::string authorization = {};
  std::string cookies = {};
  Headers conditions = {};  ///< that the answer is another than the one we keep

  [[nodiscard]] bool has_payload() const { return method != "GET" && method != "HEAD"; }
};

Error retrieval_error(int status) {
  return {errors::kRetrieval, fmt::format("{}: status {}", errors::kRetrieval.message, status)};
}

/// Gives the hop everything that is sent but for the request line.
void compose(Hop& hop, const Request& request, const Call& call) {
  hop.method = request.method;
  hop.url = request.url.text();
  if (request.has_payload() && request.body != nullptr) hop.request_body = request.body->bytes;
  if (request.has_payload() && request.body == nullptr) hop.request_body = form_encode(*request.params);

  auto& headers = hop.request_headers;
  headers.emplace_back("Host", request.url.authority);
  headers.emplace_back("User-Agent", "TwilioProxy/1.1");
  headers.emplace_back("Accept", "*/*");
  headers.emplace_back("Accept-Encoding", "gzip");
  if (request.has_payload()) {
    headers.emplace_back("Content-Type", request.body != nullptr ? request.body->content_type : std::string(kFormType));
    headers.emplace_back("Content-Length", std::to_string(hop.request_body.size()));
  }
  if (!call.auth_token.empty()) {
    const bool has_form = request.has_payload() && request.body == nullptr;
    headers.emplace_back("X-Twilio-Signature",
                         has_form ? sign(call.auth_token, hop.url, *request.params) : sign(call.auth_token, hop.url));
  }
  if (!call.idempotency_token.empty()) headers.emplace_back("I-Twilio-Idempotency-Token", call.idempotency_token);
  if (request.own_headers) headers.insert(headers.end(), call.headers.begin(), call.headers.end());
  if (!request.cookies.empty()) headers.emplace_back("Cookie", request.cookies);
  headers.insert(headers.end(), request.conditions.begin(), request.conditions.end());
  if (!request.authorization.empty()) headers.emplace_back("Authorization", request.authorization);
  std::erase_if(headers, [](const auto& header) { return !is_header(header); });
}

std::string wire_form(const Hop& hop, const Request& request) {
  std::string out;
  out.reserve(512 + hop.request_body.size());
  out.append(hop.method).append(" ").append(request.url.target).append(" HTTP/1.1\r\n");
  for (const auto& [name, value] : hop.request_headers) out.append(name).append(": ").append(value).append("\r\n");
  out.append("\r\n").append(hop.request_body);
  return out;
}

/// What failed on the way to a connection has not been seen by the other side; what timed out later may have been.
bool is_worth_a_retry(const Hop& hop, int code, const RetryPolicy& policy) {
  if (!hop.sent) {
    const bool failed_to_connect = code == errors::kConnectTimeout.code || code == errors::kConnectRefused.code ||
                                   code == errors::kConnection.code;
    return failed_to_connect && policy.connect_timeout;
  }
  if (hop.status == 0) return code == errors::kRetrieval.code && policy.read_timeout;
  return (hop.status / 100 == 4 && policy.client_error) || (hop.status / 100 == 5 && policy.server_error);
}

/// The request that answers a 401, when its challenge and the URL's user info allow one.
std::optional<std::string> authorization_for(const Hop& hop, const Request& request) {
  if (hop.status != 401 || !request.url.has_user_info() || !request.authorization.empty()) return {};
  std::vector<Challenge> challenges;
  for (const auto& [name, value] : hop.response_headers) {
    if (!equal_ignoring_case(name, "WWW-Authenticate")) continue;
    for (auto& challenge : parse_challenges(value)) challenges.push_back(std::move(challenge));
  }
  const std::string nonce = random_hex(16);
  return answer(challenges, {request.url.user, request.url.password}, {request.method, request.url.target, nonce});
}

}  // namespace

std::optional<std::string_view> header_of(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

/// The thread that sends. Whoever waits in it is dropped at the end.
class SendingThread {
 public:
  SendingThread() : work_(asio::make_work_guard(context_)), thread_([this] { context_.run(); }) {
    ::pthread_setname_np(thread_.native_handle(), "webhooks");
  }
  ~SendingThread() { stop(); }
  SendingThread(const SendingThread&) = delete;
  SendingThread& operator=(const SendingThread&) = delete;

  [[nodiscard]] Executor executor() { return context_.get_executor(); }
  /// Ends the thread and lets go of what waited in it, on the thread of the caller.
  void stop() {
    if (!thread_.joinable()) return;
    context_.stop();
    thread_.join();
    context_.shutdown();
  }

 private:
  struct Context : asio::io_context {
    Context() : asio::io_context(1) {}
    using asio::execution_context::shutdown;
  };
  Context context_;
  asio::executor_work_guard<Executor> work_;
  std::thread thread_;
};

/// Lives as long as a request of it does, which may be in the hands of the lab when the client goes.
struct Client::Impl {
  Impl(Executor executor, const Clock& given_clock, ClientOptions given_options)
      : home(executor),
        clock(given_clock),
        options(std::move(given_options)),
        connector(thread.executor(), home, options),
        pool(thread.executor()),
        slots(thread.executor(), options.running_per_host_max),
        cookies(given_clock) {}

  static Task<Exchange> send_kept(std::shared_ptr<Impl> self, Call call) { co_return co_await self->send(call); }
  Task<Exchange> send(const Call& call);
  Task<std::optional<Error>> follow(const Call& call, Request request, SteadyTime deadline, Exchange& out);
  Task<std::optional<Error>> ask(const Call& call, Request& request, SteadyTime deadline, Exchange& out);
  Task<Result<void>> ask_once(const Request& request, Certificates certificates, SteadyTime deadline, Hop& hop);

  Executor home;  ///< the callers'
  SendingThread thread;
  const Clock& clock;
  ClientOptions options;
  Connector connector;
  Pool pool;
  Slots slots;
  CookieJar cookies;
  KeptAnswers kept_answers;
  std::atomic<Mishaps*> mishaps = nullptr;
};

/// What the lab makes of a request before it is sent: true when that is its end, with `hop` or the error to show it.
Task<Result<bool>> meet(Executor home, Mishaps& mishaps, const Call& call, const Request& request, SteadyTime deadline,
                        Hop& hop) {
  const auto left = std::chrono::duration_cast<Duration>(deadline - steady_now());
  const Duration read = request.url.options.read_timeout;
  const Error expired = left <= read
                            ? Error(errors::kTotalTimeout)
                            : Error(errors::kRetrieval, fmt::format("{}: read timed out", errors::kRetrieval.message));
  Mishap mishap = co_await asio::co_spawn(home, mishaps.strike(call, hop.url, std::min(left, read), expired), use_task);
  if (mishap.error) {
    // Name and certificate are looked at before anything is sent.
    const int code = mishap.error->code;
    hop.sent = code != errors::kDns.code && code != errors::kTls.code;
    co_return fail(std::move(*mishap.error));
  }
  hop.status = mishap.status;
  co_return hop.status != 0;
}

/// One request on a kept connection or a new one. A kept one may have been closed by the other side just now; then the
/// request is repeated, once, on a new one.
Task<Result<void>> Client::Impl::ask_once(const Request& request, Certificates certificates, SteadyTime deadline,
                                          Hop& hop) {
  const std::string key = pool_key(request.url, certificates);
  const std::string wire = wire_form(hop, request);
  for (ConnectionPtr connection = pool.take(key);; connection = nullptr) {
    hop.kept_connection = connection != nullptr;
    if (!connection) {
      DT_CO_TRY(connection, co_await connector.connect(request.url, certificates, deadline, hop.timing));
    }
    hop.sent = true;
    const SteadyTime read_by = steady_now() + request.url.options.read_timeout;
    connection->expire_at(std::min(read_by, deadline));
    const Answer answer = co_await exchange(*connection, wire, hop);
    if (answer.end == Answer::End::kDone) {
      if (answer.reusable) pool.put(key, std::move(connection));
      hop.chunked = answer.chunked;
      co_return Result<void>();
    }
    connection->close();
    if (answer.end == Answer::End::kBeforeAnswer && hop.kept_connection) continue;
    if (answer.end == Answer::End::kExpired) {
      if (deadline <= read_by) co_return fail(errors::kTotalTimeout);
      co_return fail({errors::kRetrieval, fmt::format("{}: read timed out", errors::kRetrieval.message)});
    }
    const ErrorRow& row = answer.end == Answer::End::kMalformed ? errors::kProtocol : errors::kConnection;
    co_return fail({row, fmt::format("{}: {}", row.message, answer.reason)});
  }
}

/// One hop, recorded; two when the server asks for credentials.
Task<std::optional<Error>> Client::Impl::ask(const Call& call, Request& request, SteadyTime deadline, Exchange& out) {
  const bool with_cookies = !call.conversation.empty();
  request.cookies = with_cookies ? cookies.header(call.conversation, request.url) : std::string{};
  const bool may_keep = request.method == "GET";
  const std::string keep_key = may_keep ? request.url.user + '@' + request.url.text() : std::string{};
  request.conditions = may_keep ? kept_answers.conditions(keep_key) : Headers{};
  Hop& hop = out.hops.emplace_back();
  compose(hop, request, call);
  hop.response_bytes_max = call.response_bytes_max;
  hop.timing.started_at = clock.now();
  const SteadyTime start = steady_now();
  if (Mishaps* const deciding = mishaps.load()) {
    const auto met = co_await meet(home, *deciding, call, request, deadline, hop);
    if (!met || *met) {
      hop.timing.total = std::chrono::duration_cast<Duration>(steady_now() - start);
      co_return met ? std::nullopt : std::optional<Error>(met.error());
    }
  }
  const bool any = call.certificates == Certificates::kAccept || options.certificates == Certificates::kAccept;
  auto asked = co_await ask_once(request, any ? Certificates::kAccept : Certificates::kVerify, deadline, hop);
  hop.timing.total = std::chrono::duration_cast<Duration>(steady_now() - start);
  if (!asked) co_return std::move(asked).error();

  if (equal_ignoring_case(header_of(hop.response_headers, "Content-Encoding").value_or(""), "gzip") &&
      !hop.response_body.empty()) {
    auto unzipped = unzip(hop.response_body, hop.response_bytes_max);
    if (!unzipped) co_return Error(errors::kProtocol, fmt::format("{}: broken gzip", errors::kProtocol.message));
    hop.response_body = std::move(unzipped->text);
    hop.truncated |= unzipped->truncated;
  }
  if (with_cookies) {
    for (const auto& [name, value] : hop.response_headers) {
      if (equal_ignoring_case(name, "Set-Cookie")) cookies.keep(call.conversation, request.url, value);
    }
  }
  if (may_keep && hop.status == 200) kept_answers.keep(keep_key, hop);
  if (hop.status == 304 && !request.conditions.empty()) kept_answers.fill(keep_key, hop);
  if (auto authorization = authorization_for(hop, request)) {
    request.authorization = std::move(*authorization);
    auto error = co_await ask(call, request, deadline, out);
    request.authorization.clear();  // not for where a redirect leads
    co_return error;
  }
  co_return std::nullopt;
}

Task<std::optional<Error>> Client::Impl::follow(const Call& call, Request request, SteadyTime deadline, Exchange& out) {
  std::optional<Url> first;  // once it is another
  for (int redirects = 0;; ++redirects) {
    if (auto error = co_await ask(call, request, deadline, out)) co_return error;
    const Hop& hop = out.hops.back();
    if (hop.status / 100 == 2) {
      const bool lost = hop.chunked && hop.response_body.empty() && call.purpose == Purpose::kDocument;
      co_return lost ? std::optional<Error>(errors::kEmptyChunked) : std::nullopt;
    }
    const auto location = header_of(hop.response_headers, "Location");
    if (!is_redirect(hop.status) || !location) co_return retrieval_error(hop.status);
    if (redirects == kRedirectsMax) co_return Error(errors::kRedirects);

    auto target = resolve_url(request.url_text, *location);
    if (!target) co_return std::move(target).error();
    auto url = parse_url(*target);
    if (!url) co_return std::move(url).error();
    if (same_origin(*url, request.url) && !url->has_user_info()) {
      url->user = request.url.user;
      url->password = request.url.password;
    }
    if (!first) first = request.url;
    url->options = first->options;
    request.own_headers = same_origin(*url, *first);
    request.url_text = std::move(*target);
    request.url = std::move(*url);
    if (hop.status != 307 && hop.status != 308 && request.has_payload()) request.method = "GET";
  }
}

Task<Exchange> Client::Impl::send(const Call& call) {
  Exchange out;
  const bool has_payload = call.method != "GET" && call.method != "HEAD";
  std::string text = call.url;
  if (!has_payload) {
    text = with_query(text, form_encode(call.params));
  } else if (call.body) {
    text = with_body_hash(text, call.body->bytes);
  }
  auto url = parse_url(text);
  if (!url || !is_method(call.method)) {
    out.error = url ? Error(errors::kRetrieval, "HTTP method not usable") : std::move(url).error();
    if (!url) out.error->message = fmt::format("{}: {}", out.error->message, call.url);
    co_return out;
  }
  const ConnectionOptions limits = url->options;
  const auto slot = co_await slots.take(fmt::format("{}:{}", url->host, url->port), steady_now() + kTurnWaitMax);
  if (!slot) {
    out.error = Error(errors::kTotalTimeout,
                      fmt::format("{}: {} requests to {} are still running", errors::kTotalTimeout.message,
                                  options.running_per_host_max, url->authority));
    co_return out;
  }
  const SteadyTime deadline = steady_now() + limits.total_timeout;
  Request request{.method = call.method,
                  .url_text = std::move(text),
                  .url = std::move(*url),
                  .params = &call.params,
                  .body = call.body ? &*call.body : nullptr};

  for (int retry = 0;; ++retry) {
    const std::size_t hops_before = out.hops.size();
    const bool last = retry == limits.retries;
    out.error = co_await follow(call, last ? std::move(request) : Request(request), deadline, out);
    if (!out.error || last || steady_now() >= deadline) co_return out;

    if (out.hops.size() == hops_before || !is_worth_a_retry(out.hops.back(), out.error->code, limits.retry_policy)) {
      co_return out;
    }
  }
}

Client::Client(Executor executor, const Clock& clock, ClientOptions options)
    : impl_(std::make_shared<Impl>(executor, clock, std::move(options))) {}

Client::~Client() { impl_->thread.stop(); }

Task<Exchange> Client::send(Call call) {
  const auto impl = impl_;
  co_return co_await asio::co_spawn(impl->thread.executor(), Impl::send_kept(impl, std::move(call)), use_task);
}

void Client::use(Mishaps* mishaps) { impl_->mishaps = mishaps; }

std::size_t Client::idle_connections() const { return impl_->pool.size(); }

}  // namespace dialtone::webhook
