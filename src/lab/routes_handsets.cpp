#include <charconv>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/e164.hpp"
#include "base/multipart.hpp"
#include "base/utf8.hpp"
#include "lab/routes.hpp"

namespace dialtone::lab::routes {
namespace {

constexpr ErrorRow kTimeout{20408, 408, "No matching message arrived in time"};
constexpr double kWaitMaxSeconds = 300;
constexpr std::size_t kLimitMax = 1000;

using carrier::handset::Handsets;
using carrier::handset::MessageFilter;

/// A number in a path may come without its plus, which a client must encode there.
std::string number_of(const ControlRequest& request) {
  std::string text = request.value("number");
  if (!text.empty() && text.front() != '+') text.insert(0, text.front() == ' ' ? "" : "+");
  const auto number = E164::parse(text);
  return number ? number->str() : text;
}

net::Response list_of(std::string_view key, const std::vector<json::object>& rows) {
  json::array array;
  for (const auto& row : rows) array.push_back(row);
  return json_response(json::object{{key, std::move(array)}});
}

Result<MessageFilter> filter_of(const rest::Fields& query) {
  MessageFilter filter;
  filter.from = query.get("from");
  if (!filter.from.empty() && filter.from.front() == ' ') filter.from.front() = '+';  // an unencoded plus
  filter.contains = query.get("contains");
  filter.after = query.get("after");
  if (query.has("direction")) filter.direction = query.get("direction");
  if (filter.direction != "inbound" && filter.direction != "outbound" && filter.direction != "all") {
    return fail({errors::kBadRequest, "direction must be inbound, outbound or all"});
  }
  if (!filter.after.empty() && !is_sid(filter.after) && !parse_time(filter.after)) {
    return fail({errors::kBadRequest, "after must be a message's SID or a date"});
  }
  if (const auto* limit = query.find("limit")) {
    const auto [end, error] = std::from_chars(limit->data(), limit->data() + limit->size(), filter.limit);
    if (error != std::errc{} || end != limit->data() + limit->size() || filter.limit < 1 || filter.limit > kLimitMax) {
      return fail({errors::kBadRequest, fmt::format("limit must be a number from 1 to {}", kLimitMax)});
    }
  }
  return filter;
}

Task<Result<net::Response>> list_messages(Handsets& handsets, ControlRequest& request) {
  const std::string number = number_of(request);
  const std::string& account = request.principal.account->sid;
  const auto* wait = request.query.find("wait");
  if (!handsets.find(number, account) && !wait)
    co_return fail({errors::kNotFound, fmt::format("There is no handset {}", number)});
  DT_CO_TRY(auto filter, filter_of(request.query));
  if (!wait) co_return list_of("messages", co_await handsets.messages(number, std::move(filter), account));
  double seconds = 0;
  const auto [end, error] = std::from_chars(wait->data(), wait->data() + wait->size(), seconds);
  if (error != std::errc{} || end != wait->data() + wait->size() || !(seconds >= 0) || seconds > kWaitMaxSeconds) {
    co_return fail({errors::kBadRequest, fmt::format("wait must be seconds from 0 to {}", kWaitMaxSeconds)});
  }
  const auto found = co_await handsets.wait(
      number, std::move(filter), std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)), account);
  if (found.empty()) co_return fail(kTimeout);
  co_return list_of("messages", found);
}

bool is_multipart(const ControlRequest& request) {
  return messaging::media_type_of(request.http.header("Content-Type")) == "multipart/form-data";
}

/// Fields `to`, `body` and `media_urls`, and files.
Result<> read_multipart(const ControlRequest& request, messaging::Arrival& arrival,
                        std::vector<Handsets::Upload>& uploads) {
  DT_TRY(const auto parts, parse_multipart(request.http.header("Content-Type"), request.http.body));
  for (const Part& part : parts) {
    if (!part.filename.empty()) {
      uploads.push_back({.content_type = part.content_type, .bytes = std::string(part.body)});
      continue;
    }
    if (!is_utf8(part.body)) return fail({errors::kBadRequest, fmt::format("{} is no UTF-8 text", part.name)});
    if (part.name == "to") arrival.to = part.body;
    if (part.name == "body") arrival.body = part.body;
    if (part.name == "media_urls") arrival.media_urls.emplace_back(part.body);
  }
  if (arrival.to.empty()) return fail({errors::kBadRequest, "Missing required field to in the form"});
  return {};
}

