#include <cstdlib>

#include "verify/access_token.hpp"

/// Nobody makes a token without the account's secret, whatever the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace v = dialtone::verify;
  static const dialtone::rest::Account kAccount = [] {
    dialtone::rest::Account account;
    account.sid = "AC1";
    account.auth_token = "secret";
    return account;
  }();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  v::account_of_token(text);
  if (v::unseal(kAccount, text, dialtone::TimePoint{})) std::abort();
  return 0;
}
