#include "verify/start_rules.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>

namespace dialtone::verify {
namespace {

constexpr std::array<std::string_view, 7> kChannels{"sms", "whatsapp", "rcs", "call", "email", "sna", "auto"};
constexpr std::array<std::string_view, 3> kEmbargoed{"CU", "IR", "SY"};
constexpr std::size_t kTagsMax = 10;
constexpr std::size_t kTagBytesMax = 128 * 4;  ///< 128 characters

bool is_code(std::string_view text) {
  return text.size() >= 4 && text.size() <= 10 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// A JSON object of texts.
bool are_tags(const std::string& text) {
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object() || parsed->get_object().size() > kTagsMax) return false;
  return std::ranges::all_of(parsed->get_object(), [](const auto& tag) {
    return tag.value().is_string() && tag.key().size() <= kTagBytesMax &&
           tag.value().get_string().size() <= kTagBytesMax;
  });
}

bool goes_by_sms(std::string_view channel) { return channel == "sms" || channel == "auto" || channel == "rcs"; }

}  // namespace

bool flag(const json::object& service, std::string_view name) {
  const json::value* value = service.if_contains(name);
  return value && value->is_bool() && value->get_bool();
}

std::size_t code_length(const json::object& service) {
  const auto* wanted = service.if_contains("code_length");
  const std::size_t length = wanted && wanted->is_number() ? wanted->to_number<std::size_t>() : 0;
  return length < 4 || length > 10 ? kCodeLengthDefault : length;
}

Result<std::optional<E164>> check_start(const StartRequest& request, const json::object& settings) {
  const std::string& channel = request.channel;
  if (request.to.empty()) return fail(errors::invalid("To"));
  if (std::ranges::find(kChannels, channel) == kChannels.end()) return fail(errors::invalid("Channel"));
  const bool psd2 = flag(request.service, "psd2_enabled");
  if (psd2 && channel == "call") return fail(errors::kCallWithPsd2);
  if (psd2 && channel == "sna") return fail(errors::kSnaWithPsd2);
  // Silent network authentication is for who was given it, and nobody was.
  if (channel == "sna") return fail(errors::invalid("Channel"));
  if (channel == "call" || lists(settings, "channels_off", channel == "auto" ? "sms" : channel))
    return fail({errors::kChannelDisabled, fmt::format("Delivery channel disabled: {}", channel)});
  std::optional<E164> number;
  if (channel == "email") {
    if (!is_mail_address(request.to)) return fail(errors::invalid("To"));
  } else {
    auto parsed = E164::parse(request.to);
    if (!parsed) return fail({errors::kInvalidParameter, fmt::format("Invalid parameter `To`: {}", request.to)});
    number = std::move(*parsed);
  }
  if (psd2 && (request.amount.empty() || request.payee.empty())) return fail(errors::kAmountAndPayee);
  if (!request.custom_code.empty()) {
    if (!flag(request.service, "custom_code_enabled")) return fail(errors::kCustomCodeDisabled);
    if (!is_code(request.custom_code)) return fail(errors::invalid("CustomCode"));
  }
  if (!request.device_ip.empty()) {
    boost::system::error_code error;
    asio::ip::make_address(request.device_ip, error);
    if (error) return fail(errors::invalid("DeviceIp"));
  }
  if (!request.tags.empty() && !are_tags(request.tags)) return fail(errors::invalid("Tags"));
  return number;
}

Result<> check_destination(const StartRequest& request, const E164& to, const json::object& settings,
                           bool safe_listed) {
  const std::string country = to.country();
  if (std::ranges::find(kEmbargoed, country) != kEmbargoed.end()) return fail(errors::kBlockedCountry);
  if (!goes_by_sms(request.channel)) return {};
  if (to.is_landline()) return fail(errors::kLandline);
  if (country == "CN" && !flag(settings, "china_vetted")) return fail(errors::kChina);
  if (!request.risk_check || safe_listed) return {};
  if (lists(settings, "blocked_countries", country)) return fail(errors::kGeoPermission);
  const json::array& prefixes = settings.at("blocked_prefixes").as_array();
  if (std::ranges::any_of(prefixes, [&](const json::value& each) { return to.text().starts_with(each.get_string()); }))
    return fail(errors::kFraudGuard);
  return {};
}

std::string safe_list_scope(std::string_view account_sid) { return fmt::format("{}/verify/v2/SafeList", account_sid); }

Task<bool> is_safe_listed(store::Store& store, std::string account_sid, std::string number) {
  co_return co_await store.get(safe_list_scope(account_sid), number) != nullptr;
}

}  // namespace dialtone::verify
