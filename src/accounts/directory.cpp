#include "accounts/directory.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/log.hpp"

namespace dialtone::accounts {
namespace {

constexpr int kTriesMax = 8;

/// HMAC-SHA256 as 64 hex digits.
std::string keyed_hex(std::string_view key, std::string_view text) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), &size);
  std::string out;
  out.reserve(64);
  for (const unsigned char byte : digest) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string render(const json::object& account) { return wire_json(account); }

json::object subresources(const std::string& sid) {
  json::object out;
  for (const auto& [name, path] : {std::pair{"addresses", "Addresses"},
                                   {"applications", "Applications"},
                                   {"authorized_connect_apps", "AuthorizedConnectApps"},
                                   {"available_phone_numbers", "AvailablePhoneNumbers"},
                                   {"balance", "Balance"},
                                   {"calls", "Calls"},
                                   {"conferences", "Conferences"},
                                   {"connect_apps", "ConnectApps"},
                                   {"incoming_phone_numbers", "IncomingPhoneNumbers"},
                                   {"keys", "Keys"},
                                   {"messages", "Messages"},
                                   {"notifications", "Notifications"},
                                   {"outgoing_caller_ids", "OutgoingCallerIds"},
                                   {"queues", "Queues"},
                                   {"recordings", "Recordings"},
                                   {"short_codes", "SMS/ShortCodes"},
                                   {"signing_keys", "SigningKeys"},
                                   {"sip", "SIP"},
                                   {"tokens", "Tokens"},
                                   {"transcriptions", "Transcriptions"},
                                   {"usage", "Usage"}}) {
    out[name] = fmt::format("/2010-04-01/Accounts/{}/{}.json", sid, path);
  }
  return out;
}

store::RecordPtr account_record(const json::object& account) {
  return std::make_shared<const store::Record>(
      store::Record{.id = std::string(text_of(account, "sid")),
                    .value = render(account),
                    .terms = {{"owner", std::string(text_of(account, "owner_account_sid"))}}});
}

/// Null for a key without a policy. One that is kept is well-formed.
rest::PermissionsPtr permissions_of(const json::value& policy) {
  if (!policy.is_object()) return nullptr;
  auto parsed = rest::Permissions::parse(policy.get_object());
  return std::make_shared<const rest::Permissions>(parsed ? *std::move(parsed) : rest::Permissions());
}

store::RecordPtr key_record(std::string_view sid, std::string_view secret, std::string_view account_sid,
                            const json::value& policy) {
  json::object key{{"secret", secret}, {"account_sid", account_sid}};
  if (policy.is_object()) key["policy"] = policy;
  return std::make_shared<const store::Record>(
      store::Record{.id = std::string(sid), .value = wire_json(key), .terms = {}});
}

}  // namespace

