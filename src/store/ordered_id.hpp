#pragma once
// How an id stands in an ordered index: a SID with its two letters last, so that "SM…" and "MM…" of one list stand by
// age. Other ids stand as they are; one that looks like a turned SID is marked, so that each id has a place of its own.

#include <string>
#include <string_view>

#include "base/sid.hpp"

namespace dialtone::store {

inline constexpr char kPlainMark = '\x01';

/// True for 32 hex digits and two capital letters.
[[nodiscard]] inline bool is_turned_sid(std::string_view text) {
  if (text.size() != kSidLength) return false;
  std::string sid(text.substr(kSidLength - 2));
  sid += text.substr(0, kSidLength - 2);
  return is_sid(sid);
}

inline void append_ordered_id(std::string& out, std::string_view id) {
  if (is_sid(id)) {
    out += id.substr(2);
    out += id.substr(0, 2);
    return;
  }
  if (is_turned_sid(id) || id.starts_with(kPlainMark)) out += kPlainMark;
  out += id;
}

[[nodiscard]] inline std::string ordered_id(std::string_view id) {
  std::string out;
  out.reserve(id.size() + 1);
  append_ordered_id(out, id);
  return out;
}

[[nodiscard]] inline std::string id_of_ordered(std::string_view ordered) {
  if (ordered.starts_with(kPlainMark)) return std::string(ordered.substr(1));
  if (!is_turned_sid(ordered)) return std::string(ordered);
  std::string out(ordered.substr(kSidLength - 2));
  out += ordered.substr(0, kSidLength - 2);
  return out;
}

}  // namespace dialtone::store
