#include "net/request_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include "net/text.hpp"

namespace dialtone::net {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kBodyReserveMax = 64 * 1024;  ///< what a mere claim of Content-Length may allocate

}  // namespace

using namespace rejections;

RequestReader::RequestReader(Request& request, ReadLimits limits) : request_(request), limits_(limits) {}

void RequestReader::begin(bool tls) {
  tls_ = tls;
  parser_.emplace(*this);
  parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
  parser_->body_limit(boost::none);
  refused_.reset();
  rejection_ = {};
  head_bytes_ = 0;
  head_reported_ = false;
  hosts_seen_ = 0;
  form_ = TargetForm::kOrigin;
  https_target_ = false;
  request_.headers.clear();
  request_.body.clear();
}

RequestReader::Progress RequestReader::read(std::string_view& input) {
  while (true) {
    if (parser_->is_header_done() && !head_reported_) {
      head_reported_ = true;
      request_.keep_alive = parser_->keep_alive();
      if (refused_) return reject(*refused_);
      return settle_head() ? Progress::kHead : Progress::kRejected;
    }
    if (parser_->is_done()) return Progress::kDone;
    if (input.empty()) return Progress::kMore;
    boost::beast::error_code error;
    const auto used = parser_->put(boost::asio::buffer(input.data(), input.size()), error);
    input.remove_prefix(used);
    if (!parser_->is_header_done() || !head_reported_) {
      // The parser's own limit begins anew with each call, so the total is kept here.
      head_bytes_ += used;
      if (head_bytes_ > limits_.header_bytes_max) return reject(kHeaderTooLarge);
    }
    if (error == http::error::need_more) {
      // What it cannot use yet is one line, or the trailer of a chunked body.
      if (input.size() >= limits_.header_bytes_max) return reject(kHeaderTooLarge);
      return Progress::kMore;
    }
    if (error) return reject(error);
  }
}

RequestReader::Progress RequestReader::reject(Rejection rejection) {
  rejection_ = rejection;
  return Progress::kRejected;
}

RequestReader::Progress RequestReader::reject(const boost::beast::error_code& error) {
  if (refused_) return reject(*refused_);
  if (error == http::error::header_limit) return reject(kHeaderTooLarge);
  return reject(kBadRequest);
}

bool RequestReader::settle_head() {
  // CONNECT names its host in the target, and some clients leave the field out.
  if (hosts_seen_ > 1 || (hosts_seen_ == 0 && request_.version == 11 && request_.method != "CONNECT")) {
    reject(kBadHost);
    return false;
  }
  if (request_.method == "CONNECT") {
    form_ = TargetForm::kAuthority;
    const auto authority = parse_authority(request_.target);
    if (!authority || authority->host.empty() || !authority->port) {
      reject(kBadTarget);
      return false;
    }
    request_.host = authority->host;
    request_.host_port = *authority->port;
    return true;
  }
  if (!request_.target.starts_with('/') && !(request_.target == "*" && request_.method == "OPTIONS")) {
    auto absolute = parse_absolute_target(request_.target);
    if (!absolute) {
      reject(kBadTarget);
      return false;
    }
    // The target's host wins over the Host header (RFC 9112, section 3.2.2).
    form_ = TargetForm::kAbsolute;
    https_target_ = absolute->https;
    request_.host = std::move(absolute->authority.host);
    request_.host_port = absolute->authority.port.value_or(absolute->https ? 443 : 80);
    request_.target = std::move(absolute->origin);
    return true;
  }
  const auto text = request_.header("Host");
  if (text != known_authority_) {
    auto authority = parse_authority(text);
    if (!authority) {
      reject(kBadHost);
      return false;
    }
    known_ = *std::move(authority);
    known_authority_ = text;
  }
  request_.host = known_.host;
  request_.host_port = known_.port.value_or(tls_ ? 443 : 80);
  return true;
}

void RequestReader::Parser::on_request_impl(Verb, Text method, Text target, int version, Code&) {
  auto& request = reader_.request_;
  request.method.assign(method.data(), method.size());
  request.target.assign(target.data(), target.size());
  request.version = version;
}

void RequestReader::Parser::on_field_impl(FieldName name, Text name_text, Text value, Code& ec) {
  if (reader_.head_reported_) return;  // a trailer: nothing here needs one
  auto& headers = reader_.request_.headers;
  if (headers.size() >= reader_.limits_.header_count_max) {
    reader_.refused_ = kHeaderTooLarge;
    ec = http::error::header_limit;
    return;
  }
  if (name == FieldName::host) ++reader_.hosts_seen_;
  if (name == FieldName::transfer_encoding && !same_text({value.data(), value.size()}, "chunked")) {
    reader_.refused_ = kBadEncoding;
    ec = http::error::bad_transfer_encoding;
    return;
  }
  headers.add({name_text.data(), name_text.size()}, {value.data(), value.size()});
}

void RequestReader::Parser::on_body_init_impl(const boost::optional<std::uint64_t>& size, Code&) {
  if (size) reader_.request_.body.reserve(std::min<std::uint64_t>(*size, kBodyReserveMax));
}

std::size_t RequestReader::Parser::on_body_impl(Text piece, Code& ec) {
  if (piece.size() > reader_.limits_.body_bytes_max - reader_.request_.body.size()) {
    reader_.refused_ = kBodyTooLarge;
    ec = http::error::body_limit;
    return 0;
  }
  reader_.request_.body.append(piece.data(), piece.size());
  return piece.size();
}

}  // namespace dialtone::net
