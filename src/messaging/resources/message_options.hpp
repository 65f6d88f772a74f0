#pragma once
// What a request to send a message may say beside To, From and Body.

#include "messaging/messenger.hpp"
#include "rest/context.hpp"

namespace dialtone::messaging::resources {

/// Reads the parameters into a draft. What is wrong with them becomes its option_error, for other things are told
/// first.
Task<> read_message_options(Messenger& messenger, const rest::Context& context, Draft& draft);

}  // namespace dialtone::messaging::resources
