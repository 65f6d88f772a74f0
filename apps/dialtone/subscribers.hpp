#pragma once
// What Lookup asks of numbers, answered by who knows: handsets, and the accounts' own numbers.

#include <algorithm>
#include <string>

#include "carrier/handset/deactivations.hpp"
#include "messaging/messenger.hpp"
#include "numbers/subscribers.hpp"

namespace dialtone::app {

class Subscribers final : public numbers::Subscribers {
 public:
  Subscribers(rest::Services& services, const carrier::handset::Handsets& handsets,
              const messaging::Messenger& messenger)
      : services_(services), handsets_(handsets), messenger_(messenger) {}

  [[nodiscard]] std::optional<numbers::Subscriber> find(const std::string& number,
                                                        const std::string& account) const override {
    if (const auto handset = handsets_.find(number, account)) {
      const std::string name(text_of(*handset, "name"));
      const auto since = parse_time(text_of(*handset, "date_created"));
      return numbers::Subscriber{.name = is_usual(name) ? std::string() : name,
                                 .since = since ? std::optional(since->time) : std::nullopt};
    }
    if (messenger_.owns(number)) return numbers::Subscriber{};
    return std::nullopt;
  }

  Task<std::optional<TimePoint>> lost(std::string number, std::string account) override {
    co_return co_await carrier::handset::deactivated_at(
        services_.ledger.store(), handsets_.has_space(account) ? account : std::string(), std::move(number));
  }

 private:
  /// `Handset 1`: what a phone is called that nobody named.
  static bool is_usual(std::string_view name) {
    constexpr std::string_view kUsual = "Handset ";
    return name.starts_with(kUsual) &&
           std::ranges::all_of(name.substr(kUsual.size()), [](char c) { return c >= '0' && c <= '9'; });
  }

  rest::Services& services_;
  const carrier::handset::Handsets& handsets_;
  const messaging::Messenger& messenger_;
};

}  // namespace dialtone::app
