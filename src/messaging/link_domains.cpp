#include "messaging/link_domains.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/form.hpp"
#include "monitor/notification.hpp"
#include "webhook/url.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::string_view kClick = "webhook.click";
constexpr std::string_view kLocal = ".localhost";
constexpr std::size_t kCodeLength = 10;
constexpr std::size_t kMediaCodeLength = 7;
constexpr std::size_t kHostMax = 253;

/// `<account>/messaging/#links`: by code, what it stands for.
std::string link_scope(std::string_view account_sid) { return fmt::format("{}/messaging/#links", account_sid); }

/// Letters and digits that nobody guesses.
std::string new_code(std::size_t length) {
  constexpr std::string_view kLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::string hex = random_hex(2 * length);
  std::string out;
  for (std::size_t i = 0; i < length; ++i) {
    unsigned value = 0;
    for (const char c : hex.substr(4 * i, 4))
      value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    out += kLetters[value % kLetters.size()];
  }
  return out;
}

std::string host_of(const json::object& domain) {
  std::string_view name = text_of(domain, "domain_name");
  if (const std::size_t slashes = name.find("://"); slashes != std::string_view::npos) name.remove_prefix(slashes + 3);
  return std::string(name);
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > kHostMax || host.find('.') == std::string_view::npos) return false;
  if (host.ends_with(kLocal) || host.ends_with(".twilio.com") || host.ends_with(".twil.io")) return false;
  return host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos &&
         host.front() != '.' && host.back() != '.' && host.find("..") == std::string_view::npos;
}

net::Response redirect(std::string_view to) {
  net::Response response = net::Response::text(307, "");
  response.header("Location", std::string(to)).header("Cache-Control", "no-store");
  return response;
}

}  // namespace

std::vector<std::string_view> links_in(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; out.size() < kLinksMax && (at = text.find("http", at)) != std::string_view::npos;) {
    std::string_view link = text.substr(at);
    const std::size_t scheme = link.starts_with("http://") ? 7 : link.starts_with("https://") ? 8 : 0;
    if (scheme == 0) {
      at += 4;
      continue;
    }
    link = link.substr(0, link.find_first_of(" \t\r\n\"<>"));
    const std::size_t taken = link.size();
    while (!link.empty() && std::string_view(".,;:!?)']}").find(link.back()) != std::string_view::npos)
      link.remove_suffix(1);
    if (link.size() > scheme) out.push_back(link);
    at += taken;
  }
  return out;
}

void LinkDomains::start() {
  services_.ledger.on(std::string(kClick), [this](store::OutboxRow row) { return call_back(std::move(row)); });
}

