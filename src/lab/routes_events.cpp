#include <charconv>

#include "lab/routes.hpp"
#include "net/sse.hpp"

namespace dialtone::lab::routes {
namespace {

constexpr std::size_t kBatchMax = 500;
constexpr std::chrono::milliseconds kKeepAlive = std::chrono::seconds(15);

std::optional<std::uint64_t> position(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string render(const store::EntryView& entry) {
  std::string out = "{\"position\": ";
  out += std::to_string(entry.position);
  out += ", \"at\": \"";
  out += iso8601_precise(entry.at);
  out += "\", \"kind\": ";
  append_json_string(out, entry.kind);
  out += ", \"account\": ";
  append_json_string(out, entry.account);
  out += ", \"subject\": ";
  append_json_string(out, entry.subject);
  out += ", \"data\": ";
  out += entry.data.empty() ? "{}" : entry.data;
  out += '}';
  return out;
}

/// Reads on from the store whenever something was committed, so a slow reader costs no memory.
Task<> follow(net::Writer& writer, rest::Services& services, const Tenants& tenants, rest::AccountPtr reader,
              std::string kind, std::uint64_t after) {
  auto news = std::make_shared<Event>(services.executor);
  const auto id = services.ledger.subscribe([&news](const store::EntryView&) { news->set(); });
  struct Leave {
    store::Ledger& ledger;
    std::uint64_t id;
    ~Leave() { ledger.unsubscribe(id); }
  } leave{services.ledger, id};
  writer.on_gone([&news] { news->set(); });
  if (!co_await writer.write(": connected\n\n")) co_return;
  while (!writer.gone()) {
    const auto entries = co_await services.ledger.store().journal(after, kBatchMax);
    std::string out;
    for (const auto& entry : entries) {
      after = entry.position;
      if (!kind.empty() && !entry.kind.starts_with(kind)) continue;
      if (!tenants.may_read(*reader, entry.account)) continue;
      net::append_sse(out, {.id = std::to_string(entry.position), .event = entry.kind, .data = render(entry)});
    }
    if (!out.empty() && !co_await writer.write(out)) co_return;
    if (!entries.empty()) continue;
    if (services.ledger.store().last_position() > after) continue;
    const bool told = co_await news->wait(kKeepAlive);
    if (told) {
      news = std::make_shared<Event>(services.executor);
    } else if (!co_await writer.write(net::kSseKeepAlive)) {
      co_return;
    }
  }
}

}  // namespace

void events(Control& control, rest::Services& services, const Tenants& tenants) {
  control.add("GET", "/events", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    std::uint64_t after = services.ledger.store().last_position();
    std::string_view from = request.http.header("Last-Event-ID");
    if (from.empty()) from = request.query.get("after");
    if (!from.empty()) {
      const auto given = position(from);
      if (!given) co_return fail({errors::kBadRequest, "Last-Event-ID must be a position of the journal"});
      after = *given;
    }
    net::Response response;
    response.header("Content-Type", "text/event-stream");
    response.header("Cache-Control", "no-store");
    response.stream = [&services, &tenants, reader = request.principal.account,
                       kind = std::string(request.query.get("kind")),
                       after](net::Writer& writer) { return follow(writer, services, tenants, reader, kind, after); };
    co_return response;
  });
}

}  // namespace dialtone::lab::routes
