#include <charconv>
#include <deque>

#include <fmt/format.h>
#include <re2/re2.h>

#include "lab/routes.hpp"
#include "monitor/alerts.hpp"

namespace dialtone::lab::routes {
namespace {

constexpr ErrorRow kTimeout{20408, 408, "Nothing that fits happened in time"};
constexpr std::size_t kBatchMax = 500;
constexpr std::chrono::milliseconds kLimitMax = std::chrono::minutes(5);
constexpr std::chrono::milliseconds kLimitDefault = std::chrono::seconds(10);
constexpr std::int64_t kRegexBytesMax = 1 << 20;

/// `10s`, `500ms`, or seconds without a unit.
Result<std::chrono::milliseconds> parse_limit(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit = error == std::errc{} ? text.substr(static_cast<std::size_t>(end - text.data())) : "bad";
  const double factor = unit == "ms" ? 1 : unit == "s" || unit.empty() ? 1000 : 0;
  const auto limit = std::chrono::milliseconds(static_cast<std::int64_t>(value * factor));
  if (factor == 0 || !(value >= 0) || limit > kLimitMax) {
    return fail({errors::kBadRequest, "timeout must be like 10s or 500ms, at most 300s"});
  }
  return limit;
}

/// What a caller waits for. Every query parameter that is none of ours names a member of the entry's data (`to=+1…`),
/// compared as text; with `~` at its end, searched by a regular expression.
struct Wanted {
  std::string kind;
  std::string subject;
  std::vector<std::pair<std::string, std::string>> equal;
  std::vector<std::pair<std::string, std::shared_ptr<RE2>>> like;

  [[nodiscard]] bool is_kind(std::string_view of) const {
    if (kind.empty() || of == kind) return true;
    // `message` means every kind that begins with it; a phone's own copy counts, for only it tells of messages that are
    // in no log.
    if (kind == "message" && of == "handset.received") return true;
    return of.starts_with(kind) && of.size() > kind.size() && (kind.back() == '.' || of[kind.size()] == '.');
  }
};

Result<Wanted> parse_wanted(const rest::Fields& query) {
  Wanted wanted;
  for (const auto& [name, value] : query.pairs()) {
    if (name == "after" || name == "timeout") continue;
    if (name == "kind") {
      wanted.kind = value;
    } else if (name == "subject") {
      wanted.subject = value;
    } else if (name.ends_with('~')) {
      RE2::Options options;
      options.set_log_errors(false);
      options.set_max_mem(kRegexBytesMax);
      auto expression = std::make_shared<RE2>(value, options);
      if (!expression->ok())
        return fail({errors::kBadRequest, fmt::format("{} is no regular expression: {}", value, expression->error())});
      wanted.like.emplace_back(name.substr(0, name.size() - 1), std::move(expression));
    } else {
      std::string text = value;
      if ((name == "to" || name == "from") && text.starts_with(' ')) text[0] = '+';  // a plus that was not encoded
      wanted.equal.emplace_back(name, std::move(text));
    }
  }
  return wanted;
}

std::string text_of_member(const json::object& data, std::string_view name) {
  const json::value* member = data.if_contains(name);
  if (!member || member->is_null()) return {};
  return member->is_string() ? std::string(member->get_string()) : wire_json(*member);
}

/// The answer for an entry that fits; nothing when it does not.
std::optional<json::object> match(const store::EntryView& entry, const Wanted& wanted) {
  if (!wanted.is_kind(entry.kind)) return std::nullopt;
  if (!wanted.subject.empty() && entry.subject != wanted.subject) return std::nullopt;
  auto parsed = parse_json(entry.data);
  json::object data = parsed && parsed->is_object() ? std::move(parsed->get_object()) : json::object{};
  for (const auto& [name, value] : wanted.equal) {
    if (text_of_member(data, name) != value) return std::nullopt;
  }
  json::array groups;
  for (const auto& [name, expression] : wanted.like) {
    const std::string text = text_of_member(data, name);
    std::vector<re2::StringPiece> found(static_cast<std::size_t>(expression->NumberOfCapturingGroups()) + 1);
    if (!expression->Match(text, 0, text.size(), RE2::UNANCHORED, found.data(), static_cast<int>(found.size())))
      return std::nullopt;
    for (std::size_t i = 1; i < found.size(); ++i) {
      groups.push_back(found[i].data() == nullptr ? json::value(nullptr)
                                                  : json::value(std::string_view(found[i].data(), found[i].size())));
    }
  }
  json::object out;
  out["position"] = entry.position;
  out["at"] = iso8601_precise(entry.at);
  out["kind"] = entry.kind;
  out["account"] = entry.account;
  out["subject"] = entry.subject;
  out["data"] = std::move(data);
  out["groups"] = std::move(groups);
  return out;
}

/// What one caller has heard so far.
class Ear {
 public:
  Ear(const Wanted& wanted, const Tenants& tenants, const rest::Account& reader)
      : wanted_(wanted), tenants_(tenants), reader_(reader) {}