Task<> LinkDomains::load() {
  domains_.clear();
  sids_.clear();
  of_services_.clear();
  auto& store = services_.ledger.store();
  store::ListQuery query{.scope = std::string(kLinkDomainsScope), .limit = 500};
  while (true) {
    const auto rows = co_await store.list(query);
    for (const auto& row : rows) {
      json::object domain = stored_object(row->value);
      sids_[host_of(domain)] = row->id;
      domains_[row->id] = std::move(domain);
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
  query = {.scope = std::string(kLinkServicesScope), .limit = 500};
  while (true) {
    const auto rows = co_await store.list(query);
    for (const auto& row : rows) of_services_[row->id] = row->value;
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
}

const json::object* LinkDomains::find(std::string_view account_sid, std::string_view sid) const {
  const auto found = domains_.find(std::string(sid));
  if (found == domains_.end() || text_of(found->second, "account_sid") != account_sid) return nullptr;
  return &found->second;
}

std::vector<json::object> LinkDomains::of(std::string_view account_sid) const {
  std::vector<json::object> out;
  for (const auto& [sid, domain] : domains_) {
    if (text_of(domain, "account_sid") == account_sid) out.push_back(domain);
  }
  std::ranges::sort(out, {}, [](const json::object& each) { return std::string(text_of(each, "sid")); });
  return out;
}

const json::object* LinkDomains::of_service(std::string_view service_sid) const {
  const auto found = of_services_.find(std::string(service_sid));
  if (found == of_services_.end()) return nullptr;
  const auto domain = domains_.find(found->second);
  return domain == domains_.end() ? nullptr : &domain->second;
}

Task<Result<json::object>> LinkDomains::create(std::string account_sid, std::string host) {
  for (char& c : host) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  if (!is_host(host)) co_return fail({dialtone::errors::kBadRequest, "name must be that of a host, links.example.com"});
  if (sids_.contains(host) || of(account_sid).size() >= kLinkDomainsMax)
    co_return fail({dialtone::errors::kConflict, fmt::format("{} is a domain for links already", host)});
  const std::string now = iso8601(services_.clock.now());
  json::object domain{{"sid", services_.sids.make("DN")},
                      {"account_sid", account_sid},
                      {"domain_name", "https://" + host},
                      {"date_created", now},
                      {"date_updated", now},
                      {"config_sid", services_.sids.make("ZK")}};
  sids_[host] = text_of(domain, "sid");  // taken from now on
  if (auto saved = co_await save(domain); !saved) {
    sids_.erase(host);
    co_return fail(std::move(saved).error());
  }
  co_return domain;
}

Task<Result<>> LinkDomains::save(json::object domain) {
  const std::string sid(text_of(domain, "sid"));
  store::Transaction transaction;
  transaction.put(kLinkDomainsScope, sid, wire_json(domain));
  transaction.journal({.at = services_.clock.now(),
                       .kind = "link_domain.updated",
                       .account = std::string(text_of(domain, "account_sid")),
                       .subject = sid,
                       .data = wire_json({{"domain_name", text_of(domain, "domain_name")}})});
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  domains_[sid] = std::move(domain);
  co_return Result<>{};
}

Task<Result<>> LinkDomains::associate(std::string sid, std::string service_sid) {
  const auto known = of_services_.find(service_sid);
  if (known != of_services_.end() && known->second != sid) co_return fail(errors::kServiceInOtherDomain);
  store::Transaction transaction;
  transaction.put(kLinkServicesScope, service_sid, sid);
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  of_services_[service_sid] = std::move(sid);
  co_return Result<>{};
}

Task<Result<>> LinkDomains::dissociate(std::string service_sid) {
  store::Transaction transaction;
  transaction.erase(kLinkServicesScope, service_sid);
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  of_services_.erase(service_sid);
  co_return Result<>{};
}

Result<> LinkDomains::shorten(store::Transaction& transaction, Message& message) {
  const auto links = links_in(message.body);
  if (links.empty()) return {};
  const json::object* const domain = of_service(message.service_sid);
  if (!domain) return fail(errors::kNotShortened);
  const std::string host = host_of(*domain);
  const json::value* bare = domain->if_contains("disable_https");
  const std::string scheme = bare && bare->is_bool() && bare->get_bool() ? "" : "https://";
  const std::string now = iso8601(services_.clock.now());
  std::string body;
  std::size_t at = 0;
  for (const std::string_view link : links) {
    const auto begin = static_cast<std::size_t>(link.data() - message.body.data());
    const std::string code = new_code(kCodeLength);
    const std::string shortened = fmt::format("{}{}/{}", scheme, host, code);
    body += std::string_view(message.body).substr(at, begin - at);
    body += shortened;
    at = begin + link.size();
    transaction.put(link_scope(message.account_sid), code,
                    wire_json({{"link", link},
                               {"shortened_link", shortened},
                               {"domain_sid", text_of(*domain, "sid")},
                               {"message_sid", message.sid},
                               {"messaging_service_sid", message.service_sid},
                               {"to", message.to},
                               {"from", message.from},
                               {"created", now}}));
    transaction.journal({.at = services_.clock.now(),
                         .kind = "link.shortened",
                         .account = message.account_sid,
                         .subject = message.sid,
                         .data = wire_json({{"link", link}, {"shortened_link", shortened}})});
  }
  body += std::string_view(message.body).substr(at);
  message.body = std::move(body);
  return {};
}

const json::object* LinkDomains::by_host(std::string_view host) const {
  if (sids_.empty()) return nullptr;
  if (host.ends_with(kLocal)) host.remove_suffix(kLocal.size());
  const auto found = sids_.find(std::string(host));
  if (found == sids_.end()) return nullptr;
  const auto domain = domains_.find(found->second);
  return domain == domains_.end() ? nullptr : &domain->second;
}

void LinkDomains::convert_media(store::Transaction& transaction, Message& message) {
  for (const std::string& url : std::exchange(message.media_urls, {})) {
    const std::string code = new_code(kMediaCodeLength);
    transaction.put(kMediaLinksScope, code,
                    wire_json({{"url", url},
                               {"account_sid", message.account_sid},
                               {"message_sid", message.sid},
                               {"created", iso8601(services_.clock.now())}}));
    if (!message.body.empty()) message.body += '\n';
    message.body += fmt::format("https://{}/{}", kMediaLinkHost, code);
  }
  message.num_media = 0;
}

bool LinkDomains::serves(std::string_view host) const {
  return host == kMediaLinkHost ||
         (host.size() == kMediaLinkHost.size() + kLocal.size() && host.starts_with(kMediaLinkHost) &&
          host.ends_with(kLocal)) ||
         by_host(host) != nullptr;
}

Task<net::Response> LinkDomains::serve_media(const net::Request& request) {
  std::string code = request.target.substr(0, request.target.find('?'));
  if (code.starts_with('/')) code.erase(0, 1);
  const auto found = code.size() == kMediaCodeLength ? co_await services_.ledger.store().get(kMediaLinksScope, code)
                                                     : store::RecordPtr();
  const json::object link = found ? stored_object(found->value) : json::object{};
  const auto created = parse_time(text_of(link, "created"));
  if (!created || services_.clock.now() > created->time + kMediaLinkLife)
    co_return net::Response::text(404, "Not found\n");
  co_return redirect(text_of(link, "url"));
}

Task<net::Response> LinkDomains::serve(const net::Request& request) {
  if (request.method != "GET" && request.method != "HEAD")
    co_return net::Response::text(405, "Links are opened with GET\n").header("Allow", "GET, HEAD");
  if (request.host.starts_with(kMediaLinkHost)) co_return co_await serve_media(request);
  const json::object* const known = by_host(request.host);
  if (!known) co_return net::Response::text(404, "Not found\n");
  const json::object domain = *known;  // it may change while we wait
  const std::string account(text_of(domain, "account_sid"));
  std::string code = request.target.substr(0, request.target.find('?'));
  if (code.starts_with('/')) code.erase(0, 1);
  const TimePoint now = services_.clock.now();
  const auto found = code.size() == kCodeLength ? co_await services_.ledger.store().get(link_scope(account), code)
                                                : store::RecordPtr();
  const json::object link = found ? stored_object(found->value) : json::object{};
  const auto created = parse_time(text_of(link, "created"));
  store::Transaction transaction;
  if (!created || text_of(link, "domain_sid") != text_of(domain, "sid") || now > created->time + kLinkLife) {
    const std::string fallback(text_of(domain, "fallback_url"));
    const ErrorRow& row = fallback.empty() ? errors::kNoFallback : errors::kToFallback;
    alerts_.add(transaction, {.account_sid = account,
                              .resource_sid = std::string(text_of(domain, "sid")),
                              .code = row.code,
                              .level = monitor::Level::kWarning,
                              .text = std::string(row.message)});
    co_await services_.ledger.commit(std::move(transaction));
    co_return fallback.empty() ? net::Response::text(404, "Not found\n") : redirect(fallback);
  }
  if (request.method == "GET") {
    const std::string user_agent(request.header("User-Agent"));
    const FormPairs params{{"event_type", "click"},
                           {"sms_sid", std::string(text_of(link, "message_sid"))},
                           {"to", std::string(text_of(link, "to"))},
                           {"from", std::string(text_of(link, "from"))},
                           {"link", std::string(text_of(link, "link"))},
                           {"click_time", iso8601(now)},
                           {"messaging_service_sid", std::string(text_of(link, "messaging_service_sid"))},
                           {"account_sid", account},
                           {"user_agent", user_agent}};
    transaction.journal({.at = now,
                         .kind = "link.clicked",
                         .account = account,
                         .subject = std::string(text_of(link, "message_sid")),
                         .data = wire_json({{"link", text_of(link, "link")},
                                            {"shortened_link", text_of(link, "shortened_link")},
                                            {"to", text_of(link, "to")},
                                            {"user_agent", user_agent}})});
    if (const std::string_view callback = text_of(domain, "callback_url"); !callback.empty()) {
      transaction.outbox({.due = now,
                          .kind = std::string(kClick),
                          .subject = code + "/click",
                          .data = wire_json({{"account_sid", account},
                                             {"message_sid", text_of(link, "message_sid")},
                                             {"url", callback},
                                             {"token", random_uuid()},
                                             {"params", form_encode(params)}})});
    }
    co_await services_.ledger.commit(std::move(transaction));  // a full disk keeps nobody from where they go
  }
  co_return redirect(text_of(link, "link"));
}

Task<Result<>> LinkDomains::call_back(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const json::object data = stored_object(row.data);
  const std::string subject(text_of(data, "message_sid"));
  const auto told = co_await monitor::tell(client_, alerts_, accounts_, data, subject, "status", transaction);
  monitor::add_failure(alerts_, transaction, std::string(text_of(data, "account_sid")), subject, told);
  co_return co_await services_.ledger.finish(std::move(transaction));
}

void LinkDomains::erase_account(store::Transaction& transaction, std::string_view account_sid) const {
  for (const auto& [sid, domain] : domains_) {
    if (text_of(domain, "account_sid") != account_sid) continue;
    transaction.erase(kLinkDomainsScope, sid);
    for (const auto& [service, of] : of_services_) {
      if (of == sid) transaction.erase(kLinkServicesScope, service);
    }
  }
}

void LinkDomains::forget_account(std::string_view account_sid) {
  std::erase_if(domains_, [&](const auto& each) { return text_of(each.second, "account_sid") == account_sid; });
  std::erase_if(sids_, [&](const auto& each) { return !domains_.contains(each.second); });
  std::erase_if(of_services_, [&](const auto& each) { return !domains_.contains(each.second); });
}

}  // namespace dialtone::messaging
