#pragma once
// The TwiML verbs for messages; each is one file beside this one, named after its function.

#include <array>

#include "messaging/reply.hpp"

namespace dialtone::messaging::verbs {

Verb message();
Verb redirect();
Verb sms();

inline std::array<Verb, 3> all() { return {message(), redirect(), sms()}; }

}  // namespace dialtone::messaging::verbs