Task<> Directory::load() {
  accounts_.clear();
  test_accounts_.clear();
  keys_.clear();
  main_sid_.clear();
  if (const auto kept = co_await services_.ledger.store().get("system", "test_secret")) {
    test_secret_ = kept->value;
  } else {
    test_secret_ = random_hex(32);
    store::Transaction transaction;
    transaction.put("system", "test_secret", test_secret_);
    const auto committed = co_await services_.ledger.commit(std::move(transaction));
    if (!committed) log::warn("accounts.test_secret_not_kept", {{"error", committed.error().message}});
  }
  store::ListQuery query{.scope = std::string(kAccountsScope), .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) remember(row->value);
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
  query = {.scope = std::string(kKeysScope), .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      const json::object key = stored_object(row->value);
      const json::value* policy = key.if_contains("policy");
      keys_[row->id] = {.secret = std::string(text_of(key, "secret")),
                        .account_sid = std::string(text_of(key, "account_sid")),
                        .permissions = permissions_of(policy ? *policy : json::value())};
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
  if (const auto first = co_await services_.ledger.store().get("system", "main_account")) main_sid_ = first->value;
}

void Directory::remember(const std::string& record) {
  const json::object fields = stored_object(record);
  auto account = std::make_shared<rest::Account>();
  account->sid = text_of(fields, "sid");
  account->auth_token = text_of(fields, "auth_token");
  account->owner_sid = text_of(fields, "owner_account_sid");
  account->status = text_of(fields, "status");
  account->secondary_token = text_of(fields, "secondary_auth_token");
  account->trial = text_of(fields, "type") == "Trial";
  account->debugger_url = text_of(fields, "debugger_url");
  account->verify_certificates = text_of(fields, "webhook_tls") != "skip";
  accounts_[account->sid] = account;

  auto [test_sid, test_token] = test_credentials(account->sid);
  auto test = std::make_shared<rest::Account>();
  test->sid = test_sid;
  test->auth_token = std::move(test_token);
  test->owner_sid = test_sid;
  test->status = account->status;
  test->test = true;
  test_accounts_[std::move(test_sid)] = std::move(test);
}

rest::AccountPtr Directory::main_account() const { return find(main_sid_); }

rest::AccountPtr Directory::find(std::string_view account_sid) const {
  const auto found = accounts_.find(account_sid);
  return found == accounts_.end() ? nullptr : found->second;
}

Result<> Directory::check_active(const rest::Account& account) const {
  // A closed account is gone for its own credentials; a suspended one is known but may do nothing. A subaccount shares
  // its parent's fate.
  const auto owner = account.is_subaccount() ? find(account.owner_sid) : nullptr;
  if (account.status == "closed" || (owner && owner->status == "closed")) return fail(errors::kAuthenticate);
  if (account.status == "suspended" || (owner && owner->status == "suspended")) {
    return fail({errors::kAuthenticate, "Authenticate", "The account is suspended."});
  }
  return {};
}

Result<rest::Principal> Directory::authenticate(std::string_view user, std::string_view password) {
  if (user.starts_with("SK")) {
    const auto key = keys_.find(user);
    if (key == keys_.end() || !equal_in_constant_time(password, key->second.secret)) return fail(errors::kAuthenticate);
    const auto account = find(key->second.account_sid);
    if (!account) return fail(errors::kAuthenticate);
    DT_CHECK(check_active(*account));
    return rest::Principal{.account = account, .key_sid = std::string(user), .permissions = key->second.permissions};
  }
  if (user == "token" && read_token_) {
    auto principal = read_token_(password);
    if (!principal) return fail(errors::kAuthenticate);
    DT_CHECK(check_active(*principal->account));
    return std::move(*principal);
  }
  if (!user.starts_with("AC")) {
    return fail({errors::kAuthenticate, "Authentication Error - invalid username",
                 "Your AccountSid or AuthToken was incorrect."});
  }
  auto account = find(user);
  if (!account) {
    const auto test = test_accounts_.find(user);
    if (test == test_accounts_.end()) return fail(errors::kAuthenticate);
    account = test->second;
  }
  const bool primary = equal_in_constant_time(password, account->auth_token);
  const bool secondary =
      !account->secondary_token.empty() && equal_in_constant_time(password, account->secondary_token);
  if (!primary && !secondary) return fail(errors::kAuthenticate);
  DT_CHECK(check_active(*account));
  return rest::Principal{.account = account, .key_sid = {}};
}

std::string Directory::add(store::Transaction& transaction, NewAccount draft) {
  const TimePoint now = services_.clock.now();
  if (draft.sid.empty()) draft.sid = services_.sids.make("AC");
  if (draft.auth_token.empty()) draft.auth_token = random_hex(16);
  if (draft.owner_sid.empty()) draft.owner_sid = draft.sid;
  json::object account;
  account["sid"] = draft.sid;
  account["auth_token"] = draft.auth_token;
  account["date_created"] = rfc2822(now);
  account["date_updated"] = rfc2822(now);
  account["friendly_name"] = draft.friendly_name;
  account["owner_account_sid"] = draft.owner_sid;
  account["status"] = "active";
  account["subresource_uris"] = subresources(draft.sid);
  account["type"] = draft.trial ? "Trial" : "Full";
  account["uri"] = fmt::format("/2010-04-01/Accounts/{}.json", draft.sid);

  transaction.require_absent(std::string(kAccountsScope), draft.sid);
  transaction.put(kAccountsScope, account_record(account));
  transaction.journal(
      {.at = now, .kind = "account.created", .account = draft.owner_sid, .subject = draft.sid, .data = "{}"});
  return render(account);
}

Task<Result<std::string>> Directory::create(NewAccount draft) {
  if (draft.sid.empty()) draft.sid = services_.sids.make("AC");
  const std::string sid = draft.sid;
  const bool main = draft.owner_sid.empty() && main_sid_.empty();
  store::Transaction transaction;
  std::string record = add(transaction, std::move(draft));
  if (main) {
    transaction.put("system", "main_account", sid);
  }
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  if (main) main_sid_ = sid;
  remember(record);
  co_return record;
}

void Directory::erase(store::Transaction& transaction, std::string_view sid) const {
  transaction.erase(kAccountsScope, std::string(sid));
  for (const auto& [key, entry] : keys_) {
    if (entry.account_sid == sid) erase_key(transaction, key);
  }
}

void Directory::forget(std::string_view sid) {
  if (const auto found = accounts_.find(sid); found != accounts_.end()) accounts_.erase(found);
  test_accounts_.erase(test_credentials(sid).sid);
  std::erase_if(keys_, [&](const auto& key) { return key.second.account_sid == sid; });
}

Task<Result<json::object>> Directory::change(std::string sid, Edit edit, Also also) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const auto seen = co_await services_.ledger.store().get(kAccountsScope, sid);
    if (!seen) co_return fail(errors::kNotFound);
    const json::object before = stored_object(seen->value);
    json::object account = before;
    DT_CO_CHECK(edit(account));
    const TimePoint now = services_.clock.now();
    account["date_updated"] = rfc2822(now);
    store::Transaction transaction;
    transaction.require_unchanged(std::string(kAccountsScope), seen);
    transaction.put(kAccountsScope, account_record(account));
    const bool closes = text_of(account, "status") == "closed" && text_of(before, "status") != "closed";
    if (closes) {
      for (const auto& hook : on_close_) hook.erase(transaction, sid);
      for (const auto& [key, entry] : keys_) {
        if (entry.account_sid != sid) continue;
        erase_key(transaction, key);
        transaction.erase(sid + "/api/Keys", key);
      }
    }
    if (also) also(transaction, before, account);
    transaction.journal({.at = now,
                         .kind = "account.updated",
                         .account = std::string(text_of(account, "owner_account_sid")),
                         .subject = sid,
                         .data = wire_json({{"status", text_of(account, "status")}})});
    const auto committed = co_await services_.ledger.commit(std::move(transaction));
    if (committed) {
      remember(render(account));
      if (closes) {
        for (const auto& hook : on_close_) hook.forget(sid);
        std::erase_if(keys_, [&](const auto& key) { return key.second.account_sid == sid; });
      }
      co_return account;
    }
    if (committed.error().code != store::kConflict.code) co_return fail(committed.error());
  }
  co_return fail(errors::kConflict);
}

