#pragma once
// Who has a number, as far as this network knows: what Lookup asks of the phones. The app plugs the answer in.

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/task.hpp"

namespace dialtone::numbers {

struct Subscriber {
  std::string name;                     ///< empty: nobody gave the phone one
  std::optional<TimePoint> since = {};  ///< when the phone got the number
};

class Subscribers {
 public:
  virtual ~Subscribers() = default;
  /// Whoever has the number now, as the account sees it.
  [[nodiscard]] virtual std::optional<Subscriber> find(const std::string& number, const std::string& account) const = 0;
  /// When a phone last lost the number.
  virtual Task<std::optional<TimePoint>> lost(std::string number, std::string account) = 0;
};

}  // namespace dialtone::numbers
