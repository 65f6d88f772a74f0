#include "rest/paging.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/form.hpp"

namespace dialtone::rest {
namespace {

bool is_paging(std::string_view name) { return name == "PageSize" || name == "Page" || name == "PageToken"; }

Result<std::size_t> number(const Context& context, std::string_view name, std::size_t otherwise) {
  const std::string_view text = context.query.get(name);
  if (text.empty()) return otherwise;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail({errors::kBadRequest, fmt::format("Invalid value for parameter {}: {}", name, text)});
  }
  return value;
}

/// The request's own query with another page in it.
std::string page_url(const Context& context, std::size_t size, std::size_t page, std::string_view token) {
  std::string url(context.path);
  char separator = '?';
  const auto add = [&](std::string_view name, std::string_view value) {
    url += separator;
    separator = '&';
    append_form_encoded(url, name);
    url += '=';
    append_form_encoded(url, value);
  };
  for (const auto& [name, value] : context.query.pairs()) {
    if (!is_paging(name)) add(name, value);
  }
  add("PageSize", std::to_string(size));
  add("Page", std::to_string(page));
  if (!token.empty()) add("PageToken", token);
  return url;
}

void append_url_or_null(std::string& out, std::string_view base, const std::string& url) {
  if (url.empty()) {
    out += "null";
    return;
  }
  append_json_string(out, std::string(base) + url);
}

}  // namespace

Result<PageRequest> parse_page(const Context& context) {
  PageRequest request;
  DT_TRY(request.size, number(context, "PageSize", kPageSizeDefault));
  DT_TRY(request.page, number(context, "Page", 0));
  request.size = std::clamp<std::size_t>(request.size, 1, kPageSizeMax);
  const std::string_view token = context.query.get("PageToken");
  if (token.empty()) {
    request.page = 0;  // without a token a page number means nothing
    return request;
  }
  if (token.size() < 3 || token.size() > 512 || !(token.starts_with("PA") || token.starts_with("PB"))) {
    return fail(kInvalidPageToken);
  }
  request.backwards = token[1] == 'B';
  request.after = token.substr(2);
  return request;
}

std::string render_page(const Context& context, const PageRequest& request, const PageEdge& edge, std::string_view rows) {
  const bool has_previous = request.page > 0;
  const std::string here = page_url(context, request.size, request.page, context.query.get("PageToken"));
  const std::string first = page_url(context, request.size, 0, "");
  const std::string next = edge.more ? page_url(context, request.size, request.page + 1, "PA" + edge.last_id) : "";
  const std::string previous =
      has_previous && edge.count > 0 ? page_url(context, request.size, request.page - 1, "PB" + edge.first_id) : "";
  std::string out;
  out.reserve(rows.size() + 1024);
  const std::string_view key = context.operation.list_key();
  const auto schema = context.operation.response();
  const auto append_rows = [&] {
    append_json_string(out, key);
    out += ": [";
    out += rows;
    out += ']';
  };
  if (schema.property("meta")) {
    out += "{\"meta\": {\"page\": ";
    out += std::to_string(request.page);
    out += ", \"page_size\": ";
    out += std::to_string(request.size);
    out += ", \"first_page_url\": ";
    append_url_or_null(out, context.page_base, first);
    out += ", \"previous_page_url\": ";
    append_url_or_null(out, context.page_base, previous);
    out += ", \"url\": ";
    append_url_or_null(out, context.page_base, here);
    out += ", \"next_page_url\": ";
    append_url_or_null(out, context.page_base, next);
    out += ", \"key\": ";
    append_json_string(out, key);
    out += "}, ";
    append_rows();
    out += '}';
    return out;
  }
  if (!schema.property("next_page_uri")) {
    out += '{';
    append_rows();
    if (schema.property("uri")) {
      out += ", \"uri\": ";
      append_json_string(out, context.path);
    }
    out += '}';
    return out;
  }
  const std::size_t start = edge.count == 0 ? 0 : request.page * request.size;
  const std::size_t end = edge.count == 0 ? 0 : start + edge.count - 1;
  out += "{\"first_page_uri\": ";
  append_url_or_null(out, "", first);
  fmt::format_to(std::back_inserter(out), ", \"end\": {}, \"previous_page_uri\": ", end);
  append_url_or_null(out, "", previous);
  out += ", ";
  append_rows();
  out += ", \"uri\": ";
  append_url_or_null(out, "", here);
  fmt::format_to(std::back_inserter(out), ", \"page_size\": {}, \"start\": {}, \"next_page_uri\": ", request.size, start);
  append_url_or_null(out, "", next);
  fmt::format_to(std::back_inserter(out), ", \"page\": {}}}", request.page);
  return out;
}

Task<Result<Reply>> list(Context& context, store::Store& store, Listing listing) {
  DT_CO_TRY(const PageRequest request, parse_page(context));
  store::ListQuery query{.scope = listing.scope,
                         .term = listing.term,
                         .after = request.after,
                         .oldest_first = listing.oldest_first != request.backwards,
                         .limit = request.size + 1};
  std::vector<store::RecordPtr> rows;
  bool more = false;
  while (rows.size() <= request.size) {
    auto batch = co_await store.list(query);
    const bool last = batch.size() < query.limit;
    if (!batch.empty()) query.after = batch.back()->id;
    for (store::RecordPtr& record : batch) {
      if (listing.keep && !listing.keep(*record)) continue;
      rows.push_back(std::move(record));
      if (rows.size() > request.size) break;
    }
    if (last) break;
    if (listing.keep) query.limit = kPageSizeMax;
  }
  if (rows.size() > request.size) {
    rows.resize(request.size);
    more = true;
  }
  if (request.backwards) {
    std::ranges::reverse(rows);
    more = true;  // we came from there
  }
  PageEdge edge{.first_id = {}, .last_id = {}, .count = rows.size(), .more = more};
  std::string text;
  for (const store::RecordPtr& record : rows) {
    if (!text.empty()) text += ", ";
    if (listing.append) {
      listing.append(text, *record);
    } else {
      text += record->value;
    }
  }
  if (!rows.empty()) {
    edge.first_id = rows.front()->id;
    edge.last_id = rows.back()->id;
  }
  co_return Reply{.status = context.operation.status(), .body = render_page(context, request, edge, text)};
}

}  // namespace dialtone::rest