Task<Result<json::object>> Directory::create_key(NewKey draft,
                                                 std::function<void(store::Transaction&, const json::object&)> also) {
  const TimePoint now = services_.clock.now();
  const std::string sid = services_.sids.make("SK");
  const std::string secret = random_hex(16);
  const std::string& account_sid = draft.account->sid;
  json::object key;
  key["sid"] = sid;
  key["friendly_name"] =
      draft.friendly_name.empty() ? json::value(nullptr) : json::value(std::move(draft.friendly_name));
  key["date_created"] = rfc2822(now);
  key["date_updated"] = rfc2822(now);
  key["policy"] = draft.policy;
  store::Transaction transaction;
  transaction.put(account_sid + "/api/Keys", sid, wire_json(key));
  transaction.put(kKeysScope, key_record(sid, secret, account_sid, draft.policy));
  transaction.journal({.at = now, .kind = "key.created", .account = account_sid, .subject = sid, .data = "{}"});
  if (also) also(transaction, key);
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  keys_[sid] = {.secret = secret, .account_sid = account_sid, .permissions = permissions_of(draft.policy)};
  key["secret"] = secret;
  co_return key;
}

std::size_t Directory::subaccounts_of(std::string_view sid) const {
  return static_cast<std::size_t>(std::ranges::count_if(accounts_, [&](const auto& each) {
    return each.second->is_subaccount() && each.second->owner_sid == sid && each.second->status != "closed";
  }));
}

std::string_view Directory::account_of_key(std::string_view sid) const {
  const auto found = keys_.find(sid);
  return found == keys_.end() ? std::string_view{} : std::string_view(found->second.account_sid);
}

Directory::TestCredentials Directory::test_credentials(std::string_view account_sid) const {
  const std::string hex = keyed_hex(test_secret_, account_sid);
  return {.sid = "AC" + hex.substr(0, 32), .token = hex.substr(32, 32)};
}

void Directory::erase_key(store::Transaction& transaction, std::string_view sid) {
  transaction.erase(kKeysScope, std::string(sid));
}

void Directory::put_policy(store::Transaction& transaction, std::string_view sid, const json::value& policy) const {
  const auto key = keys_.find(sid);
  if (key == keys_.end()) return;
  transaction.put(kKeysScope, key_record(sid, key->second.secret, key->second.account_sid, policy));
}

void Directory::set_policy(std::string_view sid, const json::value& policy) {
  const auto key = keys_.find(sid);
  if (key != keys_.end()) key->second.permissions = permissions_of(policy);
}

void Directory::forget_key(std::string_view sid) {
  if (const auto found = keys_.find(sid); found != keys_.end()) keys_.erase(found);
}

}  // namespace dialtone::accounts
