#include "functions/records.hpp"

#include <fmt/format.h>

namespace dialtone::functions {

std::string services_scope(std::string_view account_sid) {
  return fmt::format("{}/serverless/v1/Services", account_sid);
}

std::string service_scope(std::string_view account_sid, std::string_view service_sid, std::string_view kind) {
  return fmt::format("{}/serverless/v1/Services/{}/{}", account_sid, service_sid, kind);
}

std::string environment_scope(std::string_view account_sid, std::string_view service_sid,
                              std::string_view environment_sid, std::string_view kind) {
  return fmt::format("{}/serverless/v1/Services/{}/Environments/{}/{}", account_sid, service_sid, environment_sid,
                     kind);
}

std::string versions_scope(std::string_view account_sid, std::string_view service_sid, std::string_view kind,
                           std::string_view sid) {
  return fmt::format("{}/serverless/v1/Services/{}/{}/{}/Versions", account_sid, service_sid, kind, sid);
}

std::string names_scope(std::string_view scope) { return fmt::format("{}#unique", scope); }

store::RecordPtr make_domain(std::string_view domain, std::string_view account_sid, std::string_view service_sid,
                             std::string_view environment_sid) {
  return make_name(
      domain, wire_json(json::object{
                  {"account_sid", account_sid}, {"service_sid", service_sid}, {"environment_sid", environment_sid}}));
}

std::string domain_of(const Stored& environment) {
  constexpr std::string_view kSuffix = ".twil.io";
  std::string domain = environment.text("domain_name");
  if (domain.ends_with(kSuffix)) domain.resize(domain.size() - kSuffix.size());
  return domain;
}

store::RecordPtr make_record(std::string id, const Stored& stored, std::vector<store::Term> terms) {
  std::string value = wire_json(stored.shown);
  if (!stored.hidden.empty()) {
    value += '\0';
    append_wire_json(value, stored.hidden);
  }
  return std::make_shared<const store::Record>(
      store::Record{.id = std::move(id), .value = std::move(value), .terms = std::move(terms)});
}

store::RecordPtr make_name(std::string_view name, std::string_view sid) {
  return std::make_shared<const store::Record>(
      store::Record{.id = std::string(name), .value = std::string(sid), .terms = {}});
}

std::string_view shown_text(const store::Record& record) {
  return std::string_view(record.value).substr(0, record.value.find('\0'));
}

Stored read_record(const store::Record& record) {
  const std::string_view shown = shown_text(record);
  Stored out{.shown = stored_object(shown), .hidden = {}};
  if (shown.size() < record.value.size()) {
    out.hidden = stored_object(std::string_view(record.value).substr(shown.size() + 1));
  }
  return out;
}

}  // namespace dialtone::functions
