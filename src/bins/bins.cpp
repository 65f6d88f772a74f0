#include "bins/bins.hpp"

#include <array>

#include <fmt/format.h>

#include "bins/template.hpp"
#include "twiml/document.hpp"

namespace dialtone::bins {
namespace {

constexpr std::size_t kBinsMax = 1000;
constexpr std::string_view kPath = "/twiml/";
constexpr std::array<std::string_view, 20> kVerbs{
    "Connect", "Dial",   "Enqueue",  "Gather", "Hangup", "Leave", "Message", "Pause", "Pay",   "Play",
    "Prompt",  "Record", "Redirect", "Refer",  "Reject", "Say",   "Siprec",  "Sms",   "Start", "Stop"};

std::string scope_of(std::string_view account_sid) { return fmt::format("{}/dialtone/Bins", account_sid); }

Result<> check(const json::object& bin) {
  const std::string_view name = text_of(bin, "friendly_name");
  if (name.empty() || name.size() > kNameBytesMax)
    return fail({errors::kBadRequest, fmt::format("friendly_name must have 1 to {} bytes", kNameBytesMax)});
  for (const Finding& finding : examine(text_of(bin, "twiml"))) {
    if (finding.error) return fail({errors::kBadRequest, finding.text});
  }
  return {};
}

net::Response refusal(int status, std::string text) {
  return net::Response::text(status, std::move(text), "text/plain; charset=utf-8");
}

}  // namespace

std::vector<Finding> examine(std::string_view twiml) {
  std::vector<Finding> out;
  if (twiml.size() > kTwimlBytesMax) {
    out.push_back({.error = true, .text = fmt::format("A bin holds at most {} bytes", kTwimlBytesMax)});
    return out;
  }
  const auto document = twiml::parse(twiml);
  if (!document) {
    const std::string& text = document.error().message;
    int line = 0;
    if (const std::size_t at = text.find("line "); at != std::string::npos) line = std::atoi(text.c_str() + at + 5);
    out.push_back({.line = line, .error = true, .text = text});
    return out;
  }
  if (const auto rendered = render(twiml, {}); !rendered)
    out.push_back({.error = true, .text = rendered.error().message});
  for (const twiml::Element& verb : document->root.children) {
    if (std::ranges::find(kVerbs, verb.name) == kVerbs.end())
      out.push_back({.line = verb.line, .text = fmt::format("<{}> is no verb of TwiML and is skipped", verb.name)});
  }
  return out;
}

Task<std::vector<json::object>> Bins::list(std::string account_sid) {
  std::vector<json::object> out;
  for (const auto& row : co_await services_.ledger.store().list({.scope = scope_of(account_sid), .limit = kBinsMax}))
    out.push_back(stored_object(row->value));
  co_return out;
}

Task<Result<json::object>> Bins::fetch(std::string account_sid, std::string sid) {
  const auto record = co_await services_.ledger.store().get(scope_of(account_sid), sid);
  if (!record) co_return fail({errors::kNotFound, fmt::format("There is no TwiML Bin {}", sid)});
  co_return stored_object(record->value);
}

Task<Result<json::object>> Bins::save(json::object bin, bool is_new) {
  DT_CO_CHECK(check(bin));
  const std::string account(text_of(bin, "account_sid"));
  const std::string sid(text_of(bin, "sid"));
  bin["date_updated"] = iso8601(services_.clock.now());
  store::Transaction transaction;
  transaction.put(scope_of(account), sid, wire_json(bin));
  if (is_new) transaction.put(kOwnersScope, sid, account);
  transaction.journal({.at = services_.clock.now(),
                       .kind = "bin.changed",
                       .account = account,
                       .subject = sid,
                       .data = wire_json({{"friendly_name", bin["friendly_name"]}})});
  DT_CO_CHECK(co_await services_.ledger.finish(std::move(transaction)));
  co_return bin;
}

Task<Result<json::object>> Bins::create(std::string account_sid, std::string name, std::string twiml) {
  const std::string sid = services_.sids.make("EH");
  json::object bin{{"sid", sid},
                   {"account_sid", account_sid},
                   {"friendly_name", name},
                   {"twiml", twiml},
                   {"url", fmt::format("https://{}{}{}", kHost, kPath, sid)},
                   {"date_created", iso8601(services_.clock.now())}};
  co_return co_await save(std::move(bin), true);
}

Task<Result<json::object>> Bins::update(std::string account_sid, std::string sid, std::optional<std::string> name,
                                        std::optional<std::string> twiml) {
  DT_CO_TRY(json::object bin, co_await fetch(std::move(account_sid), std::move(sid)));
  if (name) bin["friendly_name"] = *name;
  if (twiml) bin["twiml"] = *twiml;
  co_return co_await save(std::move(bin), false);
}

Task<Result<>> Bins::remove(std::string account_sid, std::string sid) {
  DT_CO_CHECK(co_await fetch(account_sid, sid));
  store::Transaction transaction;
  transaction.erase(scope_of(account_sid), sid);
  transaction.erase(kOwnersScope, sid);
  transaction.journal({.at = services_.clock.now(),
                       .kind = "bin.changed",
                       .account = account_sid,
                       .subject = sid,
                       .data = "{\"removed\": true}"});
  co_return co_await services_.ledger.finish(std::move(transaction));
}

Task<> Bins::erase(store::Transaction& transaction, std::string account_sid) {
  for (const json::object& bin : co_await list(account_sid))
    transaction.erase(kOwnersScope, std::string(text_of(bin, "sid")));
}

Task<net::Response> Bins::serve(const net::Request& request) {
  if (request.method != "GET" && request.method != "POST" && request.method != "HEAD")
    co_return refusal(405, "TwiML Bins answer GET and POST");
  const std::string_view target = request.target;
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  const std::string sid(path.starts_with(kPath) ? path.substr(kPath.size()) : std::string_view{});
  auto& store = services_.ledger.store();
  const auto owner = is_sid(sid, "EH") ? co_await store.get(kOwnersScope, sid) : nullptr;
  const auto record = owner ? co_await store.get(scope_of(owner->value), sid) : nullptr;
  if (!record) co_return refusal(404, fmt::format("There is no TwiML Bin at {}", path));
  FormPairs params;
  // What the request says comes before what the URL says, as it is put in where both do.
  for (const std::string_view text : {request.method == "POST" ? std::string_view(request.body) : std::string_view{},
                                      mark < target.size() ? target.substr(mark + 1) : std::string_view{}}) {
    auto pairs = form_decode(text);
    if (!pairs) co_return refusal(400, pairs.error().message);
    params.insert(params.end(), std::make_move_iterator(pairs->begin()), std::make_move_iterator(pairs->end()));
  }
  auto rendered = render(text_of(stored_object(record->value), "twiml"), params);
  if (!rendered) co_return refusal(500, rendered.error().message);
  co_return net::Response::text(200, std::move(*rendered), "text/xml; charset=utf-8");
}

}  // namespace dialtone::bins
