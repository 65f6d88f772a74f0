#include "messaging/messaging_services.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dialtone::messaging {
namespace {

bool flag_of(const json::object& object, std::string_view name, bool otherwise) {
  const json::value* value = object.if_contains(name);
  return value && value->is_bool() ? value->get_bool() : otherwise;
}

bool can(const json::object& object, std::string_view what) {
  const json::value* capabilities = object.if_contains("capabilities");
  return capabilities && capabilities->is_array() &&
         std::ranges::any_of(capabilities->get_array(), [&](const json::value& each) {
           return each.is_string() && std::string_view(each.get_string()) == what;
         });
}

Sender sender_of(SenderKind kind, const json::object& resource) {
  const auto text = [&](std::string_view name) { return std::string(text_of(resource, name)); };
  Sender sender{.kind = kind, .sid = text("sid"), .address = {}, .country = text("country_code")};
  sender.mms = can(resource, "MMS");
  switch (kind) {
    case SenderKind::kNumber:
      sender.address = text("phone_number");
      break;
    case SenderKind::kShortCode:
      sender.address = text("short_code");
      break;
    case SenderKind::kDestinationAlpha:
      sender.country = text("iso_country_code");
      [[fallthrough]];
    case SenderKind::kAlpha:
      sender.address = text("alpha_sender");
      break;
    case SenderKind::kChannel:
      sender.address = text("sender");
      break;
  }
  return sender;
}

/// Only numbers and short codes get messages, and so belong to one service.
bool is_exclusive(const Sender& sender) {
  return sender.kind == SenderKind::kNumber || sender.kind == SenderKind::kShortCode;
}

}  // namespace

std::string service_scope(std::string_view account_sid) { return fmt::format("{}/messaging/v1/Services", account_sid); }

std::string pool_scope(std::string_view account_sid, std::string_view service_sid, std::string_view collection) {
  return fmt::format("{}/messaging/v1/Services/{}/{}", account_sid, service_sid, collection);
}

std::string opt_out_scope(std::string_view account_sid, std::string_view service_sid) {
  return pool_scope(account_sid, service_sid, "#opt-out");
}

std::string sticky_scope(std::string_view account_sid, std::string_view service_sid) {
  return pool_scope(account_sid, service_sid, "#sticky");
}

