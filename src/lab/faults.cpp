#include "lab/faults.hpp"

#include <fmt/format.h>

#include "base/log.hpp"

namespace dialtone::lab {
namespace {

store::RecordPtr record_of(const Fault& fault) {
  json::object value = fault.describe();
  value["account_sid"] = fault.account;
  return std::make_shared<const store::Record>(
      store::Record{.id = fault.sid, .value = wire_json(value), .terms = {{"account", fault.account}}});
}

/// What a request that meets this step ends with; null: it goes on.
std::optional<Error> error_of(const Fault::Step& step) {
  namespace errors = webhook::errors;
  const auto row = [&](const ErrorRow& own) {
    Error error(own, fmt::format("{} (a fault of the lab)", own.message));
    if (step.code != 0) error.code = step.code;
    return error;
  };
  if (step.what == "reset") return row(errors::kConnection);
  if (step.what == "tls") return row(errors::kTls);
  if (step.what == "dns") return row(errors::kDns);
  return std::nullopt;
}

}  // namespace

Task<> Faults::load() {
  faults_.clear();
  if (const auto first = co_await services_.ledger.store().get("system", "main_account")) everybody_ = first->value;
  store::ListQuery query{.scope = std::string(kFaultsScope), .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      const json::object value = stored_object(row->value);
      auto fault = parse_fault(value);
      if (!fault) continue;  // of a version that knew other steps
      fault->sid = row->id;
      fault->account = text_of(value, "account_sid");
      fault->seen = value.at("seen").to_number<std::uint64_t>();
      fault->struck = value.at("struck").to_number<std::uint64_t>();
      faults_[fault->account].push_back(std::move(*fault));
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
  plug();
}

void Faults::plug() {
  if (faults_.empty()) {
    plug_in_(nullptr, nullptr);
  } else {
    plug_in_(this, this);
  }
}

Task<Result<json::object>> Faults::add(const rest::Account& account, Fault fault) {
  if (const auto own = faults_.find(account.sid); own != faults_.end() && own->second.size() >= kFaultsPerAccountMax) {
    co_return fail({errors::kBadRequest, fmt::format("An account has at most {} faults", kFaultsPerAccountMax)});
  }
  fault.sid = services_.sids.make("FT");
  fault.account = account.sid;
  fault.given["date_created"] = iso8601_precise(services_.clock.now());
  store::Transaction transaction;
  transaction.put(kFaultsScope, record_of(fault));
  transaction.journal({.at = services_.clock.now(),
                       .kind = "fault.set",
                       .account = account.sid,
                       .subject = fault.sid,
                       .data = wire_json(fault.describe())});
  DT_CO_CHECK(co_await services_.ledger.finish(std::move(transaction)));
  json::object out = fault.describe();
  faults_[account.sid].push_back(std::move(fault));
  plug();
  co_return out;
}

std::vector<json::object> Faults::list(const std::string& account) const {
  std::vector<json::object> out;
  if (const auto own = faults_.find(account); own != faults_.end()) {
    for (const Fault& fault : own->second) out.push_back(fault.describe());
  }
  return out;
}

std::optional<json::object> Faults::find(const std::string& account, std::string_view sid) const {
  if (const auto own = faults_.find(account); own != faults_.end()) {
    const auto found = std::ranges::find(own->second, sid, &Fault::sid);
    if (found != own->second.end()) return found->describe();
  }
  return std::nullopt;
}

Task<Result<>> Faults::remove(std::string account, std::string sid) {
  if (!find(account, sid)) co_return fail({errors::kNotFound, fmt::format("There is no fault {}", sid)});
  store::Transaction transaction;
  transaction.erase(kFaultsScope, sid);
  transaction.journal(
      {.at = services_.clock.now(), .kind = "fault.removed", .account = account, .subject = sid, .data = "{}"});
  DT_CO_CHECK(co_await services_.ledger.finish(std::move(transaction)));
  if (const auto own = faults_.find(account); own != faults_.end()) {
    std::erase_if(own->second, [&](const Fault& fault) { return fault.sid == sid; });
    if (own->second.empty()) faults_.erase(own);
  }
  plug();
  co_return Result<>{};
}

Task<Result<>> Faults::clear(std::string account) {
  std::vector<std::string> sids;
  if (const auto own = faults_.find(account); own != faults_.end()) {
    for (const Fault& fault : own->second) sids.push_back(fault.sid);
  }
  for (std::string& sid : sids) {
    const auto removed = co_await remove(account, std::move(sid));
    if (!removed && removed.error().code != errors::kNotFound.code) co_return removed;
  }
  co_return Result<>{};
}

void Faults::erase(store::Transaction& transaction, const std::string& account) {
  const auto own = faults_.find(account);
  if (own == faults_.end()) return;
  for (const Fault& fault : own->second) transaction.erase(kFaultsScope, fault.sid);
  faults_.erase(own);
  plug();
}

template <typename Thing>
std::optional<Faults::Strike> Faults::find_strike(const std::string& account, const Thing& thing) {
  for (const std::string& owner : {account, everybody_}) {
    const auto own = faults_.find(owner);
    if (own == faults_.end()) continue;
    for (Fault& fault : own->second) {
      if (!fault.fits(thing)) continue;
      if (const Fault::Step* step = fault.next()) return Strike{.fault = &fault, .step = step};
    }
    if (account == everybody_) break;
  }
  return std::nullopt;
}

void Faults::tell(store::Transaction& transaction, const Strike& strike, const std::string& account,
                  std::string subject, json::object data) {
  data["fault_sid"] = strike.fault->sid;
  data["do"] = strike.step->what;
  if (strike.step->code != 0) data["code"] = strike.step->code;
  transaction.put(kFaultsScope, record_of(*strike.fault));
  transaction.journal({.at = services_.clock.now(),
                       .kind = "fault.struck",
                       .account = account,
                       .subject = std::move(subject),
                       .data = wire_json(data)});
}

messaging::Mishap Faults::strike(const messaging::Message& message, store::Transaction& transaction) {
  const auto strike = find_strike(message.account_sid, message);
  if (!strike) return {};
  tell(transaction, *strike, message.account_sid, message.sid, {{"from", message.from}, {"to", message.to}});
  return message_mishap(*strike->step);
}

Task<std::optional<Error>> Faults::refuse(const messaging::Message& message) {
  const auto strike = find_strike(message.account_sid, Fault::Asked{message});
  if (!strike) co_return std::nullopt;
  const Error error = refusal_of(*strike->step);
  store::Transaction transaction;
  // There is no message, and so no SID that it could be told of.
  tell(transaction, *strike, message.account_sid, message.to, {{"from", message.from}, {"to", message.to}});
  if (const auto told = co_await services_.ledger.finish(std::move(transaction)); !told)
    log::warn("fault.struck", {{"error", told.error().message}});
  co_return error;
}

Task<webhook::Mishap> Faults::strike(const webhook::Call& call, const std::string& url, Duration limit,
                                     const Error& expired) {
  // Whose request it is and what it is about stands in it.
  const auto parameter = [&](std::string_view name) {
    const auto found = std::ranges::find(call.params, name, &FormPairs::value_type::first);
    return found == call.params.end() ? std::string() : found->second;
  };
  const std::string account = parameter("AccountSid");
  const auto strike = find_strike(account, std::string_view(url));
  if (!strike) co_return webhook::Mishap{};
  const Fault::Step step = *strike->step;
  std::string subject = parameter("MessageSid");
  if (subject.empty()) subject = parameter("CallSid");
  store::Transaction transaction;
  tell(transaction, *strike, account, std::move(subject), {{"url", url}});
  if (const auto told = co_await services_.ledger.finish(std::move(transaction)); !told)
    log::warn("fault.struck", {{"error", told.error().message}});
  if (step.what == "stall" || (step.what == "slow" && step.by >= limit)) {
    co_await services_.clock.rest_until(services_.clock.now() + limit);
    co_return webhook::Mishap{.error = expired};
  }
  if (step.what == "slow") co_await services_.clock.rest_until(services_.clock.now() + step.by);
  co_return webhook::Mishap{.error = error_of(step), .status = step.http_status};
}

}  // namespace dialtone::lab
