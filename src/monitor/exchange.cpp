#include "monitor/exchange.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.hpp"

namespace dialtone::monitor {
namespace {

bool is_ascii(std::string_view bytes) {
  unsigned char all = 0;
  for (const char c : bytes) all = static_cast<unsigned char>(all | static_cast<unsigned char>(c));
  return all < 0x80;
}

/// Writes the members of objects and the elements of arrays one after the other, with the commas between.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
    return *this;
  }
  Writer& close(char bracket) {
    out_ += bracket;
    first_ = false;
    return *this;
  }
  Writer& key(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\": ";
    first_ = true;  // no comma between it and its value
    return *this;
  }
  Writer& text(std::string_view value) {
    separate();
    append_json_string(out_, value);
    return *this;
  }
  Writer& bytes(std::string_view value) { return is_ascii(value) ? text(value) : text(printable(value)); }
  Writer& number(std::int64_t value) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", value);
    return *this;
  }
  Writer& word(std::string_view value) {
    separate();
    out_ += value;
    return *this;
  }
  Writer& flag(bool value) { return word(value ? "true" : "false"); }

  Writer& headers(const webhook::Headers& headers) {
    open('[');
    for (const auto& [name, value] : headers) open('[').bytes(name).bytes(value).close(']');
    return close(']');
  }

 private:
  void separate() {
    if (!first_) out_ += ", ";
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

void write_hop(Writer& out, const webhook::Hop& hop) {
  out.open('{');
  out.key("request").open('{');
  out.key("method").text(hop.method).key("url").bytes(hop.url).key("headers").headers(hop.request_headers);
  out.key("body").bytes(hop.request_body).close('}');
  out.key("response").open('{');
  out.key("status").number(hop.status).key("headers").headers(hop.response_headers);
  out.key("body").bytes(hop.response_body).key("truncated").flag(hop.truncated).close('}');
  out.key("kept_connection").flag(hop.kept_connection);
  out.key("from_cache").flag(hop.from_cache);
  out.key("timing").open('{').key("started_at").text(iso8601_precise(hop.timing.started_at));
  for (const auto& [name, duration] : {std::pair{"dns_us", hop.timing.dns},
                                       {"connect_us", hop.timing.connect},
                                       {"tls_us", hop.timing.tls},
                                       {"first_byte_us", hop.timing.first_byte},
                                       {"total_us", hop.timing.total}}) {
    out.key(name).number(duration.count());
  }
  out.close('}').close('}');
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  std::size_t i = 0;
  while (i < bytes.size()) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (lead >= 0xf5) length = 0;
    bool valid = length > 0 && i + length <= bytes.size();
    for (std::size_t k = 1; valid && k < length; ++k) valid = (static_cast<unsigned char>(bytes[i + k]) & 0xc0) == 0x80;
    if (valid) {
      out.append(bytes, i, length);
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
  return out;
}

std::string exchange_json(const webhook::Exchange& exchange, const ExchangeLabel& label) {
  std::string text;
  text.reserve(2048);
  Writer out(text);
  out.open('{').key("ok").flag(exchange.ok());
  out.key("error_code");
  exchange.error ? out.number(exchange.error->code) : out.word("null");
  out.key("error_message");
  exchange.error ? out.bytes(exchange.error->message) : out.word("null");
  out.key("hops").open('[');
  for (const webhook::Hop& hop : exchange.hops) write_hop(out, hop);
  out.close(']');
  out.key("sid").text(label.sid).key("account_sid").text(label.account_sid);
  out.key("subject").text(label.subject).key("purpose").text(label.purpose);
  out.key("date_created").text(iso8601_precise(label.at)).close('}');
  return text;
}

}  // namespace dialtone::monitor
