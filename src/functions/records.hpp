#pragma once
// How services and what is in them are kept. A record's value is what the API shows; what only we know follows after a
// NUL, as JSON too. Scopes are those of the generic behaviour: `AC…/serverless/v1/Services/ZS…/Builds`.

#include <string>
#include <string_view>

#include "rest/context.hpp"

namespace dialtone::functions {

struct Stored {
  json::object shown;
  json::object hidden;

  [[nodiscard]] std::string text(std::string_view name) const { return std::string(text_of(shown, name)); }
};

/// Of `AC…`: where its services are.
std::string services_scope(std::string_view account_sid);
/// `kind`: "Builds", "Environments", "Functions", "Assets".
std::string service_scope(std::string_view account_sid, std::string_view service_sid, std::string_view kind);
/// `kind`: "Variables", "Deployments", "Logs".
std::string environment_scope(std::string_view account_sid, std::string_view service_sid,
                              std::string_view environment_sid, std::string_view kind);
/// Versions of a function or an asset; `kind`: "Functions" or "Assets".
std::string versions_scope(std::string_view account_sid, std::string_view service_sid, std::string_view kind,
                           std::string_view sid);
/// Unique names of a scope's records: id is the name, value the SID.
std::string names_scope(std::string_view scope);
/// All domains, over all accounts: id is the domain without ".twil.io", value says whose it is. A service has its base
/// from the beginning; the environment without a suffix answers at it.
inline constexpr std::string_view kDomainsScope = "system/FunctionDomains";
store::RecordPtr make_domain(std::string_view domain, std::string_view account_sid, std::string_view service_sid,
                             std::string_view environment_sid);
/// The domain of an environment without ".twil.io".
std::string domain_of(const Stored& environment);

store::RecordPtr make_record(std::string id, const Stored& stored, std::vector<store::Term> terms = {});
store::RecordPtr make_name(std::string_view name, std::string_view sid);
Stored read_record(const store::Record& record);
/// What the API shows, as it lies in the record.
std::string_view shown_text(const store::Record& record);

}  // namespace dialtone::functions
