#pragma once
// What the program and a worker say to each other: frames of u32 size (of what follows), u8 kind, and the rest by kind,
// all little-endian. The other side is runtime/node/channel.cjs, which lists them. What comes from a worker is whatever
// its functions make of it, so it is read as any bytes from outside are.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "functions/deployed.hpp"

namespace dialtone::functions::frames {

inline constexpr std::size_t kFrameBytesMax =
    6 * 1024 * 1024;  ///< a response of 4 MB, and then some to say it is too large
inline constexpr std::size_t kAnswerHeadersMax = 1000;
inline constexpr std::size_t kSidBytes = 34;

/// How the body of an answer is meant; all but the first say the content type.
enum class Form : std::uint8_t { kHeaders = 0, kText = 1, kXml = 2, kJson = 3 };

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The views live as long as the bytes they were read from.
struct Answer {
  std::uint32_t id = 0;
  int status = 0;
  Form form = Form::kText;
  Headers headers;
  std::string_view body;
};
struct Log {
  LogLine::Level level = LogLine::Level::kInfo;
  std::uint16_t function = 0;
  std::string_view request_sid;
  std::string_view text;
};
struct Pong {
  std::uint32_t number = 0;
  std::uint32_t megabytes = 0;  ///< of memory that the worker says it has
};
struct Ready {
  std::string_view told;  ///< JSON
};
using FromWorker = std::variant<Answer, Log, Pong, Ready>;

/// Size of the frame that `bytes` begin with, its size field included; 0 when more is needed to know. An error when no
/// worker sends such a frame.
std::expected<std::size_t, std::string_view> frame_size(std::string_view bytes);

/// Reads one whole frame, without its size field.
std::expected<FromWorker, std::string_view> parse(std::string_view frame);

void append_load(std::string& out, std::string_view told);
void append_variables(std::string& out, std::string_view told);
/// The rest of the frame is the event, which the caller appends; end_invoke() with what begin_invoke() gave closes it.
[[nodiscard]] std::size_t begin_invoke(std::string& out, std::uint32_t id, std::uint16_t function,
                                       std::string_view request_sid);
void end_invoke(std::string& out, std::size_t begin);
void append_ping(std::string& out, std::uint32_t number);

}  // namespace dialtone::functions::frames
