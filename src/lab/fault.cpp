#include "lab/fault.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lab/routes.hpp"
#include "messaging/errors.hpp"

namespace dialtone::lab {
namespace {

using messaging::Mishap;

/// What a message can meet, and what must be said with it.
struct MessageRow {
  std::string_view name;
  Mishap::Kind kind;
  bool needs_by = false;
};
constexpr std::array<MessageRow, 9> kMessageRows{{
    {"fail", Mishap::Kind::kFail},
    {"delay", Mishap::Kind::kDelay, true},
    {"lose_receipt", Mishap::Kind::kLoseReceipt},
    {"lose_message", Mishap::Kind::kLoseMessage},
    {"twice", Mishap::Kind::kTwice},
    {"per_segment", Mishap::Kind::kPerSegment},
    {"out_of_order", Mishap::Kind::kOutOfOrder},
    {"slow", Mishap::Kind::kSlow, true},
    {"down", Mishap::Kind::kDown},
}};
/// What a request to a webhook can meet. Those that are done here: faults.cpp.
constexpr std::array<std::string_view, 6> kWebhookNames{"stall", "slow", "reset", "tls", "dns", "status"};

/// Error dictionary, 30001 to 30454.
constexpr std::array<std::pair<int, std::string_view>, 26> kTexts{{
    {30001, "Queue overflow"},
    {30002, "Account suspended"},
    {30003, "Unreachable destination handset"},
    {30004, "Message blocked"},
    {30005, "Unknown destination handset"},
    {30006, "Landline or unreachable carrier"},
    {30007, "Message filtered"},
    {30008, "Unknown error"},
    {30009, "Missing inbound segment"},
    {30010, "Message price exceeds max price"},
    {30011, "MMS not supported by the receiving phone number in this region"},
    {30017, "Carrier network congestion"},
    {30018, "Destination carrier requires sender ID pre-registration"},
    {30019, "Content size exceeds carrier limit"},
    {30022, "US A2P 10DLC - Rate limits exceeded"},
    {30023, "US A2P 10DLC - Daily message cap reached"},
    {30024, "Numeric sender ID not provisioned on carrier"},
    {30027, "US A2P 10DLC - T-Mobile daily message limit reached"},
    {30032, "Toll-free number has not been verified"},
    {30034, "US A2P 10DLC - Message from an unregistered number"},
    {30035, "US A2P 10DLC - Message from a number that is still being set up"},
    {30036, "Validity period expired"},
    {30410, "Provider timeout error"},
    {30450, "Message delivery blocked"},
    {30453, "Message could not be delivered"},
    {30454, "Account exceeded the messages limit"},
}};
constexpr int kFailDefault = 30008;

constexpr std::string_view kRefuse = "refuse";
/// What only Twilio itself could say when it is asked to send: error dictionary. Others may be given, too.
constexpr std::array<ErrorRow, 8> kRefusals{{
    errors::kTooManyRequests,
    errors::kInternal,
    errors::kUnavailable,
    {10002, 400, "Trial account does not support this feature"},
    {21618, 400, "The message body cannot be sent"},
    {21622, 400, "MMS has not been enabled for your account"},
    {21657, 400, "The Sender ID is invalid"},
    {21702, 400, "The Messaging Service is not available to send new messages"},
}};

Error bad(std::string text) { return {errors::kBadRequest, std::move(text)}; }

Result<std::optional<std::int64_t>> whole(const json::object& body, std::string_view name, std::int64_t least,
                                          std::int64_t most) {
  const json::value* member = body.if_contains(name);
  if (!member || member->is_null()) return std::nullopt;
  const std::int64_t value = member->is_int64() ? member->get_int64() : least - 1;
  if (value < least || value > most)
    return fail(bad(fmt::format("{} must be a number from {} to {}", name, least, most)));
  return value;
}

const MessageRow* message_row(std::string_view name) {
  const auto* row = std::ranges::find(kMessageRows, name, &MessageRow::name);
  return row == kMessageRows.end() ? nullptr : row;
}

Result<Fault::Step> parse_step(const json::object& body, Fault::On on) {
  Fault::Step step{.what = std::string(text_of(body, "do"))};
  const bool by_given = body.contains("by");
  if (by_given) {
    DT_TRY(step.by, routes::parse_duration(text_of(body, "by"), "by"));
  }
  DT_TRY(const auto code, whole(body, "code", 10'000, 99'999));
  step.code = static_cast<int>(code.value_or(0));
  if (step.what == "pass") return step;
  if (on == Fault::On::kRequest) {
    if (step.what != kRefuse) return fail(bad("A script that refuses may only refuse or pass"));
    if (step.code == 0) return fail(bad("refuse needs code, such as 21618"));
    DT_TRY(const auto status, whole(body, "status", 400, 599));
    step.http_status = static_cast<int>(status.value_or(0));
    return step;
  }
  if (on == Fault::On::kMessage) {
    const MessageRow* row = message_row(step.what);
    if (!row) {
      std::string names;
      for (const auto& each : kMessageRows) names += fmt::format("{}, ", each.name);
      names += fmt::format("{}, ", kRefuse);
      return fail(bad(fmt::format("do must be one of {}or pass, for messages", names)));
    }
    if (row->needs_by && !by_given) return fail(bad(fmt::format("{} needs by, such as 30s", step.what)));
    if (row->kind == Mishap::Kind::kFail && step.code == 0) step.code = kFailDefault;
    if (const auto status = text_of(body, "status"); status == "failed") {
      step.rejected = true;
    } else if (body.contains("status") && status != "undelivered") {
      return fail(bad("status must be failed or undelivered"));
    }
    return step;
  }
  if (std::ranges::find(kWebhookNames, step.what) == kWebhookNames.end())
    return fail(bad(fmt::format("do must be one of {} or pass, for webhooks", fmt::join(kWebhookNames, ", "))));
  if (step.what == "slow" && !by_given) return fail(bad("slow needs by, such as 3s"));
  if (step.what == "status") {
    DT_TRY(const auto status, whole(body, "status", 100, 599));
    if (!status) return fail(bad("status needs status, such as 503"));
    step.http_status = static_cast<int>(*status);
  }
  return step;
}

bool is_pattern(std::string_view text) {
  if (text.ends_with('*')) text.remove_suffix(1);
  return text.size() <= kFaultTextMax && text.find('*') == std::string_view::npos;
}

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return true;
  if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == text;
}

/// A channel's address ends with the phone's number: `whatsapp:+1…`.
std::string_view phone_of(std::string_view address) {
  const std::size_t colon = address.find(':');
  return colon == std::string_view::npos ? address : address.substr(colon + 1);
}

/// A number in [0, 1) that only seed and index decide (splitmix64).
double fraction(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t x = seed + (index + 1) * 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  x ^= x >> 31;
  return static_cast<double>(x >> 11) * 0x1.0p-53;
}

}  // namespace

