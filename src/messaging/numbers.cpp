#include "messaging/numbers.hpp"

namespace dialtone::messaging {

std::string number_scope(std::string_view account_sid) {
  std::string scope(account_sid);
  scope += "/api/IncomingPhoneNumbers";
  return scope;
}

std::string short_code_scope(std::string_view account_sid) {
  std::string scope(account_sid);
  scope += "/api/SMS/ShortCodes";
  return scope;
}

namespace {

/// Where the resource of a number or short code lies.
std::string scope_of(std::string_view account_sid, std::string_view sid) {
  return sid.starts_with("SC") ? short_code_scope(account_sid) : number_scope(account_sid);
}

/// What a resource of either kind is dialled by.
std::string_view address_of(const json::object& resource) {
  return text_of(resource, resource.contains("short_code") ? "short_code" : "phone_number");
}

}  // namespace

Task<> Numbers::load() {
  numbers_.clear();
  auto& store = services_.ledger.store();
  store::ListQuery query{.scope = std::string(kNumbersScope), .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await store.list(query);
    for (const auto& row : rows) {
      const json::value claim = json::parse(row->value);
      const std::string_view sid = text_of(claim.get_object(), "sid");
      const auto record = co_await store.get(scope_of(text_of(claim.get_object(), "account_sid"), sid), sid);
      if (record) remember(json::parse(record->value).get_object());
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
}

NumberPtr Numbers::find(std::string_view phone_number) const {
  const auto found = numbers_.find(phone_number);
  return found == numbers_.end() ? nullptr : found->second;
}

void Numbers::put(store::Transaction& transaction, const json::object& resource, bool is_new) {
  const std::string phone(address_of(resource));
  const std::string account(text_of(resource, "account_sid"));
  const std::string sid(text_of(resource, "sid"));
  if (is_new) {
    transaction.require_absent(std::string(kNumbersScope), phone);
    claim(transaction, resource);
  }
  transaction.put(scope_of(account, sid), sid, wire_json(resource));
}

void Numbers::claim(store::Transaction& transaction, const json::object& resource) {
  transaction.put(kNumbersScope, std::string(text_of(resource, "phone_number")),
                  wire_json({{"account_sid", resource.at("account_sid")}, {"sid", resource.at("sid")}}));
}

void Numbers::erase(store::Transaction& transaction, const Number& number) {
  transaction.erase(kNumbersScope, number.phone_number);
  const std::string scope = scope_of(number.account_sid, number.sid);
  transaction.erase(scope, number.sid);
  transaction.erase_tree(scope + '/' + number.sid);
}

std::vector<NumberPtr> Numbers::of(std::string_view account_sid) const {
  std::vector<NumberPtr> out;
  for (const auto& [phone_number, number] : numbers_) {
    if (number->account_sid == account_sid) out.push_back(number);
  }
  return out;
}

void Numbers::remember(const json::object& resource) {
  auto number = std::make_shared<Number>();
  const auto text = [&](std::string_view name) { return std::string(text_of(resource, name)); };
  number->phone_number = address_of(resource);
  number->sid = text("sid");
  number->account_sid = text("account_sid");
  number->application_sid = text("sms_application_sid");
  number->hook = {.url = text("sms_url"),
                  .method = text("sms_method"),
                  .fallback_url = text("sms_fallback_url"),
                  .fallback_method = text("sms_fallback_method")};
  if (const auto* capabilities = resource.if_contains("capabilities"); capabilities && capabilities->is_object()) {
    const auto can = [&](std::string_view what) {
      const auto* value = capabilities->get_object().if_contains(what);
      return value && value->is_bool() && value->get_bool();
    };
    number->sms = can("sms");
    number->mms = can("mms");
  }
  numbers_[number->phone_number] = number;
}

void Numbers::forget(std::string_view phone_number) {
  if (const auto found = numbers_.find(phone_number); found != numbers_.end()) numbers_.erase(found);
}

}  // namespace dialtone::messaging
