#pragma once
// Every phone number that an account of this program owns, in memory: who has it, and what happens when a message comes
// in.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "rest/context.hpp"

namespace dialtone::messaging {

inline constexpr std::string_view kNumbersScope = "system/Numbers";

/// Where a request goes, and where it goes when that fails.
struct Hook {
  std::string url;  ///< empty: none
  std::string method = "POST";
  std::string fallback_url;
  std::string fallback_method = "POST";
};

struct Number {
  std::string phone_number;  ///< or the short code
  std::string sid;           ///< PN…, or SC…
  std::string account_sid;
  bool sms = true;
  bool mms = true;
  std::string application_sid;  ///< takes the place of `hook` when set
  Hook hook;
  [[nodiscard]] bool is_short_code() const { return sid.starts_with("SC"); }
};
using NumberPtr = std::shared_ptr<const Number>;

/// `<account>/api/IncomingPhoneNumbers`
std::string number_scope(std::string_view account_sid);
/// `<account>/api/SMS/ShortCodes`
std::string short_code_scope(std::string_view account_sid);

class Numbers {
 public:
  explicit Numbers(rest::Services& services) : services_(services) {}
  /// Reads what the store has, in place of what was known before.
  Task<> load();

  [[nodiscard]] NumberPtr find(std::string_view phone_number) const;
  [[nodiscard]] std::size_t size() const { return numbers_.size(); }
  /// Those of one account, in no order.
  [[nodiscard]] std::vector<NumberPtr> of(std::string_view account_sid) const;

  /// Adds the number's record and its claim on the number to a transaction; remember() once it is committed.
  static void put(store::Transaction& transaction, const json::object& resource, bool is_new);
  /// Says whose the number is from now on.
  static void claim(store::Transaction& transaction, const json::object& resource);
  static void erase(store::Transaction& transaction, const Number& number);
  void remember(const json::object& resource);
  void forget(std::string_view phone_number);

 private:
  rest::Services& services_;
  std::unordered_map<std::string, NumberPtr, TextHash, std::equal_to<>> numbers_;
};

}  // namespace dialtone::messaging