bool Fault::fits(const messaging::Message& message) const {
  return on == On::kMessage && matches(to, phone_of(message.to)) && matches(from, phone_of(message.from));
}

bool Fault::fits(const Asked& asked) const {
  return on == On::kRequest && matches(to, phone_of(asked.message.to)) && matches(from, phone_of(asked.message.from));
}

bool Fault::fits(std::string_view requested_url) const {
  if (on != On::kWebhook) return false;
  if (url == "*") return true;
  if (url.find("://") != std::string::npos) return requested_url.starts_with(url);
  // A host, perhaps with its port.
  const std::size_t scheme = requested_url.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view authority = requested_url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  return authority == url ||
         (authority.starts_with(url) && authority.size() > url.size() && authority[url.size()] == ':');
}

const Fault::Step* Fault::next() {
  const std::uint64_t index = seen++;
  if (index < skip) return nullptr;
  if (times && struck >= *times) return nullptr;
  const Step* step = nullptr;
  if (one_for_all) {
    step = &script.front();
  } else if (index - skip < script.size()) {
    step = &script[index - skip];
  }
  if (!step || step->what == "pass") return nullptr;
  if (probability < 1 && fraction(seed, index) >= probability) return nullptr;
  ++struck;
  return step;
}

json::object Fault::describe() const {
  json::object out = given;
  out["sid"] = sid;
  out["seen"] = seen;
  out["struck"] = struck;
  return out;
}

