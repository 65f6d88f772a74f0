#pragma once
// Pictures and files of a message, as resources of their own. The bytes stay where their URL points; the resource's
// address leads there.

#include <string>
#include <vector>

#include "messaging/message.hpp"
#include "rest/context.hpp"

namespace dialtone::messaging {

/// Adds a Media resource for `url` to a transaction.
void add_media(store::Transaction& transaction, rest::Services& services, const Message& message,
               const std::string& url);

/// The SIDs of a message's media, in order.
Task<std::vector<std::string>> media_sids(rest::Services& services, const Message& message);

/// By the URL's extension; image/jpeg when it tells nothing.
std::string content_type_of(std::string_view url);

}  // namespace dialtone::messaging
