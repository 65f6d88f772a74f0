#pragma once
// The answer that the bare servers give: a message resource as the API renders it.

#include <string_view>

namespace dialtone::bench {

inline constexpr std::string_view kMessageJson =
    R"({"body": "Ahoy!", "num_segments": "1", "direction": "outbound-api", "from": "+15550100001", )"
    R"("date_updated": "Thu, 24 Aug 2023 05:01:45 +0000", "price": null, "error_message": null, )"
    R"("uri": "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages/SM00000000000000000000000000000001.json", )"
    R"("account_sid": "AC00000000000000000000000000000001", "num_media": "0", "to": "+15550100002", )"
    R"("date_created": "Thu, 24 Aug 2023 05:01:45 +0000", "status": "queued", )"
    R"("sid": "SM00000000000000000000000000000001", "date_sent": null, "messaging_service_sid": null, )"
    R"("error_code": null, "price_unit": "USD", "api_version": "2010-04-01", "subresource_uris": )"
    R"({"media": "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages/SM00000000000000000000000000000001/Media.json"}})";

}  // namespace dialtone::bench
