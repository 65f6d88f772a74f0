#pragma once
// Expected outcomes are values. An ErrorRow is one line of Twilio's error dictionary (code, HTTP status, text); an
// Error is a row that happened, with the text that the client sees. What only the operator may see goes to the log.

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace dialtone {

struct ErrorRow {
  int code;                  ///< Twilio's error code, e.g. 21211
  int status;                ///< HTTP status of the API answer
  std::string_view message;  ///< text as Twilio sends it; may be replaced by a more exact one
};

struct [[nodiscard]] Error {
  int code = 0;
  int status = 500;
  std::string message;
  std::string detail = {};  ///< becomes "detail" in the envelope when not empty

  Error(const ErrorRow& row) : code(row.code), status(row.status), message(row.message) {}  // NOLINT: a row is an error
  Error(const ErrorRow& row, std::string text) : code(row.code), status(row.status), message(std::move(text)) {}
  Error(const ErrorRow& row, std::string text, std::string detail_text)
      : code(row.code), status(row.status), message(std::move(text)), detail(std::move(detail_text)) {}
};

template <typename T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

/// Rows that belong to no product. Sources: Twilio error dictionary and the fact sheet, REST core.
namespace errors {
inline constexpr ErrorRow kBadRequest{20001, 400, "Bad request"};
inline constexpr ErrorRow kAuthenticate{20003, 401, "Authenticate"};
inline constexpr ErrorRow kMethodNotAllowed{20004, 405, "Method not allowed"};
inline constexpr ErrorRow kAccountNotActive{20005, 403, "Account not active"};
inline constexpr ErrorRow kAccessDenied{20006, 403, "Access denied"};
inline constexpr ErrorRow kTestCredentials{20008, 403, "Resource not accessible with Test Account Credentials"};
inline constexpr ErrorRow kNotFound{20404, 404, "The requested resource was not found"};
inline constexpr ErrorRow kConflict{20409, 409, "Conflict"};
inline constexpr ErrorRow kTooLarge{20413, 413, "Request entity too large"};
inline constexpr ErrorRow kUnsupportedMediaType{20415, 415, "Unsupported Media Type"};
inline constexpr ErrorRow kTooManyRequests{20429, 429, "Too Many Requests"};
inline constexpr ErrorRow kInternal{20500, 500, "An internal server error has occurred"};
inline constexpr ErrorRow kNotImplemented{20501, 501, "This operation has no behaviour"};
inline constexpr ErrorRow kUnavailable{20503, 503, "Service Unavailable"};
}  // namespace errors

#define DT_CONCAT_(a, b) a##b
#define DT_CONCAT(a, b) DT_CONCAT_(a, b)
#define DT_TRY_(tmp, ret, decl, expr)                    \
  auto tmp = (expr);                                     \
  if (!tmp) ret std::unexpected(std::move(tmp).error()); \
  decl = std::move(*tmp)

/// DT_TRY(auto to, parse(text)): binds the value, or returns the error from this function.
#define DT_TRY(decl, expr) DT_TRY_(DT_CONCAT(dt_try_, __LINE__), return, decl, expr)
/// The same inside a coroutine.
#define DT_CO_TRY(decl, expr) DT_TRY_(DT_CONCAT(dt_try_, __LINE__), co_return, decl, expr)
/// For a Result<void>.
#define DT_CHECK(expr)                                                           \
  if (auto DT_CONCAT(dt_try_, __LINE__) = (expr); !DT_CONCAT(dt_try_, __LINE__)) \
  return std::unexpected(std::move(DT_CONCAT(dt_try_, __LINE__)).error())
#define DT_CO_CHECK(expr)                                                        \
  if (auto DT_CONCAT(dt_try_, __LINE__) = (expr); !DT_CONCAT(dt_try_, __LINE__)) \
  co_return std::unexpected(std::move(DT_CONCAT(dt_try_, __LINE__)).error())

}  // namespace dialtone
