#include "net/connection.hpp"

#include <charconv>

#include <netinet/tcp.h>
#include <boost/asio/post.hpp>

#include "base/json.hpp"
#include "base/log.hpp"
#include "net/text.hpp"

namespace dialtone::net {
namespace {

using boost::system::error_code;

constexpr std::size_t kReadBytes = 8 * 1024;       ///< at one time; more only for a header that needs it
constexpr std::size_t kCopyBytesMax = 32 * 1024;   ///< a larger body is sent from where it lies
constexpr std::size_t kKeepBytesMax = 128 * 1024;  ///< a larger buffer is given back after the answer
constexpr std::size_t kBodyBytesPerSecond = 64 * 1024;
constexpr std::size_t kLingerBytesMax = 1024 * 1024;
constexpr auto kLingerLimit = std::chrono::seconds(2);
constexpr unsigned char kTlsHandshake = 0x16;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// The server's own header fields; a handler's are left out.
bool is_reserved(std::string_view name) {
  switch (name.size()) {
    case 4:
      return same_text(name, "Date");
    case 10:
      return same_text(name, "Connection");
    case 14:
      return same_text(name, "Content-Length");
    case 17:
      return same_text(name, "Transfer-Encoding");
    default:
      return false;
  }
}

/// A line break in a field would let its author write the rest of the answer.
bool is_clean(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void append_number(std::string& out, std::uint64_t number, int base = 10) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  out.append(digits.data(), end);
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

Response error_answer(int status, std::string_view text) {
  std::string body = R"({"code": )";
  const int code = status == 500 ? errors::kInternal.code : status == 400 ? errors::kBadRequest.code : 20000 + status;
  append_number(body, static_cast<std::uint64_t>(code));
  body += R"(, "message": )";
  append_json_string(body, text);
  body += R"(, "more_info": "https://www.twilio.com/docs/errors/)";
  append_number(body, static_cast<std::uint64_t>(code));
  body += R"(", "status": )";
  append_number(body, static_cast<std::uint64_t>(status));
  body += "}";
  return Response::json(status, std::move(body));
}

}  // namespace

/// Sends the pieces of a streamed answer, in chunks unless the client is too old for them.
class StreamWriter final : public Writer {
 public:
  StreamWriter(Connection& connection, bool chunked) : connection_(connection), chunked_(chunked) {
    connection_.writer_ = this;
    if (connection_.hub_->draining) set_gone();
  }
  ~StreamWriter() override { connection_.writer_ = nullptr; }
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;

  Task<bool> write(std::string_view piece) override {
    if (gone_) co_return false;
    if (piece.empty()) co_return true;
    auto& out = connection_.out_;
    if (chunked_) {
      append_number(out, piece.size(), 16);
      out.append("\r\n").append(piece).append("\r\n");
    } else {
      out.append(piece);
    }
    const bool sent = connection_.flush_now() || co_await connection_.flush();
    if (!sent) set_gone();
    connection_.deadline_ = Connection::kNever;
    co_return sent;
  }
  [[nodiscard]] bool gone() const override { return gone_; }
  void on_gone(std::function<void()> action) override {
    if (gone_) return action();
    actions_.push_back(std::move(action));
  }
  void set_gone() {
    if (std::exchange(gone_, true)) return;
    for (const auto& action : std::exchange(actions_, {})) action();
  }

