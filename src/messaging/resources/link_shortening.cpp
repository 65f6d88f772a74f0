#include <openssl/pem.h>
#include <openssl/x509.h>

#include "messaging/link_domains.hpp"
#include "messaging/resources/resources.hpp"
#include "rest/values.hpp"
#include "webhook/url.hpp"

// What is set of a domain for short links. Source: Twilio, Link Shortening, the messaging.twilio.com resources.

namespace dialtone::messaging::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr ErrorRow kInvalidCertificate{20001, 400,
                                       "Invalid parameter TlsCert: it is not a certificate with its key, in PEM"};
constexpr std::size_t kCertificateBytesMax = 64 * 1024;

Result<json::object> domain_of(LinkDomains& domains, const Context& context) {
  const json::object* const domain = domains.find(context.account->sid, context.value("DomainSid"));
  if (!domain) return fail(rest::not_found(context));
  return *domain;
}

Result<MessagingServicePtr> service_of(Messenger& messenger, const Context& context) {
  auto service = messenger.messaging_services().find(context.value("MessagingServiceSid"));
  if (!service || service->account_sid != context.account->sid) return fail(rest::not_found(context));
  return service;
}

/// The domain in the shape of the operation's answer. What it has of other resources (dates, SIDs) goes by `prefix`.
Reply show(Messenger& messenger, const Context& context, json::object resource, int status) {
  resource["url"] = fmt::format("{}{}", context.base_url, context.path);
  return {.status = status,
          .body = wire_json(rest::shape(resource, context.operation.response(), messenger.services().clock.now()))};
}

json::object config_of(const json::object& domain) {
  json::object out{{"domain_sid", domain.at("sid")},
                   {"config_sid", domain.at("config_sid")},
                   {"fallback_url", nullptr},
                   {"callback_url", nullptr},
                   {"continue_on_failure", true},
                   {"disable_https", false},
                   {"date_created", domain.at("date_created")},
                   {"date_updated", domain.at("date_updated")}};
  for (const std::string_view name : {"fallback_url", "callback_url", "continue_on_failure", "disable_https"}) {
    if (const json::value* value = domain.if_contains(name)) out[name] = *value;
  }
  return out;
}

/// POST: sets what is given. Errors: 30122, 20001.
Task<Result<Reply>> set_config(Messenger& messenger, Context& context) {
  DT_CO_TRY(json::object domain, domain_of(messenger.link_domains(), context));
  const rest::Fields& form = context.form;
  for (const auto& [parameter, name] : {std::pair{"FallbackUrl", "fallback_url"}, {"CallbackUrl", "callback_url"}}) {
    const auto* url = form.find(parameter);
    if (!url) continue;
    if (!url->empty() && !webhook::parse_url(*url)) {
      if (name == std::string_view("fallback_url")) co_return fail(errors::kInvalidFallback);
      co_return fail({dialtone::errors::kBadRequest, fmt::format("Invalid parameter {}: it is not a URL", parameter)});
    }
    domain[name] = url->empty() ? json::value(nullptr) : json::value(*url);
  }
  for (const auto& [parameter, name] :
       {std::pair{"ContinueOnFailure", "continue_on_failure"}, {"DisableHttps", "disable_https"}}) {
    if (form.has(parameter)) domain[name] = form.flag(parameter, false);
  }
  domain["date_updated"] = iso8601(messenger.services().clock.now());
  DT_CO_CHECK(co_await messenger.link_domains().save(domain));
  co_return show(messenger, context, config_of(domain), 200);
}

/// When a certificate ends; nothing when the text holds no certificate and the key that fits it.
std::optional<std::string> expiry_of(const std::string& pem) {
  if (pem.size() > kCertificateBytesMax) return std::nullopt;
  const auto read = [&](auto reader) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                        BIO_free);
    // No password: nobody is there to be asked for one.
    return reader(bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr);
  };
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(read(PEM_read_bio_X509), X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(read(PEM_read_bio_PrivateKey), EVP_PKEY_free);
  if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1) return std::nullopt;
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) != 1) return std::nullopt;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", time.tm_year + 1900, time.tm_mon + 1, time.tm_mday,
                     time.tm_hour, time.tm_min, time.tm_sec);
}

json::object certificate_of(const json::object& domain) {
  json::object out{{"domain_sid", domain.at("sid")},
                   {"domain_name", domain.at("domain_name")},
                   {"date_created", domain.at("date_created")},
                   {"date_updated", domain.at("date_updated")},
                   {"certificate_sid", domain.at("certificate_sid")},
                   {"date_expires", nullptr},
                   {"cert_in_validation", nullptr}};
  if (const json::value* expires = domain.if_contains("date_expires")) out["date_expires"] = *expires;
  return out;
}

Task<Result<Reply>> set_certificate(Messenger& messenger, Context& context) {
  DT_CO_TRY(json::object domain, domain_of(messenger.link_domains(), context));
  const auto expires = expiry_of(std::string(context.form.get("TlsCert")));
  if (!expires) co_return fail(kInvalidCertificate);
  const bool is_new = !domain.contains("certificate_sid");
  if (is_new) domain["certificate_sid"] = messenger.services().sids.make("CW");
  domain["date_expires"] = *expires;
  domain["date_updated"] = iso8601(messenger.services().clock.now());
  domain["managed"] = false;
  DT_CO_CHECK(co_await messenger.link_domains().save(domain));
  co_return show(messenger, context, certificate_of(domain), is_new ? 201 : 200);
}

