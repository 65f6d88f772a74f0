#include <charconv>

#include <fmt/format.h>
#include <re2/re2.h>

#include "lab/routes.hpp"

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
std::optional<json::object> match(const store::JournalEntry& entry, const Wanted& wanted) {
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

Task<Result<net::Response>> await_entry(ControlRequest& request, rest::Services& services,
                                        const rest::Authenticator& accounts) {
  DT_CO_TRY(const Wanted wanted, parse_wanted(request.query));
  std::chrono::milliseconds limit = kLimitDefault;
  if (const auto* text = request.query.find("timeout")) {
    DT_CO_TRY(limit, parse_limit(*text));
  }
  auto& store = services.ledger.store();
  std::uint64_t after = store.last_position();
  if (const auto* text = request.query.find("after")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), after);
    if (error != std::errc{} || end != text->data() + text->size())
      co_return fail({errors::kBadRequest, "after must be a position of the journal"});
  }
  const auto reader = request.principal.account;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  auto news = std::make_shared<Event>(services.executor);
  const auto id = services.ledger.subscribe([&news](const store::JournalEntry&) { news->set(); });
  struct Leave {
    store::Ledger& ledger;
    std::uint64_t id;
    ~Leave() { ledger.unsubscribe(id); }
  } leave{services.ledger, id};
  while (true) {
    const auto entries = co_await store.journal(after, kBatchMax);
    for (const auto& entry : entries) {
      after = entry.position;
      if (!may_read(accounts, *reader, entry.account)) continue;
      if (auto found = match(entry, wanted)) co_return json_response(*found);
    }
    if (!entries.empty() || store.last_position() > after) continue;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= std::chrono::milliseconds{0} || !co_await news->wait(left)) co_return fail(kTimeout);
    news = std::make_shared<Event>(services.executor);
  }
}

}  // namespace

bool may_read(const rest::Authenticator& accounts, const rest::Account& reader, const std::string& owner) {
  if (owner.empty() || owner == reader.sid) return true;
  const auto account = accounts.find(owner);
  return account && account->owner_sid == reader.sid;
}

void await(Control& control, rest::Services& services, const rest::Authenticator& accounts) {
  control.add({.method = "GET",
               .path = "/await",
               .summary = "Waits for the first journal entry that fits; answers 408 when none comes in time",
               .run = [&](ControlRequest& request) { return await_entry(request, services, accounts); },
               .query = {{"kind", "message, webhook, alert, handset, …, or a whole kind such as message.delivered"},
                         {"to", "a member of the entry's data, as are from, status and others"},
                         {"body~", "a regular expression over a member; its groups are in the answer"},
                         {"subject", "SID or number that the entry is about"},
                         {"after", "a position of the journal: only later entries (default: from now on)"},
                         {"timeout", "10s (default), 500ms, at most 300s"}}});
}

}  // namespace dialtone::lab::routes
