#include "messaging/message.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/container/static_vector.hpp>

#include "base/json.hpp"
#include "base/sid.hpp"
#include "messaging/segments.hpp"
#include "store/codec.hpp"

namespace dialtone::messaging {

using namespace std::string_view_literals;  // appended, a literal with a length costs no strlen

namespace {

constexpr std::array<std::string_view, 12> kStatuses{"accepted", "scheduled", "queued",      "sending",
                                                     "sent",     "delivered", "undelivered", "failed",
                                                     "canceled", "receiving", "received",    "read"};
constexpr std::array<std::string_view, 4> kDirections{"inbound", "outbound-api", "outbound-call", "outbound-reply"};

constexpr std::string_view kMessages = "/api/Messages";
constexpr std::size_t kWireBytes = 1024;  ///< of a message without its text, at most about

void append_text_or_null(std::string& out, std::string_view text) {
  if (text.empty()) {
    out += "null";
  } else {
    append_json_string(out, text);
  }
}

void append_date_or_null(std::string& out, const std::optional<TimePoint>& time) {
  if (!time) {
    out += "null";
    return;
  }
  // Within one second all dates are the same text.
  thread_local std::int64_t last_second = -1;
  thread_local std::string last_text;
  const auto second = std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
  if (second != last_second) {
    last_text = rfc2822(*time);
    last_second = second;
  }
  out += '"';
  out += last_text;
  out += '"';
}

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

TimePoint from_micros(std::int64_t micros) { return TimePoint{Duration{micros}}; }

}  // namespace

std::string_view name_of(Status status) { return kStatuses[static_cast<std::size_t>(status)]; }

std::optional<Status> parse_status(std::string_view name) {
  for (std::size_t i = 0; i < kStatuses.size(); ++i) {
    if (kStatuses[i] == name) return static_cast<Status>(i);
  }
  return std::nullopt;
}

bool is_final(Status status) {
  switch (status) {
    case Status::kDelivered:
    case Status::kUndelivered:
    case Status::kFailed:
    case Status::kCanceled:
    case Status::kReceived:
    case Status::kRead:
      return true;
    case Status::kAccepted:
    case Status::kScheduled:
    case Status::kQueued:
    case Status::kSending:
    case Status::kSent:
    case Status::kReceiving:
      return false;
  }
  return false;
}

std::string_view name_of(Direction direction) { return kDirections[static_cast<std::size_t>(direction)]; }

std::string message_scope(std::string_view account_sid) {
  std::string scope(account_sid);
  scope += kMessages;
  return scope;
}

std::string media_scope(std::string_view account_sid, std::string_view message_sid) {
  return fmt::format("{}/api/Messages/{}/Media", account_sid, message_sid);
}

namespace {

/// What a message shows, where it lies.
struct Shown {
  std::string_view sid = {};
  std::string_view account_sid = {};
  std::string_view service_sid = {};
  std::string_view from = {};
  std::string_view to = {};
  std::string_view body = {};
  Status status = Status::kQueued;
  Direction direction = Direction::kOutboundApi;
  std::size_t num_segments = 0;
  std::size_t num_media = 0;
  int error_code = 0;
  std::string_view error_message = {};
  TimePoint created = {};
  TimePoint updated = {};
  std::optional<TimePoint> sent = {};
  std::string_view price = {};
};

Shown shown_of(const Message& m) {
  return {.sid = m.sid,
          .account_sid = m.account_sid,
          .service_sid = m.service_sid,
          .from = m.from,
          .to = m.to,
          .body = m.body,
          .status = m.status,
          .direction = m.direction,
          .num_segments = m.num_segments,
          .num_media = m.num_media,
          .error_code = m.error_code,
          .error_message = m.error_message,
          .created = m.created,
          .updated = m.updated,
          .sent = m.sent,
          .price = m.price ? std::string_view(*m.price) : std::string_view()};
}

void append_wire(std::string& out, const Shown& m) {
  out += "{\"body\": "sv;
  append_json_string(out, m.body);
  out += ", \"num_segments\": \""sv;
  append_number(out, static_cast<std::int64_t>(m.num_segments));
  out += "\", \"direction\": \""sv;
  out += name_of(m.direction);
  out += "\", \"from\": "sv;
  append_text_or_null(out, m.from);
  out += ", \"date_updated\": "sv;
  append_date_or_null(out, m.updated);
  out += ", \"price\": "sv;
  append_text_or_null(out, m.price);
  out += ", \"error_message\": "sv;
  append_text_or_null(out, m.error_message);
  out += ", \"uri\": \"/2010-04-01/Accounts/"sv;
  out += m.account_sid;
  out += "/Messages/"sv;
  out += m.sid;
  out += ".json\", \"account_sid\": \""sv;
  out += m.account_sid;
  out += "\", \"num_media\": \""sv;
  append_number(out, static_cast<std::int64_t>(m.num_media));
  out += "\", \"to\": "sv;
  append_json_string(out, m.to);
  out += ", \"date_created\": "sv;
  append_date_or_null(out, m.created);
  out += ", \"status\": \""sv;
  out += name_of(m.status);
  out += "\", \"sid\": \""sv;
  out += m.sid;
  out += "\", \"date_sent\": "sv;
  append_date_or_null(out, m.sent);
  out += ", \"messaging_service_sid\": "sv;
  append_text_or_null(out, m.service_sid);
  out += ", \"error_code\": "sv;
  if (m.error_code == 0) {
    out += "null"sv;
  } else {
    append_number(out, m.error_code);
  }
  out +=
      ", \"price_unit\": \"USD\", \"api_version\": \"2010-04-01\", \"subresource_uris\": {\"media\": "
      "\"/2010-04-01/Accounts/"sv;
  out += m.account_sid;
  out += "/Messages/"sv;
  out += m.sid;
  out += "/Media.json\"}}"sv;
}

// The record's value: this byte, status, direction, what else there is (Field), the numbers and texts that are always
// there, then what `fields` says. Records of earlier versions are JSON and begin with a brace.
constexpr char kFormat = '\x01';

enum Field : std::uint64_t {
  kServiceSid = 1U << 0,
  kNumMedia = 1U << 1,
  kErrorCode = 1U << 2,
  kErrorMessage = 1U << 3,
  kSent = 1U << 4,
  kPrice = 1U << 5,
  kSender = 1U << 6,
  kStatusCallback = 1U << 7,
  kSendAt = 1U << 8,
  kMediaUrls = 1U << 9,
  kFeedback = 1U << 10,
  kValidity = 1U << 11,
  kDiscardBody = 1U << 12,
  kObfuscateTo = 1U << 13,
  kShortenUrls = 1U << 14,
  kAsMms = 1U << 15,
  kActions = 1U << 16,
  kIntent = 1U << 17,
  kOptOutType = 1U << 18,
};

std::uint64_t fields_of(const Message& m) {
  std::uint64_t fields = 0;
  const auto mark = [&](Field field, bool is_there) { fields |= is_there ? field : 0U; };
  mark(kServiceSid, !m.service_sid.empty());
  mark(kNumMedia, m.num_media != 0);
  mark(kErrorCode, m.error_code != 0);
  mark(kErrorMessage, !m.error_message.empty());
  mark(kSent, m.sent.has_value());
  mark(kPrice, m.price.has_value());
  mark(kSender, !m.sender.empty());
  mark(kStatusCallback, !m.status_callback.empty());
  mark(kSendAt, m.send_at.has_value());
  mark(kMediaUrls, !m.media_urls.empty());
  mark(kFeedback, m.feedback);
  mark(kValidity, m.validity.count() != 0);
  mark(kDiscardBody, m.discard_body);
  mark(kObfuscateTo, m.obfuscate_to);
  mark(kShortenUrls, m.shorten_urls);
  mark(kAsMms, m.as_mms);
  mark(kActions, !m.actions.empty());
  mark(kIntent, !m.intent.empty());
  mark(kOptOutType, !m.opt_out_type.empty());
  return fields;
}

/// A time near another, before or after it.
std::uint64_t distance(TimePoint from, TimePoint to) {
  const std::int64_t d = (to - from).count();
  return static_cast<std::uint64_t>(d) << 1 ^ static_cast<std::uint64_t>(d >> 63);
}
TimePoint at_distance(TimePoint from, std::uint64_t d) {
  return from + Duration(static_cast<std::int64_t>(d >> 1 ^ (~(d & 1) + 1)));
}

void append_value(std::string& value, const Message& m) {
  store::Encoder out(value);
  const auto fields = fields_of(m);
  const auto texts = [&](const std::vector<std::string>& all) {
    out.number(all.size());
    for (const auto& each : all) out.text(each);
  };
  value += kFormat;
  out.number(static_cast<std::uint64_t>(m.status));
  out.number(static_cast<std::uint64_t>(m.direction));
  out.number(fields);
  out.time(m.created);
  out.number(distance(m.created, m.updated));
  out.number(m.num_segments);
  out.texts({m.account_sid, m.from, m.to, m.body});
  if (fields & kServiceSid) out.text(m.service_sid);
  if (fields & kNumMedia) out.number(m.num_media);
  if (fields & kErrorCode) out.number(static_cast<std::uint64_t>(m.error_code));
  if (fields & kErrorMessage) out.text(m.error_message);
  if (fields & kSent) out.number(distance(m.created, *m.sent));
  if (fields & kPrice) out.text(*m.price);
  if (fields & kSender) out.text(m.sender);
  if (fields & kStatusCallback) out.text(m.status_callback);
  if (fields & kSendAt) out.time(*m.send_at);
  if (fields & kMediaUrls) texts(m.media_urls);
  if (fields & kValidity) out.number(static_cast<std::uint64_t>(m.validity.count()));
  if (fields & kActions) texts(m.actions);
  if (fields & kIntent) out.text(m.intent);
  if (fields & kOptOutType) out.text(m.opt_out_type);
}

/// Reads what is shown and leaves the rest in `in`. Returns the fields.
std::uint64_t read_shown(store::Decoder& in, Shown& m) {
  const auto status = in.number();
  const auto direction = in.number();
  if (status >= kStatuses.size() || direction >= kDirections.size())
    throw std::runtime_error("a stored message is damaged");
  m.status = static_cast<Status>(status);
  m.direction = static_cast<Direction>(direction);
  const auto fields = in.number();
  m.created = in.time();
  m.updated = at_distance(m.created, in.number());
  m.num_segments = in.number();
  m.account_sid = in.text();
  m.from = in.text();
  m.to = in.text();
  m.body = in.text();
  if (fields & kServiceSid) m.service_sid = in.text();
  if (fields & kNumMedia) m.num_media = in.number();
  if (fields & kErrorCode) m.error_code = static_cast<int>(in.number());
  if (fields & kErrorMessage) m.error_message = in.text();
  if (fields & kSent) m.sent = at_distance(m.created, in.number());
  if (fields & kPrice) m.price = in.text();
  return fields;
}

using Terms = boost::container::static_vector<store::Term, 3>;

Terms terms_of(const Message& m) {
  Terms terms;
  terms.push_back({"to", m.to});
  if (!m.from.empty()) terms.push_back({"from", m.from});
  if (m.sent) {
    const auto made = time_of_sid(m.sid);
    if (!made || *m.sent < *made - kSentOffAfter || *m.sent > *made + kSentOffAfter) terms.push_back(kSentOff);
  }
  return terms;
}

bool is_json(const store::Record& record) { return record.value.starts_with('{'); }

/// A record's message, read where it lies.
store::Decoder decoder_of(const store::Record& record) {
  if (!record.value.starts_with(kFormat)) throw std::runtime_error("a stored message is damaged");
  return store::Decoder(std::string_view(record.value).substr(1));
}

/// A record of an earlier version: the API's JSON, a NUL, the exact times, and in JSON what else was ours.
Message from_json(const store::Record& record) {
  const std::string_view wire = std::string_view(record.value).substr(0, record.value.find('\0'));
  const json::value value = json::parse(wire);
  const json::object& o = value.as_object();
  Message m;
  const auto text = [&](std::string_view name) { return std::string(text_of(o, name)); };
  const auto count = [&](std::string_view name) -> std::size_t {
    std::size_t number = 0;
    const std::string_view digits = text_of(o, name);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  };
  m.sid = text("sid");
  m.account_sid = text("account_sid");
  m.service_sid = text("messaging_service_sid");
  m.from = text("from");
  m.to = text("to");
  m.body = text("body");
  const auto status = parse_status(text_of(o, "status"));
  if (!status) throw std::runtime_error("a stored message has no status");
  m.status = *status;
  for (std::size_t i = 0; i < kDirections.size(); ++i) {
    if (kDirections[i] == text_of(o, "direction")) m.direction = static_cast<Direction>(i);
  }
  m.num_segments = count("num_segments");
  m.num_media = count("num_media");
  if (const auto* code = o.if_contains("error_code"); code && code->is_int64())
    m.error_code = static_cast<int>(code->get_int64());
  m.error_message = text("error_message");
  if (const auto price = text("price"); !price.empty()) m.price = price;
  if (wire.size() < record.value.size()) {
    std::string_view ours = std::string_view(record.value).substr(wire.size() + 1);
    const auto number = [&]() {
      std::int64_t read = 0;
      const auto [end, error] = std::from_chars(ours.data(), ours.data() + ours.size(), read);
      ours.remove_prefix(static_cast<std::size_t>(end - ours.data()));
      if (ours.starts_with(' ')) ours.remove_prefix(1);
      return read;
    };
    m.created = from_micros(number());
    m.updated = from_micros(number());
    if (const auto sent = number(); sent != 0) m.sent = from_micros(sent);
    if (!ours.empty()) {
      const json::value extra_value = json::parse(ours);
      const json::object& extra = extra_value.as_object();
      m.sender = text_of(extra, "sender");
      m.status_callback = text_of(extra, "status_callback");
      if (const auto* at = extra.if_contains("send_at")) m.send_at = from_micros(at->to_number<std::int64_t>());
      if (const auto* urls = extra.if_contains("media_urls"))
        m.media_urls = json::value_to<std::vector<std::string>>(*urls);
      m.feedback = extra.contains("feedback");
      if (const auto* validity = extra.if_contains("validity"))
        m.validity = std::chrono::seconds(validity->to_number<std::int64_t>());
      m.discard_body = extra.contains("discard_body");
      m.obfuscate_to = extra.contains("obfuscate_to");
      m.shorten_urls = extra.contains("shorten_urls");
      m.as_mms = extra.contains("as_mms");
      if (const auto* actions = extra.if_contains("actions"))
        m.actions = json::value_to<std::vector<std::string>>(*actions);
      m.intent = text_of(extra, "intent");
      m.opt_out_type = text_of(extra, "opt_out_type");
    }
  }
  return m;
}

}  // namespace

store::RecordPtr to_record(const Message& message) {
  auto record = std::make_shared<store::Record>();
  record->id = message.sid;
  append_value(record->value, message);
  const Terms terms = terms_of(message);
  record->terms.assign(terms.begin(), terms.end());
  return record;
}

void put(store::Transaction& transaction, const Message& message) {
  thread_local std::string scope, value;
  scope.assign(message.account_sid).append(kMessages);
  value.clear();
  append_value(value, message);
  transaction.put(scope, message.sid, value, terms_of(message));
}

void append_wire(std::string& out, const Message& message) {
  out.reserve(out.size() + kWireBytes + message.body.size());
  append_wire(out, shown_of(message));
}

void append_wire(std::string& out, const store::Record& record) {
  if (is_json(record)) return append_wire(out, from_json(record));
  auto in = decoder_of(record);
  Shown shown{.sid = record.id};
  read_shown(in, shown);
  append_wire(out, shown);
}

Message from_record(const store::Record& record) {
  if (is_json(record)) return from_json(record);
  auto in = decoder_of(record);
  Shown shown{.sid = record.id};
  const auto fields = read_shown(in, shown);
  Message m;
  m.sid = shown.sid;
  m.account_sid = shown.account_sid;
  m.service_sid = shown.service_sid;
  m.from = shown.from;
  m.to = shown.to;
  m.body = shown.body;
  m.status = shown.status;
  m.direction = shown.direction;
  m.num_segments = shown.num_segments;
  m.num_media = shown.num_media;
  m.error_code = shown.error_code;
  m.error_message = shown.error_message;
  m.created = shown.created;
  m.updated = shown.updated;
  m.sent = shown.sent;
  if (fields & kPrice) m.price = shown.price;
  const auto texts = [&] {
    std::vector<std::string> all;
    for (auto left = in.number(); left > 0; --left) all.emplace_back(in.text());
    return all;
  };
  if (fields & kSender) m.sender = in.text();
  if (fields & kStatusCallback) m.status_callback = in.text();
  if (fields & kSendAt) m.send_at = in.time();
  if (fields & kMediaUrls) m.media_urls = texts();
  if (fields & kValidity) m.validity = std::chrono::seconds(static_cast<std::int64_t>(in.number()));
  if (fields & kActions) m.actions = texts();
  if (fields & kIntent) m.intent = in.text();
  if (fields & kOptOutType) m.opt_out_type = in.text();
  m.feedback = (fields & kFeedback) != 0;
  m.discard_body = (fields & kDiscardBody) != 0;
  m.obfuscate_to = (fields & kObfuscateTo) != 0;
  m.shorten_urls = (fields & kShortenUrls) != 0;
  m.as_mms = (fields & kAsMms) != 0;
  return m;
}

std::size_t segments_of(const Message& message) { return message.as_mms ? 1 : count_segments(message.body).count; }

std::string price_of(const Message& message) {
  // In hundred-thousandths of a dollar, so that no float rounds: SMS 0.0075 a segment, MMS 0.0200 each.
  const std::uint64_t price = message.num_media > 0 || message.as_mms ? 2000 : 750 * message.num_segments;
  std::string out = "-";
  append_number(out, static_cast<std::int64_t>(price / 100'000));
  out += '.';
  for (std::uint64_t unit = 10'000, rest = price % 100'000; unit > 0; unit /= 10)
    out += static_cast<char>('0' + rest / unit % 10);
  return out;
}

}  // namespace dialtone::messaging
