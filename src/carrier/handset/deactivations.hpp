#pragma once
// Numbers of the United States whose phones are gone, by day: a handset that is removed stands in the report of that
// day, as a number does that a carrier took from its subscriber. Source: Messaging v1, Deactivations.

#include <string>
#include <string_view>
#include <vector>

#include "carrier/handset/handsets.hpp"
#include "rest/engine.hpp"

namespace dialtone::carrier::handset {

inline constexpr std::chrono::minutes kReportUrlLifetime{2};

/// A removed phone's number goes into its day's report. `owner`: of the space; empty for shared phones.
void add_deactivation(store::Transaction& transaction, std::string_view owner, std::string_view number, TimePoint now);

/// The report of a day (`2026-11-25`), a number a line; `owner` as above.
Task<std::string> deactivation_report(store::Store& store, std::string owner, std::string date);

/// Where the program serves the account's report of that day for kReportUrlLifetime, below its own host.
std::string report_path(const rest::Account& account, std::string_view date, TimePoint now);
bool is_report_signed(const rest::Account& account, std::string_view date, const rest::Fields& query, TimePoint now);

/// GET /v1/Deactivations leads there.
void add_deactivations(rest::Engine& engine, rest::Services& services);

}  // namespace dialtone::carrier::handset
