#pragma once
// Silent network authentication: the user's phone opens an address over its mobile data, and the network says whose SIM
// that is; no code is typed. Here a handset opens it, by the control API. Source: Verify v2, SNA; error dictionary,
// 60500, 60519, 60531.

#include <string>

#include "verify/verifications.hpp"

namespace dialtone::verify {

namespace sna {
inline constexpr ErrorRow kOtherPhone{60500, 0, "SNA Phone Number Mismatch"};
inline constexpr ErrorRow kPending{60519, 0, "SNA Verification Result Pending"};
inline constexpr ErrorRow kNoCarrier{60531, 0, "SNA Carrier Not Detected"};
}  // namespace sna

/// The address of an attempt, and in the transaction what finds the verification by it.
std::string add_sna_address(store::Transaction& transaction, const Verification& verification, std::string_view token,
                            std::string_view base_url);

struct SnaAddress {
  std::string account_sid;
  std::string token;
};
/// Nothing for another address.
std::optional<SnaAddress> read_sna_address(std::string_view url);

}  // namespace dialtone::verify