Result<Fault> parse_fault(const json::object& body) {
  Fault fault;
  const auto pattern = [&](std::string_view name, std::string& into) -> Result<> {
    into = text_of(body, name);
    if (body.contains(name) && (into.empty() || !is_pattern(into)))
      return fail(bad(fmt::format("{} must be a text, in which * may stand only at the end", name)));
    return {};
  };
  DT_CHECK(pattern("to", fault.to));
  DT_CHECK(pattern("from", fault.from));
  fault.url = text_of(body, "url");
  if (body.contains("url")) {
    if (fault.url.empty() || fault.url.size() > kFaultTextMax)
      return fail(bad("url must be a host, the beginning of a URL, or *"));
    if (body.contains("to") || body.contains("from"))
      return fail(bad("A fault is for messages (to, from) or for webhooks (url)"));
    fault.on = Fault::On::kWebhook;
  }
  const json::value* script = body.if_contains("script");
  const auto refuses = [](const json::value& step) {
    return step.is_object() && text_of(step.get_object(), "do") == kRefuse;
  };
  if (fault.on == Fault::On::kMessage &&
      (text_of(body, "do") == kRefuse ||
       (script && script->is_array() && std::ranges::any_of(script->get_array(), refuses)))) {
    fault.on = Fault::On::kRequest;
  }
  if (script && body.contains("do")) return fail(bad("Give do or script, not both"));
  if (script) {
    if (!script->is_array() || script->get_array().empty() || script->get_array().size() > kScriptMax)
      return fail(bad(fmt::format("script must be an array of 1 to {} steps", kScriptMax)));
    fault.one_for_all = false;
    for (const auto& each : script->get_array()) {
      if (!each.is_object()) return fail(bad("A step of the script must be an object with do"));
      DT_TRY(auto step, parse_step(each.get_object(), fault.on));
      fault.script.push_back(std::move(step));
    }
  } else {
    DT_TRY(auto step, parse_step(body, fault.on));
    fault.script.push_back(std::move(step));
  }
  constexpr std::int64_t kMany = std::int64_t{1} << 53;
  DT_TRY(const auto skip, whole(body, "skip", 0, kMany));
  DT_TRY(const auto times, whole(body, "times", 1, kMany));
  DT_TRY(const auto seed, whole(body, "seed", 0, kMany));
  fault.skip = static_cast<std::uint64_t>(skip.value_or(0));
  if (times) fault.times = static_cast<std::uint64_t>(*times);
  fault.seed = static_cast<std::uint64_t>(seed.value_or(0));
  if (const auto* given = body.if_contains("probability")) {
    boost::system::error_code error;
    fault.probability = given->is_number() ? given->to_number<double>(error) : -1;
    if (error || !(fault.probability >= 0 && fault.probability <= 1))
      return fail(bad("probability must be from 0 to 1"));
  }
  for (const auto& [key, value] : body) {
    const std::string_view name = key;
    constexpr std::array<std::string_view, 12> kKnown{"do", "script", "to",   "from",  "url",         "code",
                                                      "by", "status", "skip", "times", "probability", "seed"};
    constexpr std::array<std::string_view, 5> kOurs{"sid", "account_sid", "seen", "struck", "date_created"};
    if (std::ranges::find(kOurs, name) != kOurs.end()) continue;
    if (std::ranges::find(kKnown, name) == kKnown.end()) return fail(bad(fmt::format("A fault has no {}", name)));
    fault.given[name] = value;
  }
  return fault;
}

Error refusal_of(const Fault::Step& step) {
  const auto* const row = std::ranges::find(kRefusals, step.code, &ErrorRow::code);
  Error error = row == kRefusals.end() ? Error({step.code, 400, ""}, "Refused by a fault of the lab") : Error(*row);
  if (step.http_status != 0) error.status = step.http_status;
  return error;
}

messaging::Mishap message_mishap(const Fault::Step& step) {
  const MessageRow* row = message_row(step.what);
  Mishap mishap{.kind = row ? row->kind : Mishap::Kind::kNone};
  mishap.by = step.by;
  mishap.rejected = step.rejected;
  if (mishap.kind == Mishap::Kind::kFail) {
    mishap.error_code = step.code;
    const auto* text = std::ranges::find(kTexts, step.code, &std::pair<int, std::string_view>::first);
    mishap.error_message = text == kTexts.end() ? fmt::format("Error {}", step.code) : std::string(text->second);
  }
  return mishap;
}

}  // namespace dialtone::lab
