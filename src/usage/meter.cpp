#include "usage/meter.hpp"

#include <algorithm>
#include <charconv>

#include "base/log.hpp"

namespace dialtone::usage {
namespace {

constexpr std::string_view kPositionId = "usage_position";
constexpr std::size_t kBatch = 1000;
constexpr std::size_t kTail = 56;  ///< bytes of an entry's data in which what is charged for mostly lies

std::string scope_of(std::string_view account_sid) { return fmt::format("{}/usage/Days", account_sid); }

/// The value of a member of an entry's data, which we wrote: a text without its quotes, or a number. Faster than a
/// parser, and no text can pretend to be a member, for its quotes would be escaped. Looks first where it mostly is.
std::string_view member(std::string_view data, std::string_view key) {
  const std::size_t tail = data.size() > kTail ? data.size() - kTail : 0;
  std::size_t at = 1;
  if (data.empty() || !data.substr(1).starts_with(key)) at = data.find(key, tail);
  if (at == std::string_view::npos) at = data.find(key);
  if (at == std::string_view::npos) return {};
  std::string_view rest = data.substr(at + key.size());
  if (rest.starts_with('"')) {
    rest.remove_prefix(1);
    return rest.substr(0, rest.find('"'));
  }
  return {rest.begin(), std::ranges::find_if(rest, [](char c) { return c == ',' || c == '}'; })};
}

std::int64_t number(std::string_view text, std::int64_t otherwise) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

/// `-0.00750` as 750 hundred-thousandths.
std::int64_t price(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return number(text, 0) * 100'000;
  std::string digits(text.substr(dot + 1).substr(0, 5));
  digits.resize(5, '0');
  return number(text.substr(0, dot), 0) * 100'000 + number(digits, 0);
}

bool is_short(std::string_view address) { return !address.starts_with('+') && address.size() <= 8; }

Counted message_kind(bool inbound, bool media, bool is_short_code) {
  if (inbound) {
    if (media) return is_short_code ? Counted::kMmsInboundShortcode : Counted::kMmsInboundLongcode;
    return is_short_code ? Counted::kSmsInboundShortcode : Counted::kSmsInboundLongcode;
  }
  if (media) return is_short_code ? Counted::kMmsOutboundShortcode : Counted::kMmsOutboundLongcode;
  return is_short_code ? Counted::kSmsOutboundShortcode : Counted::kSmsOutboundLongcode;
}

std::string render(const Amounts& amounts) {
  json::object out;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const Amount& amount = amounts[i];
    if (amount == Amount{}) continue;
    out[name_of(static_cast<Counted>(i))] = json::array{amount.count, amount.usage, amount.price};
  }
  return wire_json(out);
}

Amounts parse(std::string_view text) {
  Amounts out{};
  for (const auto& [name, value] : stored_object(text)) {
    const auto counted = parse_counted(name);
    if (!counted) continue;
    const json::array& parts = value.as_array();
    out[static_cast<std::size_t>(*counted)] = {.count = parts.at(0).to_number<std::int64_t>(),
                                               .usage = parts.at(1).to_number<std::int64_t>(),
                                               .price = parts.at(2).to_number<std::int64_t>()};
  }
  return out;
}

void add(Amounts& to, const Amounts& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

}  // namespace

std::optional<Charge> charge_of(const store::EntryView& entry) {
  const bool sent = entry.kind == "message.sent";
  if (sent || entry.kind == "message.received") {
    const std::string_view segments = member(entry.data, "\"num_segments\": ");
    if (segments.empty()) return std::nullopt;
    const bool media = entry.subject.starts_with("MM");
    const std::int64_t count = media ? 1 : std::max<std::int64_t>(1, number(segments, 1));
    const std::string_view ours = member(entry.data, sent ? "\"from\": " : "\"to\": ");
    return Charge{.counted = message_kind(!sent, media, is_short(ours)),
                  .amount = {.count = count, .usage = count, .price = price(member(entry.data, "\"price\": "))}};
  }
  if (entry.kind == "number.created") {
    const std::string_view type = member(entry.data, "\"type\": ");
    const bool toll_free = type == "toll-free";
    const Counted counted = toll_free          ? Counted::kNumbersTollfree
                            : type == "mobile" ? Counted::kNumbersMobile
                                               : Counted::kNumbersLocal;
    return Charge{.counted = counted, .amount = {.count = 1, .usage = 1, .price = toll_free ? 215'000 : 115'000}};
  }
  return std::nullopt;
}

std::string text_of_day(Day day) { return iso8601(TimePoint(day.time_since_epoch())).substr(0, 10); }

std::optional<Day> parse_day(std::string_view text) {
  const auto time = parse_time(text);
  if (!time) return std::nullopt;
  return std::chrono::floor<std::chrono::days>(time->time);
}

Task<> Meter::load() {
  stop();
  alive_ = std::make_shared<bool>(true);
  pending_.clear();
  position_ = saved_ = 0;
  auto& store = services_.ledger.store();
  if (loaded_) {  // the store was brought back to a former state, and what was counted with it; the journal goes on
    position_ = saved_ = store.last_position();
    (void)co_await write({}, position_);
  } else if (const auto kept = co_await store.get("system", kPositionId)) {
    position_ = saved_ = static_cast<std::uint64_t>(number(kept->value, 0));
  }
  loaded_ = true;
  // What is committed from here on comes to the listener; what is there already is read.
  const std::uint64_t last = store.last_position();
  listener_ = services_.ledger.subscribe([this](const store::EntryView& entry) { count(entry); });
  std::uint64_t read = position_;
  while (read < last) {
    const auto entries = co_await store.journal(read, kBatch);
    if (entries.empty()) break;
    for (const auto& entry : entries) {
      read = entry.position;
      if (entry.position <= last) count(entry);
    }
  }
  spawn(services_.executor, "usage", keep_flushing(alive_));
}

void Meter::stop() {
  *alive_ = false;
  if (listener_ != 0) services_.ledger.unsubscribe(listener_);
  listener_ = 0;
}

void Meter::count(const store::EntryView& entry) {
  position_ = std::max(position_, entry.position);
  const auto charge = charge_of(entry);
  if (!charge) return;
  const Day day = std::chrono::floor<std::chrono::days>(entry.at);
  auto account = pending_.find(entry.account);
  if (account == pending_.end()) account = pending_.try_emplace(std::string(entry.account)).first;
  account->second[day][static_cast<std::size_t>(charge->counted)] += charge->amount;
}

Task<> Meter::keep_flushing(std::shared_ptr<bool> alive) {
  Timer timer(services_.executor);
  while (true) {
    timer.expires_after(kFlushInterval);
    co_await timer.async_wait(use_task);
    if (!*alive) co_return;
    if (!pending_.empty() || position_ - saved_ > kEntriesUnsavedMax) co_await flush();
    if (!*alive) co_return;
  }
}

Task<> Meter::flush() {
  Timer turn(services_.executor);
  while (flushing_) {
    turn.expires_after(std::chrono::milliseconds(1));
    co_await turn.async_wait(use_task);
  }
  if (pending_.empty() && position_ - saved_ <= kEntriesUnsavedMax) co_return;
  flushing_ = true;
  Pending taken = std::exchange(pending_, {});
  const std::uint64_t position = position_;
  const bool written = co_await write(taken, position);
  if (written) {
    saved_ = position;
  } else {
    for (const auto& [account, days] : taken) {
      for (const auto& [day, amounts] : days) add(pending_[account][day], amounts);
    }
  }
  flushing_ = false;
  if (!written || !hook_) co_return;
  std::vector<std::string> touched;
  for (const auto& [account, days] : taken) touched.push_back(account);
  co_await hook_(std::move(touched));
}

Task<bool> Meter::write(const Pending& taken, std::uint64_t position) {
  store::Transaction transaction;
  for (const auto& [account, days] : taken) {
    if (!accounts_.find(account)) continue;  // a tenant that is gone
    const std::string scope = scope_of(account);
    for (const auto& [day, amounts] : days) {
      const std::string id = text_of_day(day);
      Amounts sum = amounts;
      if (const auto kept = co_await services_.ledger.store().get(scope, id)) add(sum, parse(kept->value));
      transaction.put(scope, id, render(sum));
    }
  }
  transaction.put("system", kPositionId, std::to_string(position));
  const auto committed = co_await services_.ledger.commit(std::move(transaction));
  if (!committed) log::warn("usage.not_kept", {{"error", committed.error().message}});
  co_return committed.has_value();
}

Task<std::map<Day, Amounts>> Meter::days(std::string account_sid, Day first, Day last) {
  std::map<Day, Amounts> out;
  store::ListQuery query{.scope = scope_of(account_sid),
                         .after = text_of_day(first - std::chrono::days(1)),
                         .oldest_first = true,
                         .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      const auto day = parse_day(row->id);
      if (!day || *day > last) co_return out;
      add(out[*day], parse(row->value));
    }
    if (rows.size() < query.limit) co_return out;
    query.after = rows.back()->id;
  }
}

Task<std::vector<std::string>> Meter::with_subaccounts(std::string account_sid) {
  std::vector<std::string> out{account_sid};
  store::ListQuery query{
      .scope = "system/Accounts", .term = store::Term{"owner", account_sid}, .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      if (row->id != account_sid) out.push_back(row->id);
    }
    if (rows.size() < query.limit) co_return out;
    query.after = rows.back()->id;
  }
}

}  // namespace dialtone::usage
