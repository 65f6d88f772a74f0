#pragma once
// A run is a row that holds neighbours: the records of a scope in the order of their ids, or the ids that have a term.
// What belongs together is written, packed and read together; a row for each would cost ten times as much.

#include <string>
#include <string_view>
#include <vector>

#include "store/codec.hpp"

namespace dialtone::store {

inline constexpr std::size_t kRunBytesMax = 8 << 10;  ///< before it is packed; one larger item is a run of its own

struct Item {
  std::string_view id;       ///< as it is ordered
  std::string_view payload;  ///< of a record: ChangeReader::record; of an id that has a term: nothing
  [[nodiscard]] std::size_t size() const { return id.size() + payload.size() + 4; }
};

inline void append_item(std::string& out, const Item& item) { Encoder(out).texts({item.id, item.payload}); }

/// The items of an unpacked run, shown where they lie. Throws std::runtime_error when they are damaged.
[[nodiscard]] inline std::vector<Item> items_of(std::string_view plain) {
  std::vector<Item> items;
  for (Decoder in(plain); !in.at_end();) {
    const auto id = in.text();
    items.push_back({.id = id, .payload = in.text()});
  }
  return items;
}

}  // namespace dialtone::store