/// `media`: objects with content_type and base64 data.
Result<std::vector<Handsets::Upload>> uploads_in(const json::object& body) {
  std::vector<Handsets::Upload> uploads;
  const json::value* media = body.if_contains("media");
  if (!media) return uploads;
  const auto bad = [] {
    return fail({errors::kBadRequest, "media must be an array of objects with content_type and data in base64"});
  };
  if (!media->is_array()) return bad();
  for (const json::value& each : media->get_array()) {
    if (!each.is_object()) return bad();
    auto bytes = base64_decode(text_of(each.get_object(), "data"));
    if (!bytes || bytes->empty()) return bad();
    uploads.push_back(
        {.content_type = std::string(text_of(each.get_object(), "content_type")), .bytes = std::move(*bytes)});
  }
  return uploads;
}

Task<Result<net::Response>> picture(Handsets& handsets, ControlRequest& request) {
  const std::string text = request.value("index");
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size())
    co_return fail({errors::kBadRequest, fmt::format("{} is no number", text)});
  DT_CO_TRY(auto found,
            co_await handsets.media(number_of(request), request.value("sid"), index, request.principal.account->sid));
  co_return file_response(std::move(found.content_type), std::move(found.bytes));
}

Task<Result<net::Response>> send(Handsets& handsets, ControlRequest& request) {
  messaging::Arrival arrival{.from = number_of(request), .to = {}, .body = {}, .media_urls = {}};
  std::vector<Handsets::Upload> uploads;
  if (is_multipart(request)) {
    DT_CO_CHECK(read_multipart(request, arrival, uploads));
    DT_CO_TRY(const auto sent,
              co_await handsets.send(std::move(arrival), request.principal.account->sid, std::move(uploads)));
    co_return json_response(sent, 201);
  }
  DT_CO_TRY(arrival.to, request.text("to"));
  arrival.body = text_of(request.body, "body");
  DT_CO_TRY(uploads, uploads_in(request.body));
  if (const auto* urls = request.body.if_contains("media_urls")) {
    if (!urls->is_array()) co_return fail({errors::kBadRequest, "media_urls must be an array of URLs"});
    for (const auto& url : urls->get_array()) {
      if (!url.is_string()) co_return fail({errors::kBadRequest, "media_urls must be an array of URLs"});
      arrival.media_urls.emplace_back(url.get_string());
    }
  }
  DT_CO_TRY(const auto sent,
            co_await handsets.send(std::move(arrival), request.principal.account->sid, std::move(uploads)));
  co_return json_response(sent, 201);
}

}  // namespace

void handsets(Control& control, Handsets& handsets) {
  control.add("GET", "/handsets", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    co_return list_of("handsets", handsets.list(request.principal.account->sid));
  });
  control.add("POST", "/handsets", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(const auto made,
              co_await handsets.create(std::string(text_of(request.body, "number")),
                                       std::string(text_of(request.body, "name")), request.principal.account->sid));
    co_return json_response(made, 201);
  });
  control.add("GET", "/handsets/{number}", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    const auto found = handsets.find(number_of(request), request.principal.account->sid);
    if (!found) co_return fail({errors::kNotFound, fmt::format("There is no handset {}", number_of(request))});
    co_return json_response(*found);
  });
  control.add("DELETE", "/handsets/{number}", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(co_await handsets.remove(number_of(request), request.principal.account->sid));
    co_return net::Response{.status = 204, .headers = {}, .body = {}};
  });
  control.add("GET", "/handsets/{number}/messages",
              [&](ControlRequest& request) { return list_messages(handsets, request); });
  control.add("POST", "/handsets/{number}/messages", [&](ControlRequest& request) { return send(handsets, request); });
  control.add("GET", "/handsets/{number}/messages/{sid}/media/{index}",
              [&](ControlRequest& request) { return picture(handsets, request); });
}

}  // namespace dialtone::lab::routes
