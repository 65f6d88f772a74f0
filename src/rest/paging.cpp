#include "rest/paging.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include <fmt/format.h>

#include "base/form.hpp"
#include "rest/values.hpp"
#include "store/ordered_id.hpp"

namespace dialtone::rest {
namespace {

// The newest APIs write their parameters in lower case; one says only Size and Token.
constexpr std::array<std::string_view, 3> kSizeNames{"PageSize", "pageSize", "Size"};
constexpr std::array<std::string_view, 2> kPageNames{"Page", "page"};
constexpr std::array<std::string_view, 3> kTokenNames{"PageToken", "pageToken", "Token"};

bool is_paging(std::string_view name) {
  return std::ranges::find(kSizeNames, name) != kSizeNames.end() ||
         std::ranges::find(kPageNames, name) != kPageNames.end() ||
         std::ranges::find(kTokenNames, name) != kTokenNames.end();
}

std::string_view first_of(const Context& context, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (const std::string_view value = context.query.get(name); !value.empty()) return value;
  }
  return {};
}

Result<std::size_t> number(const Context& context, std::span<const std::string_view> names, std::size_t otherwise) {
  const std::string_view text = first_of(context, names);
  if (text.empty()) return otherwise;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail({errors::kBadRequest, fmt::format("Invalid value for parameter {}: {}", names.front(), text)});
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
  // Where a client cannot ask for the rest, it gets all there is.
  const auto& operation = context.operation;
  bool paged = operation.response().property("meta").has_value();
  for (std::size_t i = 0; i < operation.parameter_count() && !paged; ++i)
    paged = is_paging(operation.parameter_at(i).name());
  DT_TRY(request.size, number(context, kSizeNames, paged ? kPageSizeDefault : kPageSizeMax));
  DT_TRY(request.page, number(context, kPageNames, 0));
  request.size = std::clamp<std::size_t>(request.size, 1, kPageSizeMax);
  const std::string_view token = first_of(context, kTokenNames);
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

std::string render_page(const Context& context, const PageRequest& request, const PageEdge& edge,
                        std::string_view rows) {
  const bool has_previous = request.page > 0;
  const std::string here = page_url(context, request.size, request.page, first_of(context, kTokenNames));
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
  const auto meta = schema.property("meta");
  const auto standard = meta ? meta->schema().property("next_page_url") : std::nullopt;
  if (standard && standard->schema().nullable() && schema.property_count() == 2) {
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
    // Envelopes of their own: each member that we know the meaning of, the others as plain as they may be.
    const auto url = [&](const std::string& target) {
      return target.empty() ? json::value(nullptr) : json::value(std::string(context.page_base) + target);
    };
    const auto token = [](char way, bool there, const std::string& id) {
      return there ? json::value(std::string("P") + way + id) : json::value(nullptr);
    };
    const bool before = has_previous && edge.count > 0;
    const std::size_t seen =
        request.page * request.size + edge.count + (edge.more ? 1 : 0);  // all, as far as we looked
    const json::object known{
        {"key", key},
        {"page", request.page},
        {"current_page", request.page},
        {"page_size", request.size},
        {"pageSize", request.size},
        {"per_page", request.size},
        {"url", url(here)},
        {"uri", context.path},
        {"first_page_url", url(first)},
        {"next_page_url", url(next)},
        {"previous_page_url", url(previous)},
        {"next_token", token('A', edge.more, edge.last_id)},
        {"nextToken", token('A', edge.more, edge.last_id)},
        {"previous_token", token('B', before, edge.first_id)},
        {"previousToken", token('B', before, edge.first_id)},
        {"has_next", edge.more},
        {"has_prev", before},
        {"total_elements", seen},
        {"totalResults", seen},
        {"total_pages", request.page + (edge.more ? 2 : 1)},
    };
    const auto append_members = [&](const auto& self, catalogue::Schema members) -> void {
      out += '{';
      bool any = false;
      for (std::size_t i = 0; i < members.property_count(); ++i) {
        const auto property = members.property_at(i);
        const json::value* found = known.if_contains(property.name());
        const json::value value = found ? *found : plain_value(property.schema(), TimePoint{});
        // What may not be null is left out when there is none of it: a client that follows links then stops.
        const bool absent = value.is_null() && !property.schema().nullable() && !property.required();
        if (absent && property.name() != key && property.name() != "meta") continue;
        if (any) out += ", ";
        any = true;
        if (property.name() == key && members.index() == schema.index()) {
          append_rows();
          continue;
        }
        append_json_string(out, property.name());
        out += ": ";
        if (property.name() == "meta") {
          self(self, property.schema());
        } else {
          append_wire_json(out, value);
        }
      }
      out += '}';
    };
    append_members(append_members, schema);
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
  fmt::format_to(std::back_inserter(out), ", \"page_size\": {}, \"start\": {}, \"next_page_uri\": ", request.size,
                 start);
  append_url_or_null(out, "", next);
  fmt::format_to(std::back_inserter(out), ", \"page\": {}}}", request.page);
  return out;
}

namespace {

/// Rows of one query, read in pieces as they are asked for.
class Source {
 public:
  Source(store::Store& store, store::ListQuery query) : store_(store), query_(std::move(query)) {}

  /// The next row; null when there is none.
  Task<store::RecordPtr> front() {
    if (next_ == rows_.size() && !done_) {
      rows_ = co_await store_.list(query_);
      next_ = 0;
      done_ = rows_.size() < query_.limit;
      if (!rows_.empty()) query_.after = rows_.back()->id;
      query_.limit = kPageSizeMax;  // who asks again filters much out
    }
    co_return next_ == rows_.size() ? nullptr : rows_[next_];
  }
  void pop() { ++next_; }

 private:
  store::Store& store_;
  store::ListQuery query_;
  std::vector<store::RecordPtr> rows_;
  std::size_t next_ = 0;
  bool done_ = false;
};

/// The rows that the listing has within its bounds and besides, in order.
class Rows {
 public:
  Rows(store::Store& store, const Listing& listing, const PageRequest& request)
      : oldest_first_(listing.oldest_first != request.backwards),
        within_(store, bounded(listing, request, oldest_first_)) {
    if (!listing.besides) return;
    besides_.emplace(store, store::ListQuery{.scope = listing.scope,
                                             .term = listing.besides,
                                             .after = request.after,
                                             .oldest_first = oldest_first_,
                                             .limit = request.size + 1});
  }

  Task<store::RecordPtr> next() {
    store::RecordPtr row = co_await within_.front();
    const store::RecordPtr other = besides_ ? co_await besides_->front() : nullptr;
    if (!other) {
      if (row) within_.pop();
      co_return row;
    }
    const std::string one = row ? store::ordered_id(row->id) : std::string();
    const std::string two = store::ordered_id(other->id);
    if (row && one == two) within_.pop();
    if (row && one != two && (oldest_first_ ? one < two : one > two)) {
      within_.pop();
      co_return row;
    }
    besides_->pop();
    co_return other;
  }

 private:
  static store::ListQuery bounded(const Listing& listing, const PageRequest& request, bool oldest_first) {
    store::ListQuery query{.scope = listing.scope,
                           .term = listing.term,
                           .after = request.after,
                           .until = oldest_first ? listing.id_max : listing.id_min,
                           .oldest_first = oldest_first,
                           .limit = request.size + 1};
    const std::string& begin = oldest_first ? listing.id_min : listing.id_max;
    if (begin.empty()) return query;
    const std::string ordered = store::ordered_id(begin);
    const std::string after = store::ordered_id(query.after);
    if (query.after.empty() || (oldest_first ? after < ordered : after > ordered)) query.after = begin;
    return query;
  }

  bool oldest_first_;
  Source within_;
  std::optional<Source> besides_;
};

}  // namespace

Task<Result<Reply>> list(Context& context, store::Store& store, Listing listing) {
  DT_CO_TRY(const PageRequest request, parse_page(context));
  Rows source(store, listing, request);
  std::vector<store::RecordPtr> rows;
  bool more = false;
  while (rows.size() <= request.size) {
    store::RecordPtr record = co_await source.next();
    if (!record) break;
    if (!listing.keep || listing.keep(*record)) rows.push_back(std::move(record));
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
