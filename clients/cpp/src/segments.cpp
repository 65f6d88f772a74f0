#include "twilio/segments.hpp"

#include "messaging/segments.hpp"

namespace twilio {

namespace server = dialtone::messaging;  // the program counts by the same code

Segments count_segments(std::string_view text) {
  server::Segments cut = server::segments(text);
  Segments out;
  out.encoding = cut.encoding == server::Encoding::kGsm7 ? Segments::Encoding::kGsm7 : Segments::Encoding::kUcs2;
  out.units = cut.units;
  out.parts.assign(cut.pieces.begin(), cut.pieces.end());
  return out;
}

std::string smart_encode(std::string_view text) { return server::smart_encode(text); }

}  // namespace twilio
