#include <charconv>

#include <fmt/format.h>

#include "base/e164.hpp"
#include "lab/message_search.hpp"
#include "lab/routes.hpp"
#include "messaging/segments.hpp"

namespace dialtone::lab::routes {
namespace {

constexpr std::size_t kLimitMax = 1000;
constexpr std::size_t kLimitDefault = 100;
constexpr std::size_t kScanMax = 20'000;  ///< records looked at for one answer; it then says where to go on
constexpr std::size_t kEntriesMax = 20'000;
constexpr std::size_t kExchangesMax = 100;

/// A number may come as people write it, and with its plus not encoded.
std::string address(std::string_view text) {
  std::string given(text);
  if (!given.empty() && given.front() == ' ') given.front() = '+';
  const auto number = E164::parse(given);
  return number ? number->str() : given;
}

Result<std::optional<TimePoint>> time_of(const rest::Fields& query, std::string_view name) {
  const auto* text = query.find(name);
  if (!text || text->empty()) return std::nullopt;
  const auto time = parse_time(*text);
  if (!time) return fail({errors::kBadRequest, fmt::format("{} must be a date in ISO 8601", name)});
  return time->time;
}

Result<MessageSearch> search_of(const rest::Fields& query) {
  MessageSearch search;
  search.sid = query.get("sid");
  search.from = address(query.get("from"));
  search.to = address(query.get("to"));
  search.text = query.get("text");
  search.direction = query.get("direction");
  search.status = query.get("status");
  if (!search.status.empty() && !messaging::parse_status(search.status))
    return fail({errors::kBadRequest, fmt::format("There is no status {}", search.status)});
  DT_TRY(search.since, time_of(query, "since"));
  DT_TRY(search.until, time_of(query, "until"));
  if (const auto after = query.get("after"); !after.empty() && !is_sid(after))
    return fail({errors::kBadRequest, "after must be a message's SID"});
  return search;
}

Result<std::size_t> limit_of(const rest::Fields& query) {
  std::size_t limit = kLimitDefault;
  if (const auto* text = query.find("limit")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (error != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > kLimitMax)
      return fail({errors::kBadRequest, fmt::format("limit must be a number from 1 to {}", kLimitMax)});
  }
  return limit;
}

Task<Result<net::Response>> list(ControlRequest& request, rest::Services& services) {
  DT_CO_TRY(MessageSearch search, search_of(request.query));
  DT_CO_TRY(const std::size_t limit, limit_of(request.query));
  MessageScan scan(services.ledger.store(), request.principal.account->sid, std::move(search),
                   std::string(request.query.get("after")));
  std::string rows;
  std::size_t count = 0;
  while (count < limit) {
    const auto found = co_await scan.next(kScanMax);
    if (!found) break;
    if (count++ != 0) rows += ", ";
    messaging::append_wire(rows, *found->record);
  }
  std::string out = "{\"messages\": [";
  out += rows;
  out += "], \"next\": ";
  if (scan.ended() || scan.position().empty()) {
    out += "null";
  } else {
    append_json_string(out, scan.position());
  }
  out += '}';
  co_return net::Response::json(200, std::move(out));
}

/// RFC 4180: quoted where it must be.
void append_cell(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

Task<> write_csv(net::Writer& writer, rest::Services& services, std::string account_sid, MessageSearch search) {
  constexpr std::size_t kChunk = 32 * 1024;
  MessageScan scan(services.ledger.store(), std::move(account_sid), std::move(search), {});
  std::string out = "Sid,DateCreated,DateSent,From,To,Direction,Status,NumSegments,NumMedia,Price,ErrorCode,Body\r\n";
  while (!writer.gone()) {
    const auto found = co_await scan.next(kScanMax);
    if (!found && scan.ended()) break;
    if (!found) continue;
    const messaging::Message& m = found->message;
    bool first = true;
    for (const std::string& cell : {m.sid, iso8601(m.created), m.sent ? iso8601(*m.sent) : std::string(), m.from, m.to,
                                    std::string(name_of(m.direction)), std::string(name_of(m.status)),
                                    std::to_string(m.num_segments), std::to_string(m.num_media), m.price.value_or(""),
                                    m.error_code == 0 ? "" : std::to_string(m.error_code), m.body}) {
      if (!first) out += ',';
      first = false;
      append_cell(out, cell);
    }
    out += "\r\n";
    if (out.size() >= kChunk && !co_await writer.write(std::exchange(out, {}))) co_return;
  }
  if (!out.empty()) co_await writer.write(out);
}

Task<Result<net::Response>> csv(ControlRequest& request, rest::Services& services) {
  DT_CO_TRY(MessageSearch search, search_of(request.query));
  net::Response response;
  response.header("Content-Type", "text/csv; charset=utf-8");
  response.header("Content-Disposition", "attachment; filename=\"messages.csv\"");
  response.stream = [&services, account = request.principal.account->sid, search = std::move(search)](
                        net::Writer& writer) { return write_csv(writer, services, account, search); };
  co_return response;
}

/// The position after which the journal has only entries of that time and later. (A clock that was set back makes it a
/// guess; what is missed then is shown without its time.)
Task<std::uint64_t> position_before(store::Store& store, TimePoint time) {
  std::uint64_t low = 0;
  std::uint64_t high = store.last_position();
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto entries = co_await store.journal(middle, 1);
    if (entries.empty() || entries.front().at >= time) {
      high = middle;
    } else {
      low = entries.front().position;
    }
  }
  co_return low;
}

Task<json::array> life_of(store::Store& store, const messaging::Message& message) {
  json::array life;
  const std::string last = fmt::format("message.{}", name_of(message.status));
  std::uint64_t read_to = 0;
  std::size_t left = kEntriesMax;
  for (const TimePoint anchor : {message.created, message.sent.value_or(message.created), message.updated}) {
    std::uint64_t after =
        std::max(read_to, co_await position_before(store, std::chrono::floor<std::chrono::seconds>(anchor)));
    while (left > 0) {
      const auto entries = co_await store.journal(after, std::min<std::size_t>(left, 500));
      if (entries.empty()) break;
      bool ended = false;
      for (const auto& entry : entries) {
        after = entry.position;
        --left;
        if (entry.subject == message.sid && entry.kind.starts_with("message.")) {
          life.push_back(json::object{{"status", entry.kind.substr(sizeof("message.") - 1)},
                                      {"at", iso8601_precise(entry.at)},
                                      {"position", entry.position}});
          ended = entry.kind == last;
        }
        if (ended || entry.at > anchor + std::chrono::seconds(2)) break;
      }
      if (ended) co_return life;
      if (entries.back().at > anchor + std::chrono::seconds(2)) break;
    }
    read_to = after;
  }
  co_return life;
}

Task<json::array> rows_of(store::Store& store, std::string scope, std::string field, std::string value) {
  json::array out;
  for (const auto& row : co_await store.list({.scope = std::move(scope),
                                              .term = store::Term{std::move(field), std::move(value)},
                                              .oldest_first = true,
                                              .limit = kExchangesMax}))
    out.push_back(json::parse(row->value));
  co_return out;
}

Task<Result<net::Response>> one(ControlRequest& request, rest::Services& services) {
  auto& store = services.ledger.store();
  const std::string account = request.principal.account->sid;
  const std::string sid = request.value("sid");
  const auto record = co_await store.get(messaging::message_scope(account), sid);
  if (!record) co_return fail({errors::kNotFound, fmt::format("There is no message {}", sid)});
  const messaging::Message message = messaging::from_record(*record);
  const messaging::Segments cut = messaging::segments(message.body);
  json::array pieces;
  for (const std::string_view piece : cut.pieces) pieces.emplace_back(piece);
  json::array media;
  for (const auto& row : co_await store.list(
           {.scope = messaging::media_scope(account, sid), .oldest_first = true, .limit = kExchangesMax})) {
    json::object item = stored_object(messaging::media_wire_of(*row));
    item["address"] =
        messaging::signed_path(*request.principal.account, messaging::part_of(*row), services.clock.now());
    media.push_back(std::move(item));
  }
  json::object out;
  out["message"] = json::parse(messaging::wire_of(*record));
  out["life"] = co_await life_of(store, message);
  out["segments"] = {{"encoding", name_of(cut.encoding)}, {"units", cut.units}, {"pieces", std::move(pieces)}};
  out["media"] = std::move(media);
  out["status_callback"] =
      message.status_callback.empty() ? json::value(nullptr) : json::value(message.status_callback);
  out["exchanges"] = co_await rows_of(store, monitor::exchange_scope(account), "subject", sid);
  out["alerts"] = co_await rows_of(store, monitor::alert_scope(account), "resource", sid);
  co_return json_response(out);
}

}  // namespace

void messages(Control& control, rest::Services& services) {
  control.add("GET", "/messages", [&services](ControlRequest& request) { return list(request, services); });
  control.add("GET", "/messages.csv", [&services](ControlRequest& request) { return csv(request, services); });
  control.add("GET", "/messages/{sid}", [&services](ControlRequest& request) { return one(request, services); });
}

}  // namespace dialtone::lab::routes