  std::optional<json::object> hear(const store::EntryView& entry) {
    if (!wanted_.is_kind(entry.kind) || !tenants_.may_read(reader_, entry.account)) return std::nullopt;
    auto found = match(entry, wanted_);
    if (!found) {
      near_.push_back(fmt::format("{} of {} {}", entry.kind, entry.subject, entry.data.substr(0, kNearBytesMax)));
      if (near_.size() > kNearMax) near_.pop_front();
      ++missed_;
    }
    return found;
  }

  /// For who waited in vain: what came that did not fit.
  [[nodiscard]] Error timeout() const {
    Error error(kTimeout);
    error.detail = missed_ == 0 ? std::string("No entry of this kind came at all.")
                                : fmt::format("{} of this kind came and did not fit, the last: {}", missed_,
                                              fmt::join(near_, "; "));
    return error;
  }

 private:
  static constexpr std::size_t kNearMax = 3;
  static constexpr std::size_t kNearBytesMax = 300;

  const Wanted& wanted_;
  const Tenants& tenants_;
  const rest::Account& reader_;
  std::deque<std::string> near_;
  std::size_t missed_ = 0;
};

/// An entry only names its exchange or alert; who waited for it gets the whole.
Task<net::Response> answer(rest::Services& services, json::object found) {
  const std::string account(text_of(found, "account"));
  const std::string_view kind = text_of(found, "kind");
  const json::object& data = found["data"].get_object();
  store::RecordPtr record;
  if (kind == "webhook.completed") {
    record = co_await services.ledger.store().get(monitor::exchange_scope(account), text_of(data, "exchange_sid"));
    if (record) found["exchange"] = json::parse(record->value);
  } else if (kind == "alert.created") {
    record = co_await services.ledger.store().get(monitor::alert_scope(account), text_of(found, "subject"));
    if (record) found["alert"] = json::parse(record->value);
  }
  co_return json_response(found);
}

Task<Result<net::Response>> await_entry(ControlRequest& request, rest::Services& services, const Tenants& tenants) {
  DT_CO_TRY(const Wanted wanted, parse_wanted(request.query));
  std::chrono::milliseconds limit = kLimitDefault;
  if (const auto* text = request.query.find("timeout")) {
    DT_CO_TRY(limit, parse_limit(*text));
  }
  auto& store = services.ledger.store();
  const std::uint64_t end = store.last_position();
  std::uint64_t after = end;
  if (const auto* text = request.query.find("after")) {
    const auto [rest, error] = std::from_chars(text->data(), text->data() + text->size(), after);
    if (error != std::errc{} || rest != text->data() + text->size())
      co_return fail({errors::kBadRequest, "after must be a position of the journal"});
  }
  const auto reader = request.principal.account;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  Ear ear(wanted, tenants, *reader);
  // Listening begins before reading, so that nothing slips between.
  std::optional<json::object> heard;
  Event news(services.executor);
  const auto id = services.ledger.subscribe([&, from = std::max(after, end)](const store::EntryView& entry) {
    if (heard || entry.position <= from) return;
    heard = ear.hear(entry);
    if (heard) news.set();
  });
  struct Leave {
    store::Ledger& ledger;
    std::uint64_t id;
    ~Leave() { ledger.unsubscribe(id); }
  } leave{services.ledger, id};
  while (after < end) {
    const auto entries = co_await store.journal(after, kBatchMax);
    if (entries.empty()) break;
    for (const auto& entry : entries) {
      after = entry.position;
      if (after > end) break;
      if (auto found = ear.hear(entry)) co_return co_await answer(services, std::move(*found));
    }
  }
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  if (!heard) co_await news.wait(std::max(left, std::chrono::milliseconds{0}));
  if (!heard) co_return fail(ear.timeout());
  co_return co_await answer(services, std::move(*heard));
}

}  // namespace

void await(Control& control, rest::Services& services, const Tenants& tenants) {
  control.add("GET", "/await", [&](ControlRequest& request) { return await_entry(request, services, tenants); });
}

}  // namespace dialtone::lab::routes
