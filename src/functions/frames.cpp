#include "functions/frames.hpp"

namespace dialtone::functions::frames {
namespace {

constexpr std::size_t kSizeBytes = 4;

template <typename Number>
void append_number(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
}

/// Reads from the front of a text; after a read past its end everything is 0 and `short_of` true.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::size_t size) {
    if (size > rest_.size()) {
      short_ = true;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  template <typename Number>
  Number number() {
    std::uint64_t out = 0;
    const auto bytes = take(sizeof(Number));
    for (std::size_t i = 0; i < bytes.size(); ++i)
      out |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return static_cast<Number>(out);
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool short_of() const { return short_; }

 private:
  std::string_view rest_;
  bool short_ = false;
};

std::expected<FromWorker, std::string_view> parse_answer(Reader in) {
  Answer answer;
  answer.id = in.number<std::uint32_t>();
  answer.status = in.number<std::uint16_t>();
  const auto form = in.number<std::uint8_t>();
  if (in.short_of()) return std::unexpected("an answer that ends early");
  if (answer.status < 200 || answer.status > 599) return std::unexpected("an answer with no status of HTTP");
  if (form > static_cast<std::uint8_t>(Form::kJson)) return std::unexpected("an answer of no known form");
  answer.form = static_cast<Form>(form);
  if (answer.form == Form::kHeaders) {
    const std::size_t count = in.number<std::uint16_t>();
    if (count > kAnswerHeadersMax) return std::unexpected("an answer with too many headers");
    for (std::size_t i = 0; i < count && !in.short_of(); ++i) {
      const auto name_size = in.number<std::uint16_t>();
      const auto value_size = in.number<std::uint32_t>();
      const auto name = in.take(name_size);
      answer.headers.emplace_back(name, in.take(value_size));
    }
    if (in.short_of()) return std::unexpected("headers that end early");
  }
  answer.body = in.rest();
  return answer;
}

std::expected<FromWorker, std::string_view> parse_log(Reader in) {
  Log line;
  const auto level = in.number<std::uint8_t>();
  line.function = in.number<std::uint16_t>();
  line.request_sid = in.take(kSidBytes);
  if (in.short_of()) return std::unexpected("a log line that ends early");
  if (level > static_cast<std::uint8_t>(LogLine::Level::kError)) return std::unexpected("a log line of no known level");
  line.level = static_cast<LogLine::Level>(level);
  line.text = in.rest();
  return line;
}

void append_text_frame(std::string& out, char kind, std::string_view text) {
  append_number(out, static_cast<std::uint32_t>(1 + text.size()));
  out += kind;
  out += text;
}

}  // namespace

std::expected<std::size_t, std::string_view> frame_size(std::string_view bytes) {
  if (bytes.size() < kSizeBytes) return 0;
  const auto size = Reader(bytes).number<std::uint32_t>();
  if (size == 0) return std::unexpected("an empty frame");
  if (size > kFrameBytesMax) return std::unexpected("a frame that is too large");
  return kSizeBytes + size;
}

std::expected<FromWorker, std::string_view> parse(std::string_view frame) {
  Reader in(frame);
  switch (in.number<char>()) {
    case 'A':
      return parse_answer(in);
    case 'G':
      return parse_log(in);
    case 'O': {
      Pong pong;
      pong.number = in.number<std::uint32_t>();
      pong.megabytes = in.number<std::uint32_t>();
      if (in.short_of()) return std::unexpected("a pong that ends early");
      return pong;
    }
    case 'R':
      return Ready{in.rest()};
    default:
      return std::unexpected("a frame of no known kind");
  }
}

void append_load(std::string& out, std::string_view told) { append_text_frame(out, 'L', told); }
void append_variables(std::string& out, std::string_view told) { append_text_frame(out, 'V', told); }

std::size_t begin_invoke(std::string& out, std::uint32_t id, std::uint16_t function, std::string_view request_sid) {
  const std::size_t begin = out.size();
  append_number(out, std::uint32_t{0});
  out += 'I';
  append_number(out, id);
  append_number(out, function);
  out += request_sid;
  return begin;
}

void end_invoke(std::string& out, std::size_t begin) {
  const auto size = static_cast<std::uint32_t>(out.size() - begin - kSizeBytes);
  for (std::size_t i = 0; i < kSizeBytes; ++i) out[begin + i] = static_cast<char>(size >> (8 * i) & 0xff);
}

void append_ping(std::string& out, std::uint32_t number) {
  append_number(out, std::uint32_t{5});
  out += 'P';
  append_number(out, number);
}

}  // namespace dialtone::functions::frames
