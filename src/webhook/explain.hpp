#pragma once
// Why a signature does not fit. An application that refuses a signed request usually takes another URL for its own than
// the one that was called; each way of reading it otherwise gives a signature that can be compared.

#include <string>
#include <vector>

#include "base/form.hpp"

namespace dialtone::webhook {

/// The exact text that is signed: the URL, then each parameter's name and value in order.
[[nodiscard]] std::string signed_text(std::string_view url, const FormPairs& params);

/// One way in which an application may have read a request otherwise.
struct Reading {
  std::string what;  ///< `the scheme was http …`, after "when" or "if"
  std::string url;
  FormPairs params;
};

/// What an application behind a proxy, or one that reads its own URL wrongly, would have put together. Empty for a URL
/// that is none.
[[nodiscard]] std::vector<Reading> other_readings(const std::string& url, const FormPairs& params);

}  // namespace dialtone::webhook
