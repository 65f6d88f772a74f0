#include "messaging/resources/message_options.hpp"

#include <charconv>
#include <cmath>

#include "base/utf8.hpp"
#include "messaging/channel.hpp"
#include "messaging/content.hpp"
#include "messaging/errors.hpp"

namespace dialtone::messaging::resources {
namespace {

using rest::Context;

constexpr std::chrono::seconds kSendAtMin{300};  ///< source: error dictionary, 35114; older texts say 900
constexpr std::chrono::seconds kSendAtMax{3'024'000};

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The callback of the application, for a message that names none of its own.
Task<> read_application(store::Store& store, const Context& context, Draft& draft) {
  const auto application = context.form.get("ApplicationSid");
  if (application.empty() || !draft.status_callback.empty()) co_return;
  if (const auto record = co_await store.get(draft.account->sid + "/api/Applications", application)) {
    const json::object fields = stored_object(record->value);
    draft.status_callback = text_of(fields, "message_status_callback");
    if (draft.status_callback.empty()) draft.status_callback = text_of(fields, "sms_status_callback");
  }
}

/// Text and pictures from a template. Errors: 21654, 21655, 21656, 21658.
Task<Result<>> read_content(store::Store& store, const Context& context, Draft& draft) {
  const rest::Fields& form = context.form;
  const std::string_view sid = form.get("ContentSid");
  if (sid.empty()) {
    if (form.has("ContentVariables")) co_return fail(errors::kContentSidMissing);
    co_return Result<>{};
  }
  if (!is_sid(sid, "HX")) co_return fail(errors::kContentSidInvalid);
  json::object variables;
  if (const auto* given = form.find("ContentVariables"); given && !given->empty()) {
    auto parsed = parse_json(*given);
    if (!parsed || !parsed->is_object()) co_return fail(errors::kContentVariablesInvalid);
    variables = std::move(parsed->get_object());
    for (const auto& [name, value] : variables) {
      if (value.is_string() && characters(value.get_string()) > kBodyCharactersMax) {
        co_return fail({errors::kParameterTooLong, fmt::format("The variable {} has more than {} characters",
                                                               std::string_view(name), kBodyCharactersMax)});
      }
    }
  }
  const auto record = co_await store.get(content_scope(draft.account->sid), sid);
  if (!record) co_return fail(errors::kContentSidInvalid);
  DT_CO_TRY(auto rendered, render_content(stored_object(record->value), variables));
  draft.body = std::move(rendered.body);
  draft.media_urls = std::move(rendered.media_urls);
  co_return Result<>{};
}

/// Errors: 35111, 35114, 35118, 35119, 35125, 35126.
Result<> read_schedule(Messenger& messenger, const rest::Fields& form, Draft& draft) {
  const TimePoint now = messenger.services().clock.now();
  const std::string_view schedule = form.get("ScheduleType");
  const std::string_view send_at = form.get("SendAt");
  if (schedule.empty() && send_at.empty()) return {};
  if (!schedule.empty() && schedule != "fixed") return fail(errors::kScheduleTypeInvalid);
  if (send_at.empty()) return fail(errors::kSendAtMissing);
  if (schedule.empty()) return fail(errors::kScheduleTypeMissing);
  if (draft.service_sid.empty()) return fail(errors::kScheduleNeedsService);
  const auto time = parse_time(send_at);
  if (!time || time->time < now + kSendAtMin || time->time > now + kSendAtMax) return fail(errors::kSendAtOutside);
  if (!messenger.scheduled().has_room(draft.account->sid)) return fail(errors::kTooManyScheduled);
  draft.send_at = time->time;
  return {};
}

/// Who writes when RCS does not reach the phone. Errors: 21664 to 21667.
Result<> check_fallback_from(Messenger& messenger, const rest::Fields& form, const Draft& draft) {
  const std::string_view fallback = form.get("FallbackFrom");
  if (fallback.empty()) return {};
  if (draft.from && !draft.from->empty()) return fail(errors::kFallbackWithFrom);
  if (draft.service_sid.empty()) return fail(errors::kFallbackNeedsService);
  const NumberPtr owned = messenger.numbers().find(fallback);
  const bool is_number = fallback.starts_with('+') || is_short_code(fallback);
  if (is_number ? !owned || owned->account_sid != draft.account->sid || !owned->sms
                : !is_alphanumeric_sender(fallback) || fallback.find(':') != std::string_view::npos)
    return fail({errors::kFallbackInvalid, fmt::format("Invalid 'FallbackFrom' sender: {}", fallback)});
  const auto service = messenger.messaging_services().find(draft.service_sid);
  if (service && std::ranges::none_of(service->senders, [](const Sender& sender) {
        return split_channel(sender.address).channel == "rcs";
      }))
    return fail(errors::kFallbackNeedsRcs);
  return {};
}

/// Errors: 21624, 21627.
Result<> read_limits(const rest::Fields& form, Draft& draft) {
  if (const auto* validity = form.find("ValidityPeriod")) {
    const auto seconds = number_of<std::int64_t>(*validity);
    if (!seconds || *seconds < 1 || *seconds > kValidityMax.count()) return fail(errors::kInvalidValidity);
    draft.validity = std::chrono::seconds(*seconds);
  }
  if (const auto* price = form.find("MaxPrice")) {
    const auto value = number_of<double>(*price);
    if (!value || !std::isfinite(*value)) return fail(errors::kInvalidMaxPrice);
  }
  return {};
}

/// The fields with few values. Error: 20001.
Result<> read_words(const rest::Fields& form, Draft& draft) {
  const auto one_of = [&](std::string_view name, std::string_view usual, std::string_view special) -> Result<bool> {
    const std::string_view value = form.get(name);
    if (value.empty() || value == usual) return false;
    if (value == special) return true;
    return fail({dialtone::errors::kBadRequest, fmt::format("Invalid {}: {}", name, value)});
  };
  DT_TRY(draft.discard_body, one_of("ContentRetention", "retain", "discard"));
  DT_TRY(draft.obfuscate_to, one_of("AddressRetention", "retain", "obfuscate"));
  DT_CHECK(one_of("RiskCheck", "enable", "disable"));
  DT_CHECK(one_of("TrafficType", "free", "free"));
  return {};
}

Task<Result<>> read(Messenger& messenger, const Context& context, Draft& draft) {
  auto& store = messenger.services().ledger.store();
  co_await read_application(store, context, draft);
  DT_CO_CHECK(read_schedule(messenger, context.form, draft));
  DT_CO_CHECK(check_fallback_from(messenger, context.form, draft));
  DT_CO_CHECK(read_limits(context.form, draft));
  DT_CO_CHECK(read_words(context.form, draft));
  co_return co_await read_content(store, context, draft);
}

}  // namespace

Task<> read_message_options(Messenger& messenger, const Context& context, Draft& draft) {
  const rest::Fields& form = context.form;
  draft.media_urls = form.all("MediaUrl");
  draft.status_callback = form.get("StatusCallback");
  if (form.has("SmartEncoded")) draft.smart_encoded = form.flag("SmartEncoded", false);
  draft.feedback = form.flag("ProvideFeedback", false);
  draft.as_mms = form.flag("SendAsMms", false);
  draft.actions = form.all("PersistentAction");
  draft.intent = form.get("MessageIntent");
  if (draft.from && draft.from->starts_with("MG") && is_sid(*draft.from))
    draft.service_sid = *std::exchange(draft.from, {});
  if (const auto service = form.get("MessagingServiceSid"); !service.empty()) draft.service_sid = service;
  // Only a messaging service has a domain for links.
  draft.shorten_urls = !draft.service_sid.empty() && form.flag("ShortenUrls", false);
  if (!draft.service_sid.empty() && !draft.from && draft.to) {
    const auto service = messenger.messaging_services().find(draft.service_sid);
    if (service && service->account_sid == draft.account->sid) {
      const auto [channel, address] = split_channel(*draft.to);
      const auto to = E164::parse(address);
      if (to && channel.empty())
        draft.sticky_sender = co_await messenger.messaging_services().sticky(service, to->str());
    }
  }
  if (auto done = co_await read(messenger, context, draft); !done) draft.option_error = std::move(done).error();
}

}  // namespace dialtone::messaging::resources
