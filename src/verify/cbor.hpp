#pragma once
// CBOR (RFC 8949) as authenticators write it: items of definite length, read whole.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dialtone::verify::cbor {

inline constexpr int kDepthMax = 8;
inline constexpr std::size_t kItemsMax = 1000;

struct Item {
  enum class Type : std::uint8_t { kInteger, kBytes, kText, kArray, kMap, kOther };
  Type type = Type::kOther;
  std::int64_t integer = 0;
  std::string bytes = {};  ///< of bytes and texts
  std::vector<Item> items = {};
  std::vector<std::pair<Item, Item>> members = {};

  /// The member of a map by its number or name; null when there is none.
  [[nodiscard]] const Item* find(std::int64_t key) const;
  [[nodiscard]] const Item* find(std::string_view key) const;
};

/// Takes one item from the front of `bytes`; nothing when it is damaged, too deep or too large.
std::optional<Item> take(std::string_view& bytes);

}  // namespace dialtone::verify::cbor
