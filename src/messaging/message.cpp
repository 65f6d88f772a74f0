#include "messaging/message.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/sid.hpp"
#include "messaging/segments.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::array<std::string_view, 12> kStatuses{"accepted", "scheduled", "queued",      "sending",
                                                     "sent",     "delivered", "undelivered", "failed",
                                                     "canceled", "receiving", "received",    "read"};
constexpr std::array<std::string_view, 4> kDirections{"inbound", "outbound-api", "outbound-call", "outbound-reply"};

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

struct Kept final : store::Decoded {
  explicit Kept(const Message& m) : message(m) {}
  Message message;
};

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

TimePoint from_micros(std::int64_t micros) { return TimePoint{Duration{micros}}; }
std::int64_t micros(TimePoint time) { return time.time_since_epoch().count(); }

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
  scope += "/api/Messages";
  return scope;
}

std::string media_scope(std::string_view account_sid, std::string_view message_sid) {
  return fmt::format("{}/api/Messages/{}/Media", account_sid, message_sid);
}

namespace {

void append_wire(std::string& out, const Message& m) {
  out.reserve(1024 + m.body.size());
  out += "{\"body\": ";
  append_json_string(out, m.body);
  out += ", \"num_segments\": \"";
  out += std::to_string(m.num_segments);
  out += "\", \"direction\": \"";
  out += name_of(m.direction);
  out += "\", \"from\": ";
  append_text_or_null(out, m.from);
  out += ", \"date_updated\": ";
  append_date_or_null(out, m.updated);
  out += ", \"price\": ";
  append_text_or_null(out, m.price.value_or(""));
  out += ", \"error_message\": ";
  append_text_or_null(out, m.error_message);
  out += ", \"uri\": \"/2010-04-01/Accounts/";
  out += m.account_sid;
  out += "/Messages/";
  out += m.sid;
  out += ".json\", \"account_sid\": \"";
  out += m.account_sid;
  out += "\", \"num_media\": \"";
  out += std::to_string(m.num_media);
  out += "\", \"to\": ";
  append_json_string(out, m.to);
  out += ", \"date_created\": ";
  append_date_or_null(out, m.created);
  out += ", \"status\": \"";
  out += name_of(m.status);
  out += "\", \"sid\": \"";
  out += m.sid;
  out += "\", \"date_sent\": ";
  append_date_or_null(out, m.sent);
  out += ", \"messaging_service_sid\": ";
  append_text_or_null(out, m.service_sid);
  out += ", \"error_code\": ";
  out += m.error_code == 0 ? "null" : std::to_string(m.error_code);
  out +=
      ", \"price_unit\": \"USD\", \"api_version\": \"2010-04-01\", \"subresource_uris\": {\"media\": "
      "\"/2010-04-01/Accounts/";
  out += m.account_sid;
  out += "/Messages/";
  out += m.sid;
  out += "/Media.json\"}}";
}

std::shared_ptr<store::Record> make_record(const Message& m) {
  std::string out;
  append_wire(out, m);
  // Ours: exact times first, then what is seldom there.
  out += '\0';
  append_number(out, micros(m.created));
  out += ' ';
  append_number(out, micros(m.updated));
  out += ' ';
  append_number(out, m.sent ? micros(*m.sent) : 0);
  if (!m.sender.empty() || !m.status_callback.empty() || m.send_at || !m.media_urls.empty() || m.feedback ||
      m.validity.count() != 0 || m.discard_body || m.obfuscate_to || m.shorten_urls || m.as_mms || !m.actions.empty() ||
      !m.intent.empty() || !m.opt_out_type.empty()) {
    json::object extra;
    if (!m.sender.empty()) extra["sender"] = m.sender;
    if (!m.status_callback.empty()) extra["status_callback"] = m.status_callback;
    if (m.send_at) extra["send_at"] = micros(*m.send_at);
    if (!m.media_urls.empty()) extra["media_urls"] = json::value_from(m.media_urls);
    if (m.feedback) extra["feedback"] = true;
    if (m.validity.count() != 0) extra["validity"] = m.validity.count();
    if (m.discard_body) extra["discard_body"] = true;
    if (m.obfuscate_to) extra["obfuscate_to"] = true;
    if (m.shorten_urls) extra["shorten_urls"] = true;
    if (m.as_mms) extra["as_mms"] = true;
    if (!m.actions.empty()) extra["actions"] = json::value_from(m.actions);
    if (!m.intent.empty()) extra["intent"] = m.intent;
    if (!m.opt_out_type.empty()) extra["opt_out_type"] = m.opt_out_type;
    out += ' ';
    out += json::serialize(extra);
  }
  auto record = std::make_shared<store::Record>();
  record->id = m.sid;
  record->value = std::move(out);
  record->terms.reserve(2);
  record->terms.push_back({"to", m.to});
  if (!m.from.empty()) record->terms.push_back({"from", m.from});
  if (m.sent) {
    const auto made = time_of_sid(m.sid);
    if (!made || *m.sent < *made - kSentOffAfter || *m.sent > *made + kSentOffAfter) record->terms.push_back(kSentOff);
  }
  return record;
}

}  // namespace

store::RecordPtr to_record(const Message& message) { return make_record(message); }

store::RecordPtr to_record_kept(const Message& message) {
  auto record = make_record(message);
  record->decoded = std::make_shared<Kept>(message);
  return record;
}

std::string wire_json_of(const Message& message) {
  std::string out;
  append_wire(out, message);
  return out;
}

std::string_view wire_of(const store::Record& record) {
  return std::string_view(record.value).substr(0, record.value.find('\0'));
}

Message from_record(const store::Record& record) {
  if (const auto* kept = dynamic_cast<const Kept*>(record.decoded.get())) return kept->message;
  const std::string_view wire = wire_of(record);
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