 private:
  Connection& connection_;
  const bool chunked_;
  bool gone_ = false;
  std::vector<std::function<void()>> actions_;
};

Connection::Connection(std::shared_ptr<Hub> hub, Socket socket)
    : hub_(std::move(hub)),
      stream_(std::move(socket)),
      reader_(request_, {.header_bytes_max = hub_->options.header_bytes_max,
                         .header_count_max = hub_->options.header_count_max,
                         .body_bytes_max = hub_->options.body_bytes_max}) {
  hub_->add(*this);
}

Connection::~Connection() {
  unlink();
  hub_->removed();
}

Task<> Connection::run(std::shared_ptr<Connection> self) {
  auto& socket = self->stream_.socket();
  error_code error;
  socket.non_blocking(true, error);
  socket.set_option(asio::ip::tcp::no_delay(true), error);
  const auto peer = socket.remote_endpoint(error);
  if (error) co_return;
  self->request_.remote = peer.address().to_string();
  auto next = co_await self->secure() ? Next::kRequest : Next::kClose;
  while (next == Next::kRequest) next = co_await self->serve();
  if (!self->out_.empty()) co_await self->flush();
  const bool unread = next == Next::kLinger || !self->buffered().empty();
  if (!self->broken_ && (unread || self->stream_.tls())) co_await self->linger();
  self->close();
}

void Connection::on_tick(std::uint64_t tick) {
  if (tick >= deadline_) return close();
  if (writer_ != nullptr && peer_is_gone()) writer_->set_gone();
}

void Connection::drain() {
  keep_ = false;
  if (idle_) return close();
  if (writer_ != nullptr) writer_->set_gone();
  if (tunnelling_) limit(std::chrono::seconds(1));
}

void Connection::close() {
  broken_ = true;
  deadline_ = kNever;
  if (writer_ != nullptr) writer_->set_gone();
  stream_.close();
}

/// While a stream runs nobody reads, so the kernel is asked whether the peer has closed.
bool Connection::peer_is_gone() {
  tcp_info info{};
  socklen_t size = sizeof info;
  return getsockopt(stream_.socket().native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
         info.tcpi_state != TCP_ESTABLISHED;
}

/// Finds out by the first byte whether the client speaks TLS, and shakes hands if so.
Task<bool> Connection::secure() {
  limit(idle_ ? hub_->options.idle_limit : hub_->options.header_limit);
  if (buffered().empty() && !co_await fill()) co_return false;
  idle_ = false;
  if (static_cast<unsigned char>(in_[in_begin_]) != kTlsHandshake) co_return true;
  if (hub_->certificates == nullptr || stream_.tls()) co_return false;
  limit(hub_->options.header_limit);
  auto& tls = stream_.start_tls(hub_->tls());
  set_fallback_name(tls.native_handle(), origin_host_);
  const auto early = buffered();
  const auto [error, used] =
      co_await tls.async_handshake(Stream::Tls::server, asio::buffer(early.data(), early.size()), use_result);
  in_begin_ = in_end_ = 0;
  if (error) log::debug("net.handshake_failed", {{"remote", request_.remote}, {"error", error.message()}});
  co_return !error && !broken_;
}

/// Reads what is there at once. False when that is nothing.
bool Connection::fill_now() {
  if (in_begin_ != in_end_ || in_.empty()) return false;
  in_begin_ = in_end_ = 0;
  in_end_ = stream_.try_read(in_);
  return in_end_ > 0;
}

/// Reads once; what was there before stays. False when there will be no more.
Task<bool> Connection::fill() {
  if (in_begin_ == in_end_) {
    in_begin_ = in_end_ = 0;
    if (in_.empty()) in_.resize(kReadBytes);
  } else if (in_end_ == in_.size()) {
    if (in_begin_ > 0) {
      std::copy(in_.begin() + static_cast<std::ptrdiff_t>(in_begin_), in_.end(), in_.begin());
      in_end_ -= in_begin_;
      in_begin_ = 0;
    } else {
      // The reader refuses what it cannot use before this bound is reached.
      in_.resize(std::min(in_.size() * 2, hub_->options.header_bytes_max + kReadBytes));
      if (in_end_ == in_.size()) co_return false;
    }
  }
  const auto [error, n] =
      co_await stream_.async_read_some(asio::buffer(in_.data() + in_end_, in_.size() - in_end_), use_result);
  if (error) {
    broken_ = broken_ || error != asio::error::eof;
    co_return false;
  }
  in_end_ += n;
  co_return !broken_;
}

RequestReader::Progress Connection::advance() {
  auto input = buffered();
  const auto progress = reader_.read(input);
  in_begin_ = in_end_ - input.size();
  return progress;
}

/// Serves one request.
Task<Connection::Next> Connection::serve() {
  using Progress = RequestReader::Progress;
  reader_.begin(stream_.tls());
  limit(hub_->options.header_limit);
  Progress progress = Progress::kMore;
  while ((progress = advance()) == Progress::kMore) {
    if (!out_.empty() && !flush_now() && !co_await flush()) co_return Next::kClose;
    idle_ = !reader_.started();
    if (idle_) {
      if (hub_->draining) co_return Next::kClose;
      limit(hub_->options.idle_limit);
      // While others are served, the next request comes: one read instead of one in vain, an event and another.
      co_await asio::post(hub_->executor, use_task);
    }
    if (!fill_now() && !co_await fill()) co_return Next::kClose;
    if (idle_) limit(hub_->options.header_limit);
    idle_ = false;
  }
  if (progress == Progress::kRejected) co_return co_await refuse();
  keep_ = request_.keep_alive && !hub_->draining;
  request_.tls = stream_.tls();
  request_.proxied = !origin_host_.empty();
  if (request_.proxied) {
    if (reader_.form() == TargetForm::kAuthority) co_return co_await refuse(rejections::kBadTarget);
    request_.host = origin_host_;
    request_.host_port = origin_port_;
  } else if (reader_.form() == TargetForm::kAuthority) {
    co_return co_await connect();
  } else if (reader_.form() == TargetForm::kAbsolute) {
    if (!hub_->is_self(request_.host, request_.host_port) && !hub_->intercepts(request_.host)) {
      co_return co_await forward();
    }
    request_.proxied = true;
  }
  if (!reader_.done() && !may_have_body()) co_return co_await refuse();
  progress = advance();
  if (progress == Progress::kMore) progress = co_await read_body();
  if (progress == Progress::kRejected) co_return co_await refuse();
  if (progress != Progress::kDone) co_return Next::kClose;
  co_return co_await answer();
}

/// What the head says about the body can be met. If not, the reader knows why.
bool Connection::may_have_body() {
  if (reader_.content_length().value_or(0) > hub_->options.body_bytes_max) {
    reader_.reject(rejections::kBodyTooLarge);
    return false;
  }
  const auto expect = request_.header("Expect");
  if (!expect.empty() && !same_text(expect, "100-continue")) {
    reader_.reject(rejections::kBadExpectation);
    return false;
  }
  return true;
}

/// Reads what is left of a body; kMore when the peer went away before its end.
Task<RequestReader::Progress> Connection::read_body() {
  using Progress = RequestReader::Progress;
  if (!co_await invite_body()) co_return Progress::kMore;
  const auto& options = hub_->options;
  const auto first_deadline = hub_->deadline(options.body_limit);
  std::size_t received = 0;
  auto progress = Progress::kMore;
  while (progress == Progress::kMore) {
    if (!out_.empty() && !flush_now() && !co_await flush()) break;
    // A body that trickles in is cut; a large one gets the time it needs.
    deadline_ = first_deadline + (received / kBodyBytesPerSecond) * (std::chrono::seconds(1) / options.tick);
    const auto before = in_end_ - in_begin_;
    if (!co_await fill()) break;
    received += in_end_ - in_begin_ - before;
    progress = advance();
  }
  co_return progress;
}

/// Answers `Expect: 100-continue`; a client that has begun to send needs no invitation.
Task<bool> Connection::invite_body() {
  if (request_.version < 11 || !request_.body.empty() || !buffered().empty() || !request_.headers.has("Expect")) {
    co_return true;
  }
  out_ += kContinue;
  co_return flush_now() || co_await flush();
}

Task<Connection::Next> Connection::answer() {
  if (hub_->stopped) co_return Next::kClose;
  ++hub_->stats.requests;
  deadline_ = kNever;
  if (!out_.empty()) flush_soon();
  Response response;
  try {
    response = co_await hub_->handler.handle(request_);
  } catch (const std::exception& error) {
    log::error("net.handler_failed", {{"method", request_.method}, {"host", request_.host}, {"error", error.what()}});
    response = error_answer(500, errors::kInternal.message);
  } catch (...) {
    log::error("net.handler_failed", {{"method", request_.method}, {"host", request_.host}});
    response = error_answer(500, errors::kInternal.message);
  }
  if (broken_) co_return Next::kClose;
  if (hub_->draining) keep_ = false;
  if (response.takeover) co_return co_await hand_over(response);
  if (response.stream) co_return co_await send_stream(response);
  append_head(response, BodyKind::kSized);
  const bool mute = has_no_body(response.status) || request_.method == "HEAD";
  if (!mute && response.body.size() <= kCopyBytesMax) {
    out_ += response.body;
  } else if (!mute) {
    if (!flush_now() && !co_await flush()) co_return Next::kClose;
    out_ = std::move(response.body);
  }
  // With another request at hand its answer goes out together with this one.
  const bool wait = keep_ && !stream_.tls() && !buffered().empty() && out_.size() < kCopyBytesMax;
  if (!wait && !flush_now() && !co_await flush()) co_return Next::kClose;
  co_return keep_ ? Next::kRequest : Next::kClose;
}

Task<Connection::Next> Connection::send_stream(Response& response) {
  const bool chunked = request_.version >= 11;
  const bool mute = has_no_body(response.status) || request_.method == "HEAD";
  if (!chunked) keep_ = false;
  append_head(response, chunked ? BodyKind::kChunked : BodyKind::kUntilClose);
  if (!flush_now() && !co_await flush()) co_return Next::kClose;
  deadline_ = kNever;
  if (mute) co_return keep_ ? Next::kRequest : Next::kClose;
  bool whole = true;
  {
    StreamWriter writer(*this, chunked);
    try {
      co_await response.stream(writer);
    } catch (const std::exception& error) {
      // Without the last chunk the client can tell that the body is cut.
      log::error("net.stream_failed", {{"host", request_.host}, {"error", error.what()}});
      whole = false;
    }
  }
  if (!whole || broken_) co_return Next::kClose;
  if (hub_->draining) keep_ = false;
  if (chunked) out_ += "0\r\n\r\n";
  if (!flush_now() && !co_await flush()) co_return Next::kClose;
  co_return keep_ ? Next::kRequest : Next::kClose;
}

Task<Connection::Next> Connection::hand_over(Response& response) {
  append_head(response, BodyKind::kUpgrade);
  if (!flush_now() && !co_await flush()) co_return Next::kClose;
  deadline_ = kNever;
  std::string early(buffered());
  in_begin_ = in_end_ = 0;
  try {
    co_await response.takeover(stream_, std::move(early));
  } catch (const std::exception& error) {
    log::debug("net.takeover_ended", {{"host", request_.host}, {"error", error.what()}});
  }
  co_return Next::kClose;
}

Task<Connection::Next> Connection::refuse(Rejection rejection) {
  reader_.reject(rejection);
  return refuse();
}

Task<Connection::Next> Connection::refuse() {
  keep_ = false;
  auto response = error_answer(reader_.rejection().status, reader_.rejection().text);
  append_head(response, BodyKind::kSized);
  if (request_.method != "HEAD") out_ += response.body;
  if (!flush_now() && !co_await flush()) co_return Next::kClose;
  co_return Next::kLinger;
}

void Connection::append_head(const Response& response, BodyKind kind, std::optional<std::uint64_t> size) {
  if (kind == BodyKind::kSized && !size) size = response.body.size();
  out_ += "HTTP/1.1 ";
  append_number(out_, static_cast<std::uint64_t>(response.status));
  out_ += ' ';
  out_ += reason_phrase(response.status);
  out_ += "\r\n";
  out_ += hub_->date();
  for (const auto& [name, value] : response.headers) {
    if (is_reserved(name) || !is_clean(name) || !is_clean(value)) continue;
    out_.append(name).append(": ").append(value).append("\r\n");
  }
  out_.append(response.cors).append(response.lines);
  if (kind == BodyKind::kUpgrade) {
    out_ += "Connection: Upgrade\r\n\r\n";
    return;
  }
  if (!has_no_body(response.status)) {
    if (size) {
      out_ += "Content-Length: ";
      append_number(out_, *size);
      out_ += "\r\n";
    } else if (kind == BodyKind::kChunked) {
      out_ += "Transfer-Encoding: chunked\r\n";
    }
  }
  if (!keep_) {
    out_ += "Connection: close\r\n";
  } else if (request_.version < 11) {
    out_ += "Connection: keep-alive\r\n";
  }
  out_ += "\r\n";
}

/// Sends what the kernel takes at once. True when that was all.
bool Connection::flush_now() {
  if (writing_) return false;
  error_code error;
  out_sent_ += stream_.try_write(std::string_view(out_).substr(out_sent_), error);
  if (error) broken_ = true;
  if (out_sent_ < out_.size()) return false;
  out_sent_ = 0;
  out_.clear();
  if (out_.capacity() > kKeepBytesMax) out_ = {};
  return true;
}

/// Sends what is left. False when the peer has gone, or took nothing for too long.
Task<bool> Connection::flush() {
  writing_ = true;
  while (!broken_ && out_sent_ < out_.size()) {
    limit(hub_->options.write_limit);
    const auto [error, n] =
        co_await stream_.async_write_some(asio::buffer(out_.data() + out_sent_, out_.size() - out_sent_), use_result);
    if (error) broken_ = true;
    out_sent_ += n;
  }
  writing_ = false;
  out_sent_ = 0;
  out_.clear();
  co_return !broken_;
}

/// If the handler of this request has to wait, the answers before it do not.
void Connection::flush_soon() {
  if (std::exchange(flush_posted_, true)) return;
  asio::post(hub_->executor, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->flush_posted_ = false;
    if (!self->broken_ && !self->out_.empty()) self->flush_now();
  });
}

/// Closes so that the peer can read the answer although it still sends (a reset would discard it).
Task<> Connection::linger() {
  limit(kLingerLimit);
  if (auto* tls = stream_.tls_layer()) {
    co_await tls->async_shutdown(use_result);
    co_return;
  }
  error_code error;
  stream_.socket().shutdown(asio::socket_base::shutdown_send, error);
  std::size_t discarded = 0;
  while (!error && discarded < kLingerBytesMax) {
    in_begin_ = in_end_ = 0;
    const auto [read_error, n] = co_await stream_.async_read_some(asio::buffer(in_), use_result);
    error = read_error;
    discarded += n;
  }
}

}  // namespace dialtone::net
