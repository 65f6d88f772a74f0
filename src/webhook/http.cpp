#include "webhook/http.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

namespace dialtone::webhook {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Parser = http::response_parser<http::buffer_body>;
using End = Answer::End;

constexpr auto kTuple = asio::as_tuple(use_task);
constexpr int kInterimAnswersMax = 8;  ///< 100 Continue, 103 Early Hints
constexpr std::size_t kChunkBytes = 8 * 1024;

/// The peer of a TLS connection may close it without saying so; then the end of the stream is the end, as in plain TCP.
bool is_end_of_stream(const error_code& error) {
  return error == asio::error::eof || error == http::error::end_of_stream ||
         error == asio::ssl::error::stream_truncated;
}

Answer ended(const Connection& connection, const error_code& error, End otherwise) {
  const bool is_syntax = error.category() == http::make_error_code(http::error::bad_version).category() &&
                         error != http::error::end_of_stream && error != http::error::partial_message;
  return {.end = connection.expired() ? End::kExpired
                 : is_syntax          ? End::kMalformed
                                      : otherwise,
          .reason = error.message()};
}

template <typename Stream>
class Exchanger {
 public:
  Exchanger(Connection& connection, Stream& stream, Hop& hop) : connection_(connection), stream_(stream), hop_(hop) {}

  Task<Answer> run(const std::string& request) {
    const auto [not_written, written] = co_await asio::async_write(stream_, asio::buffer(request), kTuple);
    // A server may answer and close before it has read everything; only what it says decides.
    if (not_written && connection_.expired()) co_return ended(connection_, not_written, End::kBeforeAnswer);
    sent_ = std::chrono::steady_clock::now();
    if (auto failed = co_await wait_for_answer()) co_return *failed;
    for (int interim = 0; interim <= kInterimAnswersMax; ++interim) {
      parser_.emplace();
      parser_->body_limit(boost::none);
      parser_->header_limit(kResponseHeaderBytesMax);
      parser_->skip(hop_.method == "HEAD");
      const auto [error, size] = co_await http::async_read_header(stream_, buffer_, *parser_, kTuple);
      if (error) co_return ended(connection_, error, End::kBroken);
      if (parser_->get().result_int() >= 200) co_return co_await read_answer();
    }
    co_return Answer{.end = End::kMalformed, .reason = "too many interim answers"};
  }

 private:
  /// The first byte is told from the rest: without it the request may be tried elsewhere.
  Task<std::optional<Answer>> wait_for_answer() {
    const auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(kChunkBytes), kTuple);
    if (error) co_return ended(connection_, error, End::kBeforeAnswer);
    buffer_.commit(size);
    hop_.timing.first_byte = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - sent_);
    co_return std::nullopt;
  }

  Task<Answer> read_answer() {
    const auto& head = parser_->get();
    hop_.status = static_cast<int>(head.result_int());
    for (const auto& field : head) hop_.response_headers.emplace_back(field.name_string(), field.value());
    std::array<char, kChunkBytes> chunk;
    while (!parser_->is_done()) {
      auto& body = parser_->get().body();
      body.data = chunk.data();
      body.size = chunk.size();
      body.more = true;
      auto [error, size] = co_await http::async_read(stream_, buffer_, *parser_, kTuple);
      keep({chunk.data(), chunk.size() - body.size});
      if (hop_.truncated) break;
      if (error == http::error::need_buffer) continue;
      if (is_end_of_stream(error) && parser_->need_eof()) break;
      if (error) co_return ended(connection_, error, End::kBroken);
    }
    const bool whole = parser_->is_done() && buffer_.size() == 0;
    co_return Answer{.end = End::kDone,
                     .reusable = whole && parser_->get().keep_alive() && !parser_->get().need_eof(),
                     .chunked = parser_->chunked(),
                     .reason = {}};
  }

  void keep(std::string_view bytes) {
    const std::size_t room = hop_.response_bytes_max - hop_.response_body.size();
    hop_.truncated = bytes.size() > room;
    hop_.response_body += bytes.substr(0, room);
  }

  Connection& connection_;
  Stream& stream_;
  Hop& hop_;
  beast::flat_buffer buffer_{kResponseHeaderBytesMax + kChunkBytes};
  std::optional<Parser> parser_;
  SteadyTime sent_{};
};

}  // namespace

Task<Answer> exchange(Connection& connection, const std::string& request, Hop& hop) {
  if (auto* tls = connection.tls()) {
    Exchanger exchanger(connection, *tls, hop);
    co_return co_await exchanger.run(request);
  }
  Exchanger exchanger(connection, connection.socket(), hop);
  co_return co_await exchanger.run(request);
}

}  // namespace dialtone::webhook
