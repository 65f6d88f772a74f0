#include "messaging/media.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/form.hpp"
#include "base/json.hpp"
#include "messaging/errors.hpp"
#include "webhook/signature.hpp"

namespace dialtone::messaging {
namespace {

/// The users of a file: one record for each Media resource.
std::string users_scope(std::string_view account_sid, std::string_view hash) {
  return fmt::format("{}/media-files/{}", account_sid, hash);
}

/// Documents that may be sent beside pictures, sound and film. Source: Twilio, accepted content types for media.
constexpr std::array<std::string_view, 12> kDocuments{
    "text/vcard",        "text/x-vcard",    "text/csv",       "text/rtf",
    "text/richtext",     "text/calendar",   "text/directory", "application/pdf",
    "application/vcard", "application/rtf", "text/plain",     "application/vnd.apple.pkpass"};

bool is_picture(std::string_view type) {
  return type == "image/jpeg" || type == "image/jpg" || type == "image/png" || type == "image/gif";
}

std::string signature_of(const rest::Account& account, std::string_view hash, std::string_view type,
                         std::string_view expires) {
  return webhook::sign(account.auth_token, fmt::format("media {} {} {} {}", account.sid, hash, type, expires));
}

}  // namespace

void add_media(store::Transaction& transaction, rest::Services& services, Message& message) {
  const std::string date = rfc2822(services.clock.now());
  const std::string scope = media_scope(message.account_sid, message.sid);
  for (MediaPart& part : message.media) {
    part.sid = services.sids.make("ME");
    json::object media;
    media["account_sid"] = message.account_sid;
    media["content_type"] = part.content_type;
    media["date_created"] = date;
    media["date_updated"] = date;
    media["parent_sid"] = message.sid;
    media["sid"] = part.sid;
    media["uri"] =
        fmt::format("/2010-04-01/Accounts/{}/Messages/{}/Media/{}.json", message.account_sid, message.sid, part.sid);
    std::string value = wire_json(media);
    value += '\0';
    value += wire_json({{"hash", part.hash}, {"size", part.size}});
    transaction.put(scope, part.sid, std::move(value));
    transaction.put(users_scope(message.account_sid, part.hash), part.sid, message.sid);
  }
}

void erase_media(store::Transaction& transaction, std::string_view account_sid, std::string_view message_sid,
                 const store::Record& record) {
  transaction.erase(media_scope(account_sid, message_sid), record.id);
  transaction.erase(users_scope(account_sid, part_of(record).hash), record.id);
}

Task<> drop_file(rest::Services& services, MediaFiles& files, std::string account_sid, std::string hash) {
  const auto users = co_await services.ledger.store().list({.scope = users_scope(account_sid, hash), .limit = 1});
  if (users.empty()) files.erase(account_sid, hash);
}

std::string_view media_wire_of(const store::Record& record) {
  return std::string_view(record.value).substr(0, record.value.find('\0'));
}

MediaPart part_of(const store::Record& record) {
  const std::string_view wire = media_wire_of(record);
  const json::object shown = stored_object(wire);
  MediaPart part{.sid = record.id, .content_type = std::string(text_of(shown, "content_type")), .hash = {}};
  if (wire.size() < record.value.size()) {
    const json::object ours = stored_object(std::string_view(record.value).substr(wire.size() + 1));
    part.hash = text_of(ours, "hash");
    if (const auto* size = ours.if_contains("size")) part.size = size->to_number<std::size_t>();
  }
  return part;
}

Task<std::vector<MediaPart>> media_of(rest::Services& services, const Message& message) {
  std::vector<MediaPart> parts;
  const auto rows = co_await services.ledger.store().list({.scope = media_scope(message.account_sid, message.sid),
                                                           .oldest_first = true,
                                                           .limit = std::max<std::size_t>(message.num_media, 1)});
  for (const auto& row : rows) parts.push_back(part_of(*row));
  co_return parts;
}

std::string media_type_of(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  std::ranges::transform(type, type.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return type;
}

Result<> check_media(const std::vector<MediaPart>& parts, std::string_view body, std::string_view to) {
  const bool in_channel = to.find(':') != std::string_view::npos;
  std::size_t total = body.size();
  for (const MediaPart& part : parts) {
    const std::string& type = part.content_type;
    const bool known = type.starts_with("image/") || type.starts_with("audio/") || type.starts_with("video/") ||
                       std::ranges::find(kDocuments, type) != kDocuments.end();
    if (!known) {
      return fail({errors::kContentType, type.empty() ? std::string("The media has no Content-Type")
                                                      : fmt::format("Media of type {} cannot be sent", type)});
    }
    if (!in_channel && !is_picture(type) && part.size > kOtherMediaBytesMax) {
      return fail({errors::kMediaTooLarge,
                   fmt::format("Media of type {} is larger than {} bytes: {}", type, kOtherMediaBytesMax, part.size)});
    }
    total += part.size;
  }
  const std::size_t limit = in_channel ? kChannelBytesMax : kImageBytesMax;
  if (total > limit)
    return fail({errors::kMediaTooLarge, fmt::format("The message is larger than {} bytes: {}", limit, total)});
  return {};
}

Task<Result<>> fetch_media(webhook::Client& client, MediaFiles& files, Message& message) {
  std::vector<std::string> contents;
  std::vector<MediaPart> parts;
  const std::size_t limit = message.to.find(':') == std::string::npos ? kImageBytesMax : kChannelBytesMax;
  for (const std::string& url : message.media_urls) {
    webhook::Exchange exchange = co_await client.send(
        {.method = "GET", .url = url, .purpose = webhook::Purpose::kNotification, .response_bytes_max = limit + 1});
    if (!exchange.ok()) co_return fail(*exchange.error);
    webhook::Hop& hop = exchange.hops.back();
    MediaPart part{.content_type = media_type_of(webhook::header_of(hop.response_headers, "Content-Type").value_or("")),
                   .hash = {},
                   .size = hop.response_body.size()};
    parts.push_back(std::move(part));
    // Judged as they come: ten files that are each as large as may be are not all held at once.
    DT_CO_CHECK(check_media(parts, message.body, message.to));
    contents.push_back(std::move(hop.response_body));
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    DT_CO_TRY(auto kept, co_await files.put(message.account_sid, std::move(contents[i])));
    parts[i].hash = std::move(kept.hash);
    parts[i].pin = std::move(kept.pin);
  }
  message.media = std::move(parts);
  co_return Result<>{};
}

std::string signed_path(const rest::Account& account, const MediaPart& part, TimePoint now) {
  const auto expires = std::chrono::floor<std::chrono::seconds>(now + kMediaUrlLifetime).time_since_epoch().count();
  const std::string until = std::to_string(expires);
  return fmt::format("/_dialtone/v1/media/{}/{}?{}", account.sid, part.hash,
                     form_encode({{"Type", part.content_type},
                                  {"Expires", until},
                                  {"Signature", signature_of(account, part.hash, part.content_type, until)}}));
}

bool is_signed(const rest::Account& account, std::string_view hash, const rest::Fields& query, TimePoint now) {
  const std::string_view until = query.get("Expires");
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(until.data(), until.data() + until.size(), seconds);
  if (error != std::errc{} || end != until.data() + until.size()) return false;
  const auto at = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return at < seconds &&
         equal_in_constant_time(query.get("Signature"), signature_of(account, hash, query.get("Type"), until));
}

}  // namespace dialtone::messaging
