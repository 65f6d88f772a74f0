#pragma once
// Reads requests from the bytes of a connection with Beast's parser, straight into a Request that is reused: no
// container of fields, no body reader, no allocation once the strings have grown.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "net/authority.hpp"
#include "net/http.hpp"

namespace dialtone::net {

struct ReadLimits {
  std::size_t header_bytes_max;
  std::size_t header_count_max;
  std::size_t body_bytes_max;  ///< held in Request::body at one time; a Content-Length is the caller's to check
};

enum class TargetForm { kOrigin, kAbsolute, kAuthority };

/// Why a request was refused, and how to say so.
struct Rejection {
  int status = 400;
  std::string_view text = "Bad request";
};

namespace rejections {
inline constexpr Rejection kBadRequest{400, "Bad request"};
inline constexpr Rejection kBadHost{400, "The request names no host, or an invalid one"};
inline constexpr Rejection kBadTarget{400, "The request target is invalid"};
inline constexpr Rejection kHeaderTooLarge{431, "The header of the request is too large"};
inline constexpr Rejection kBodyTooLarge{413, "The body of the request is too large"};
inline constexpr Rejection kBadEncoding{501, "Only the transfer encoding 'chunked' is supported"};
inline constexpr Rejection kBadExpectation{417, "The only expectation that can be met is '100-continue'"};
}  // namespace rejections

class RequestReader {
 public:
  enum class Progress {
    kMore,      ///< all of the input that can be used is; feed more
    kHead,      ///< the head is complete and checked; once per request
    kDone,      ///< the request is complete
    kRejected,  ///< see rejection(); the connection cannot go on
  };

  RequestReader(Request& request, ReadLimits limits);

  /// Forgets the last request and begins the next one. `tls` gives the port that a Host without one means.
  void begin(bool tls);
  /// Reads from the front of `input` and removes what it used.
  Progress read(std::string_view& input);

  /// Sets what rejection() tells, for a check made outside.
  Progress reject(Rejection rejection);
  [[nodiscard]] const Rejection& rejection() const { return rejection_; }
  [[nodiscard]] TargetForm form() const { return form_; }
  [[nodiscard]] bool https_target() const { return https_target_; }
  [[nodiscard]] bool chunked() const { return parser_->chunked(); }
  /// As the client claims; empty without a Content-Length.
  [[nodiscard]] boost::optional<std::uint64_t> content_length() const { return parser_->content_length(); }
  /// True once a byte of the request has been read.
  [[nodiscard]] bool started() const { return parser_->got_some(); }
  [[nodiscard]] bool done() const { return parser_->is_done(); }

 private:
  class Parser final : public boost::beast::http::basic_parser<true> {
   public:
    explicit Parser(RequestReader& reader) : reader_(reader) {}

   private:
    using Code = boost::beast::error_code;
    using Text = boost::beast::string_view;
    using Verb = boost::beast::http::verb;
    using FieldName = boost::beast::http::field;
    void on_request_impl(Verb, Text method, Text target, int version, Code& ec) override;
    void on_response_impl(int, Text, int, Code&) override {}
    void on_field_impl(FieldName name, Text name_text, Text value, Code& ec) override;
    void on_header_impl(Code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& size, Code&) override;
    std::size_t on_body_impl(Text piece, Code& ec) override;
    void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text piece, Code& ec) override { return on_body_impl(piece, ec); }
    void on_finish_impl(Code&) override {}

    RequestReader& reader_;
  };

  Progress reject(const boost::beast::error_code& error);
  /// Gives host, port and target their final form. False when they make no sense.
  bool settle_head();

  Request& request_;
  ReadLimits limits_;
  bool tls_ = false;
  std::optional<Parser> parser_;
  std::optional<Rejection> refused_;  ///< set inside a callback of the parser
  Rejection rejection_;
  std::size_t head_bytes_ = 0;
  bool head_reported_ = false;
  int hosts_seen_ = 0;
  TargetForm form_ = TargetForm::kOrigin;
  bool https_target_ = false;
  /// A connection names the same host again and again; it is parsed once.
  std::string known_authority_;
  Authority known_;
};

}  // namespace dialtone::net
