#pragma once
// Packed bytes: what is written to disk is alike from message to message, and LZ4 makes a tenth of it in less time than
// the disk would need for the rest.

#include <string>
#include <string_view>

namespace dialtone::store {

/// Appends `plain` packed: its size as a number (codec.hpp), then an LZ4 block.
void append_packed(std::string& out, std::string_view plain);
/// Throws std::runtime_error when the bytes are not what append_packed() made.
std::string unpack(std::string_view packed);

}  // namespace dialtone::store
