#include "usage/categories.hpp"

#include <algorithm>

namespace dialtone::usage {
namespace {

constexpr std::array<std::string_view, kCountedCount> kCounted{
    "sms-inbound-longcode", "sms-inbound-shortcode", "sms-outbound-longcode", "sms-outbound-shortcode",
    "mms-inbound-longcode", "mms-inbound-shortcode", "mms-outbound-longcode", "mms-outbound-shortcode",
    "phonenumbers-local",   "phonenumbers-mobile",   "phonenumbers-tollfree"};

constexpr std::string_view kMessages = "messages";
constexpr std::string_view kNumbers = "numbers";
constexpr std::string_view kCalls = "minutes";

constexpr std::array kCategories{
    Category{"calleridlookups", "Caller Name Lookups", "lookups"},
    Category{"calls", "Voice Minutes", kCalls},
    Category{"calls-client", "Client Voice Minutes", kCalls},
    Category{"calls-inbound", "Inbound Voice Minutes", kCalls},
    Category{"calls-inbound-local", "Inbound Local Calls", kCalls},
    Category{"calls-inbound-mobile", "Inbound Mobile Calls", kCalls},
    Category{"calls-inbound-tollfree", "Inbound Toll Free Calls", kCalls},
    Category{"calls-outbound", "Outbound Voice Minutes", kCalls},
    Category{"calls-sip", "SIP Minutes", kCalls},
    Category{"carrier-lookups", "Carrier Lookups", "lookups"},
    Category{"lookups", "Lookups", "lookups"},
    Category{"mediastorage", "Media Storage", "gigabytes"},
    Category{"mms", "MMS", kMessages},
    Category{"mms-inbound", "Inbound MMS", kMessages},
    Category{"mms-inbound-longcode", "Inbound Long Code MMS", kMessages},
    Category{"mms-inbound-shortcode", "Inbound Short Code MMS", kMessages},
    Category{"mms-outbound", "Outbound MMS", kMessages},
    Category{"mms-outbound-longcode", "Outbound Long Code MMS", kMessages},
    Category{"mms-outbound-shortcode", "Outbound Short Code MMS", kMessages},
    Category{"phonenumbers", "Phone Numbers", kNumbers},
    Category{"phonenumbers-local", "Local Phone Numbers", kNumbers},
    Category{"phonenumbers-mobile", "Mobile Phone Numbers", kNumbers},
    Category{"phonenumbers-tollfree", "Toll Free Phone Numbers", kNumbers},
    Category{"recordings", "Recordings", kCalls},
    Category{"recordingstorage", "Recording Storage", "recorded minutes"},
    Category{"shortcodes", "Short Codes", kNumbers},
    Category{"sms", "SMS", kMessages},
    Category{"sms-inbound", "Inbound SMS", kMessages},
    Category{"sms-inbound-longcode", "Inbound Long Code SMS", kMessages},
    Category{"sms-inbound-shortcode", "Inbound Short Code SMS", kMessages},
    Category{"sms-messages-carrierfees", "SMS Carrier Fees", kMessages},
    Category{"sms-outbound", "Outbound SMS", kMessages},
    Category{"sms-outbound-longcode", "Outbound Long Code SMS", kMessages},
    Category{"sms-outbound-shortcode", "Outbound Short Code SMS", kMessages},
    Category{"totalprice", "Total Price", ""},
    Category{"transcriptions", "Transcriptions", "transcriptions"},
    Category{"turnmegabytes", "TURN Megabytes", "megabytes"},
};

}  // namespace

std::span<const Category> categories() { return kCategories; }

const Category* find_category(std::string_view name) {
  const auto* found = std::ranges::find(kCategories, name, &Category::name);
  return found == kCategories.end() ? nullptr : found;
}

bool is_category_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::string_view name_of(Counted counted) { return kCounted[static_cast<std::size_t>(counted)]; }

std::optional<Counted> parse_counted(std::string_view name) {
  const auto* found = std::ranges::find(kCounted, name);
  if (found == kCounted.end()) return std::nullopt;
  return static_cast<Counted>(found - kCounted.begin());
}

bool belongs(Counted counted, std::string_view category) {
  if (category == "totalprice") return true;
  const std::string_view name = name_of(counted);
  return name.starts_with(category) && (name.size() == category.size() || name[category.size()] == '-');
}

Amount total(const Amounts& amounts, std::string_view category) {
  Amount out;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    if (belongs(static_cast<Counted>(i), category)) out += amounts[i];
  }
  if (category == "totalprice") out.count = out.usage = 0;  // what is counted there is money
  return out;
}

}  // namespace dialtone::usage
