#pragma once
// One thing that goes wrong on purpose: what it strikes, what it does, and when. A fault is a script (one step for each
// message or request that fits, in order) or one step for all; `skip`, `times` and `probability` with a `seed` say
// which of those that fit it strikes. The same seed strikes the same ones.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "messaging/carrier.hpp"
#include "webhook/client.hpp"

namespace dialtone::lab {

inline constexpr std::size_t kScriptMax = 1000;
inline constexpr std::size_t kFaultTextMax = 500;

struct Fault {
  enum class On : std::uint8_t { kMessage, kWebhook, kRequest };
  struct Step {
    std::string what = "pass";  ///< a name of the tables in fault.cpp
    int code = 0;               ///< Twilio's error code
    bool rejected = false;      ///< of a failed message: failed, else undelivered
    int http_status = 0;        ///< of a webhook's answer, or of a refusal
    Duration by{0};
  };

  /// A message that the API is about to take.
  struct Asked {
    const messaging::Message& message;
  };

  std::string sid;
  std::string account;  ///< who made it
  On on = On::kMessage;
  std::string to;    ///< a number, or a prefix that ends with *; empty: any
  std::string from;  ///< likewise
  std::string url;   ///< the beginning of a URL, or a host
  std::vector<Step> script;
  bool one_for_all = true;  ///< the script's one step is for all that fit
  std::uint64_t skip = 0;
  std::optional<std::uint64_t> times;
  double probability = 1;
  std::uint64_t seed = 0;

  std::uint64_t seen = 0;
  std::uint64_t struck = 0;

  /// As it was given, with its SID and counts.
  json::object given;

  [[nodiscard]] bool fits(const messaging::Message& message) const;
  [[nodiscard]] bool fits(const Asked& asked) const;
  [[nodiscard]] bool fits(std::string_view requested_url) const;
  /// What becomes of the next that fits; null: nothing.
  const Step* next();
  [[nodiscard]] json::object describe() const;
};

/// Reads a fault from the body of a request, or from the store. Error: 20001.
Result<Fault> parse_fault(const json::object& body);

[[nodiscard]] messaging::Mishap message_mishap(const Fault::Step& step);
/// What the API answers instead of taking a message.
[[nodiscard]] Error refusal_of(const Fault::Step& step);

}  // namespace dialtone::lab