Task<Result<Reply>> get_certificate(Messenger& messenger, Context& context) {
  DT_CO_TRY(const json::object domain, domain_of(messenger.link_domains(), context));
  if (!domain.contains("certificate_sid")) co_return fail(rest::not_found(context));
  co_return show(messenger, context, certificate_of(domain), 200);
}

Task<Result<Reply>> remove_certificate(Messenger& messenger, Context& context) {
  DT_CO_TRY(json::object domain, domain_of(messenger.link_domains(), context));
  if (!domain.contains("certificate_sid")) co_return fail(rest::not_found(context));
  for (const std::string_view name : {"certificate_sid", "date_expires", "managed"}) domain.erase(name);
  DT_CO_CHECK(co_await messenger.link_domains().save(std::move(domain)));
  co_return Reply{.status = 204, .body = {}};
}

/// The certificate is Dialtone's to make: its authority signs one for every host that it answers for.
Task<Result<Reply>> request_certificate(Messenger& messenger, Context& context) {
  DT_CO_TRY(json::object domain, domain_of(messenger.link_domains(), context));
  const bool is_new = !domain.contains("certificate_sid");
  if (is_new) domain["certificate_sid"] = messenger.services().sids.make("CW");
  domain["managed"] = true;
  domain["date_updated"] = iso8601(messenger.services().clock.now());
  DT_CO_CHECK(co_await messenger.link_domains().save(domain));
  json::object shown = certificate_of(domain);
  shown["managed"] = true;
  shown["requesting"] = is_new;
  co_return show(messenger, context, std::move(shown), is_new ? 201 : 200);
}

Task<Result<Reply>> validate_dns(Messenger& messenger, Context& context) {
  DT_CO_TRY(const json::object domain, domain_of(messenger.link_domains(), context));
  co_return show(messenger, context, {{"domain_sid", domain.at("sid")}, {"is_valid", true}, {"reason", ""}}, 200);
}

Task<Result<Reply>> associate(Messenger& messenger, Context& context) {
  DT_CO_TRY(const json::object domain, domain_of(messenger.link_domains(), context));
  DT_CO_TRY(const auto service, service_of(messenger, context));
  DT_CO_CHECK(co_await messenger.link_domains().associate(std::string(text_of(domain, "sid")), service->sid));
  co_return show(messenger, context, {{"domain_sid", domain.at("sid")}, {"messaging_service_sid", service->sid}}, 201);
}

/// The domain of the service that the path names.
Result<json::object> domain_of_service(Messenger& messenger, const Context& context) {
  DT_TRY(const auto service, service_of(messenger, context));
  const json::object* const domain = messenger.link_domains().of_service(service->sid);
  if (!domain) return fail(rest::not_found(context));
  return *domain;
}

Task<Result<Reply>> dissociate(Messenger& messenger, Context& context) {
  DT_CO_TRY(const json::object domain, domain_of_service(messenger, context));
  if (text_of(domain, "sid") != context.value("DomainSid")) co_return fail(rest::not_found(context));
  DT_CO_CHECK(co_await messenger.link_domains().dissociate(std::string(context.value("MessagingServiceSid"))));
  co_return Reply{.status = 204, .body = {}};
}

Task<Result<Reply>> service_domain(Messenger& messenger, Context& context) {
  DT_CO_TRY(const json::object domain, domain_of_service(messenger, context));
  json::object out = config_of(domain);
  out["messaging_service_sid"] = context.value("MessagingServiceSid");
  co_return show(messenger, context, std::move(out), 200);
}

}  // namespace

void add_link_shortening(rest::Engine& engine, Messenger& messenger) {
  const auto add = [&](std::string_view path,
                       std::vector<std::pair<Method, Task<Result<Reply>> (*)(Messenger&, Context&)>> rows) {
    rest::Resource resource{.host = "messaging", .path = path, .methods = {}};
    for (const auto& [method, run] : rows) {
      resource.methods.push_back(
          {.method = method, .run = [&messenger, run](Context& context) { return run(messenger, context); }});
    }
    engine.add(std::move(resource));
  };
  constexpr auto get_config = [](Messenger& all, Context& context) -> Task<Result<Reply>> {
    DT_CO_TRY(const json::object domain, domain_of(all.link_domains(), context));
    co_return show(all, context, config_of(domain), 200);
  };
  add("/v1/LinkShortening/Domains/{DomainSid}/Config", {{Method::kGet, get_config}, {Method::kPost, set_config}});
  add("/v1/LinkShortening/Domains/{DomainSid}/Certificate",
      {{Method::kGet, get_certificate}, {Method::kPost, set_certificate}, {Method::kDelete, remove_certificate}});
  add("/v1/LinkShortening/Domains/{DomainSid}/RequestManagedCert", {{Method::kPost, request_certificate}});
  add("/v1/LinkShortening/Domains/{DomainSid}/ValidateDns", {{Method::kGet, validate_dns}});
  add("/v1/LinkShortening/Domains/{DomainSid}/MessagingServices/{MessagingServiceSid}",
      {{Method::kPost, associate}, {Method::kDelete, dissociate}});
  add("/v1/LinkShortening/MessagingServices/{MessagingServiceSid}/Domain", {{Method::kGet, service_domain}});
  add("/v1/LinkShortening/MessagingService/{MessagingServiceSid}/DomainConfig", {{Method::kGet, service_domain}});
}

}  // namespace dialtone::messaging::resources
