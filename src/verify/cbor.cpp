#include "verify/cbor.hpp"

namespace dialtone::verify::cbor {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view& bytes) : bytes_(bytes) {}

  std::optional<Item> item(int depth) {
    if (bytes_.empty() || depth > kDepthMax || ++count_ > kItemsMax) return std::nullopt;
    const auto head = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    const auto argument = number(head & 31);
    if (!argument) return std::nullopt;
    switch (head >> 5) {
      case 0:
      case 1:
        if (*argument > INT64_MAX) return std::nullopt;
        return Item{.type = Item::Type::kInteger,
                    .integer = head >> 5 == 0 ? static_cast<std::int64_t>(*argument)
                                              : -1 - static_cast<std::int64_t>(*argument)};
      case 2:
      case 3: {
        if (*argument > bytes_.size()) return std::nullopt;
        Item out{.type = head >> 5 == 2 ? Item::Type::kBytes : Item::Type::kText,
                 .bytes = std::string(bytes_.substr(0, *argument))};
        bytes_.remove_prefix(*argument);
        return out;
      }
      case 4:
        return array(*argument, depth);
      case 5:
        return map(*argument, depth);
      case 6:
        return item(depth + 1);  // what a tag says is not asked for
      default:
        return Item{.type = Item::Type::kOther, .integer = head & 31};
    }
  }

 private:
  /// The argument of a head: in its lower bits, or in the bytes after it.
  std::optional<std::uint64_t> number(unsigned low) {
    if (low < 24) return low;
    if (low > 27) return std::nullopt;
    const std::size_t size = std::size_t{1} << (low - 24);
    if (bytes_.size() < size) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes_[i]);
    bytes_.remove_prefix(size);
    return value;
  }

  std::optional<Item> array(std::uint64_t size, int depth) {
    if (size > kItemsMax) return std::nullopt;
    Item out{.type = Item::Type::kArray};
    for (std::uint64_t i = 0; i < size; ++i) {
      auto each = item(depth + 1);
      if (!each) return std::nullopt;
      out.items.push_back(std::move(*each));
    }
    return out;
  }

  std::optional<Item> map(std::uint64_t size, int depth) {
    if (size > kItemsMax) return std::nullopt;
    Item out{.type = Item::Type::kMap};
    for (std::uint64_t i = 0; i < size; ++i) {
      auto key = item(depth + 1);
      auto value = key ? item(depth + 1) : std::nullopt;
      if (!value) return std::nullopt;
      out.members.emplace_back(std::move(*key), std::move(*value));
    }
    return out;
  }

  std::string_view& bytes_;
  std::size_t count_ = 0;
};

}  // namespace

const Item* Item::find(std::int64_t key) const {
  for (const auto& [name, value] : members) {
    if (name.type == Type::kInteger && name.integer == key) return &value;
  }
  return nullptr;
}

const Item* Item::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name.type == Type::kText && name.bytes == key) return &value;
  }
  return nullptr;
}

std::optional<Item> take(std::string_view& bytes) { return Reader(bytes).item(0); }

}  // namespace dialtone::verify::cbor