Task<> MessagingServices::load() {
  services_by_sid_.clear();
  by_sender_.clear();
  auto& store = services_.ledger.store();
  store::ListQuery query{.scope = std::string(kServicesScope), .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await store.list(query);
    for (const auto& row : rows) {
      const auto record = co_await store.get(service_scope(row->value), row->id);
      if (!record) continue;
      remember(stored_object(record->value));
      co_await load_senders(row->value, row->id);
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
}

Task<> MessagingServices::load_senders(std::string account_sid, std::string service_sid) {
  for (const SenderKind kind : kSenderKinds) {
    const auto rows =
        co_await services_.ledger.store().list({.scope = pool_scope(account_sid, service_sid, collection_of(kind)),
                                                .oldest_first = true,
                                                .limit = kPoolSendersMax});
    for (const auto& row : rows) add_sender(service_sid, sender_of(kind, stored_object(row->value)));
  }
  if (const auto record = co_await services_.ledger.store().get(opt_out_scope(account_sid, service_sid), "-")) {
    if (auto settings = read_opt_out_settings(stored_object(record->value)))
      set_opt_out(service_sid, std::make_shared<const OptOutSettings>(std::move(*settings)));
  }
}

MessagingServicePtr MessagingServices::find(std::string_view sid) const {
  const auto found = services_by_sid_.find(sid);
  return found == services_by_sid_.end() ? nullptr : found->second.service;
}

const Sender* MessagingServices::pick(const MessagingService& service, const SenderWish& wish) {
  const auto found = services_by_sid_.find(service.sid);
  const std::size_t turn = found == services_by_sid_.end() ? 0 : found->second.turn++;
  return choose_sender(service, wish, turn);
}

Task<std::string> MessagingServices::sticky(MessagingServicePtr service, std::string to) {
  if (!service || !service->sticky_sender) co_return std::string();
  const auto record =
      co_await services_.ledger.store().get(sticky_scope(service->account_sid, service->sid), std::move(to));
  co_return record ? record->value : std::string();
}

void MessagingServices::claim(store::Transaction& transaction, std::string_view sid, std::string_view account_sid) {
  transaction.put(kServicesScope, sid, account_sid);
}

void MessagingServices::erase(store::Transaction& transaction, const MessagingService& service) {
  const std::string scope = service_scope(service.account_sid);
  transaction.erase(kServicesScope, service.sid);
  transaction.erase(scope, service.sid);
  transaction.erase_tree(scope + '/' + service.sid);
}

void MessagingServices::erase_sender(store::Transaction& transaction, const MessagingService& service,
                                     const Sender& sender) {
  transaction.erase(pool_scope(service.account_sid, service.sid, collection_of(sender.kind)), sender.sid);
}

void MessagingServices::erase_account(store::Transaction& transaction, std::string_view account_sid) const {
  for (const auto& [sid, entry] : services_by_sid_) {
    if (entry.service->account_sid == account_sid) transaction.erase(kServicesScope, sid);
  }
}

std::shared_ptr<MessagingService> MessagingServices::copy(std::string_view sid) const {
  const MessagingServicePtr known = find(sid);
  return known ? std::make_shared<MessagingService>(*known) : nullptr;
}

void MessagingServices::remember(const json::object& resource) {
  const std::string sid(text_of(resource, "sid"));
  auto service = copy(sid);
  if (!service) service = std::make_shared<MessagingService>();
  const auto text = [&](std::string_view name) { return std::string(text_of(resource, name)); };
  const auto method = [&](std::string_view name) { return text_of(resource, name) == "GET" ? "GET" : "POST"; };
  service->sid = sid;
  service->account_sid = text("account_sid");
  service->friendly_name = text("friendly_name");
  service->inbound = {.url = text("inbound_request_url"),
                      .method = method("inbound_method"),
                      .fallback_url = text("fallback_url"),
                      .fallback_method = method("fallback_method")};
  service->use_number_hook = flag_of(resource, "use_inbound_webhook_on_number", false);
  service->status_callback = text("status_callback");
  service->sticky_sender = flag_of(resource, "sticky_sender", true);
  service->smart_encoding = flag_of(resource, "smart_encoding", true);
  service->mms_converter = flag_of(resource, "mms_converter", true);
  service->area_code_geomatch = flag_of(resource, "area_code_geomatch", true);
  service->fallback_to_long_code = flag_of(resource, "fallback_to_long_code", true);
  if (const auto* period = resource.if_contains("validity_period"); period && period->is_number())
    service->validity_period = std::chrono::seconds(period->to_number<std::int64_t>());
  services_by_sid_[sid].service = std::move(service);
}

void MessagingServices::add_sender(std::string_view service_sid, Sender sender) {
  auto service = copy(service_sid);
  if (!service) return;
  if (is_exclusive(sender)) by_sender_[sender.address] = service_sid;
  service->senders.push_back(std::move(sender));
  services_by_sid_[service->sid].service = std::move(service);
}

void MessagingServices::remove_sender(std::string_view service_sid, std::string_view sender_sid) {
  auto service = copy(service_sid);
  if (!service) return;
  std::erase_if(service->senders, [&](const Sender& sender) {
    if (sender.sid != sender_sid) return false;
    if (is_exclusive(sender)) by_sender_.erase(sender.address);
    return true;
  });
  services_by_sid_[service->sid].service = std::move(service);
}

void MessagingServices::set_opt_out(std::string_view service_sid, std::shared_ptr<const OptOutSettings> settings) {
  auto service = copy(service_sid);
  if (!service) return;
  service->opt_out = std::move(settings);
  services_by_sid_[service->sid].service = std::move(service);
}

void MessagingServices::forget(std::string_view service_sid) {
  const auto found = services_by_sid_.find(service_sid);
  if (found == services_by_sid_.end()) return;
  for (const Sender& sender : found->second.service->senders) {
    if (is_exclusive(sender)) by_sender_.erase(sender.address);
  }
  services_by_sid_.erase(found);
}

void MessagingServices::forget_account(std::string_view account_sid) {
  std::vector<std::string> sids;
  for (const auto& [sid, entry] : services_by_sid_) {
    if (entry.service->account_sid == account_sid) sids.push_back(sid);
  }
  for (const std::string& sid : sids) forget(sid);
}

}  // namespace dialtone::messaging
