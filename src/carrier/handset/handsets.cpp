#include "carrier/handset/handsets.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/e164.hpp"
#include "carrier/handset/deactivations.hpp"
#include "messaging/errors.hpp"

namespace dialtone::carrier::handset {
namespace {

constexpr ErrorRow kTaken{20409, 409, "The number is taken"};
constexpr ErrorRow kNoHandset{20404, 404, "There is no such handset"};

/// A channel's address ends with the phone's number: `whatsapp:+1…`.
std::string_view phone_of(std::string_view address) {
  const std::size_t colon = address.find(':');
  return colon == std::string_view::npos ? address : address.substr(colon + 1);
}

/// What a message of a channel shows on a map. SMS and MMS have none.
std::optional<messaging::Location> location_of(const messaging::Message& message) {
  if (message.actions.empty() || phone_of(message.to).size() == message.to.size()) return std::nullopt;
  return messaging::parse_location(message.actions.front());
}

bool fits(const json::object& message, const MessageFilter& filter, std::optional<TimePoint> since) {
  if (filter.direction != "all" && text_of(message, "direction") != filter.direction) return false;
  if (!filter.from.empty() && text_of(message, "from") != filter.from) return false;
  if (!filter.contains.empty() && text_of(message, "body").find(filter.contains) == std::string_view::npos)
    return false;
  if (since) {
    const auto at = parse_time(text_of(message, "date"));
    if (!at || at->time <= *since) return false;
  }
  return true;
}

}  // namespace

std::string Handsets::Space::list_scope() const {
  return owner.empty() ? std::string(kHandsetsScope) : owner + "/dialtone/Handsets";
}

std::string Handsets::Space::scope(std::string_view number) const {
  std::string out = owner.empty() ? std::string("handsets/") : owner + "/dialtone/Handsets/";
  return out += number;
}

std::string Handsets::Space::files_of(std::string_view number) const {
  return owner.empty() ? fmt::format("phones/{}", number) : fmt::format("{}/phones/{}", owner, number);
}

Task<> Handsets::load() {
  if (listener_ == 0) {
    listener_ = services_.ledger.subscribe([this](const store::EntryView& entry) {
      if (auto& unsaved = space_of(entry.account).unsaved; !unsaved.empty() && entry.kind == "handset.created")
        unsaved.erase(std::string(entry.subject));
    });
  }
  spaces_.clear();
  shared_ = {};
  co_await load(shared_);
}

Task<> Handsets::load_space(std::string account_sid) {
  open_space(account_sid);
  co_await load(spaces_[account_sid]);
}

void Handsets::close_space(std::string_view account_sid) {
  if (const auto found = spaces_.find(account_sid); found != spaces_.end()) spaces_.erase(found);
}

Task<> Handsets::load(Space& space) {
  store::ListQuery query{.scope = space.list_scope(), .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      const json::object fields = stored_object(row->value);
      const auto created = parse_time(text_of(fields, "date_created"));
      space.handsets[row->id] = {.number = row->id,
                                 .name = std::string(text_of(fields, "name")),
                                 .created = created ? created->time : services_.clock.now()};
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
}

json::object Handsets::describe(const Handset& handset) const {
  json::object out;
  out["number"] = handset.number;
  out["name"] = handset.name;
  out["date_created"] = iso8601_precise(handset.created);
  return out;
}

void Handsets::put(store::Transaction& transaction, const Space& space, const Handset& handset) const {
  transaction.put(space.list_scope(), handset.number, wire_json(describe(handset)));
  transaction.journal({.at = services_.clock.now(),
                       .kind = "handset.created",
                       .account = space.owner,
                       .subject = handset.number,
                       .data = wire_json(describe(handset))});
}

json::object Handsets::add(store::Transaction& transaction, std::string number, std::string name,
                           std::string_view account) {
  Space& space = space_of(account);
  const Handset handset{.number = number,
                        .name = name.empty() ? fmt::format("Handset {}", space.handsets.size() + 1) : std::move(name),
                        .created = services_.clock.now()};
  put(transaction, space, handset);
  space.handsets[number] = handset;  // taken from now on, for others ask while this is written
  return describe(handset);
}

Task<Result<json::object>> Handsets::create(std::string number, std::string name, std::string account) {
  const auto& handsets = space_of(account).handsets;
  if (number.empty()) {
    int line = 5'550'100;
    do {
      number = fmt::format("+1415{}", line++);
    } while (handsets.contains(number) || receiver_->owns(number));
  }
  const auto parsed = E164::parse(number);
  if (!parsed) co_return fail({messaging::errors::kInvalidTo, fmt::format("{} is not a phone number", number)});
  number = parsed->str();
  if (handsets.contains(number)) co_return fail({kTaken, fmt::format("There is a handset {} already", number)});
  if (receiver_->owns(number)) co_return fail({kTaken, fmt::format("{} is a Twilio number of this program", number)});
  store::Transaction transaction;
  json::object made = add(transaction, number, std::move(name), account);
  const auto committed = co_await services_.ledger.commit(std::move(transaction));
  if (!committed) {
    space_of(account).handsets.erase(number);
    co_return fail(committed.error());
  }
  co_return made;
}

Task<Result<>> Handsets::remove(std::string number, std::string account) {
  const Space& space = space_of(account);
  if (!space.handsets.contains(number)) co_return fail(kNoHandset);
  store::Transaction transaction;
  transaction.erase(space.list_scope(), number);
  transaction.erase_tree(space.scope(number));
  transaction.journal({.at = services_.clock.now(),
                       .kind = "handset.removed",
                       .account = space.owner,
                       .subject = number,
                       .data = "{}"});
  add_deactivation(transaction, space.owner, number, services_.clock.now());
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  if (files_) files_->erase_owner(space_of(account).files_of(number));
  space_of(account).handsets.erase(number);
  co_return Result<>{};
}

std::vector<json::object> Handsets::list(std::string_view account) const {
  std::vector<json::object> out;
  for (const auto& [number, handset] : space_of(account).handsets) out.push_back(describe(handset));
  return out;
}

std::optional<json::object> Handsets::find(std::string_view number, std::string_view account) const {
  const auto& handsets = space_of(account).handsets;
  const auto found = handsets.find(number);
  return found == handsets.end() ? std::nullopt : std::optional(describe(found->second));
}

std::size_t Handsets::size() const {
  std::size_t count = shared_.handsets.size();
  for (const auto& [owner, space] : spaces_) count += space.handsets.size();
  return count;
}

std::string_view Handsets::keep(store::Transaction& transaction, const Space& space, std::string_view number,
                                std::string_view sid, std::string_view direction, const messaging::Arrival& arrival) {
  const TimePoint now = services_.clock.now();
  thread_local std::string data;
  data.clear();
  data += "{\"sid\": \"";
  data += sid;
  data += "\", \"direction\": \"";
  data += direction;
  data += "\", \"from\": ";
  append_json_string(data, arrival.from);
  data += ", \"to\": ";
  append_json_string(data, arrival.to);
  data += ", \"body\": ";
  append_json_string(data, arrival.body);
  data += ", \"media_urls\": ";
  if (arrival.media_urls.empty()) {
    data += "[]";
  } else {
    append_wire_json(data, json::value_from(arrival.media_urls));
  }
  if (!arrival.media.empty()) {
    json::array media;
    for (const messaging::MediaPart& part : arrival.media) {
      media.push_back(
          {{"content_type", part.content_type},
           {"size", part.size},
           {"url", fmt::format("/_dialtone/v1/handsets/{}/messages/{}/media/{}", number, sid, media.size())},
           {"hash", part.hash}});
    }
    data += ", \"media\": ";
    append_wire_json(data, media);
  }
  if (const auto& place = arrival.location) {
    data += ", \"location\": ";
    append_wire_json(
        data, json::object{{"latitude", place->latitude}, {"longitude", place->longitude}, {"label", place->label}});
  }
  data += ", \"date\": \"";
  data += iso8601_precise(now);
  data += "\"}";
  transaction.put(space.scope(number), sid, data);
  transaction.journal({.at = now,
                       .kind = direction == "inbound" ? "handset.received" : "handset.sent",
                       .account = space.owner,
                       .subject = number,
                       .data = data});
  return data;
}

Task<messaging::Report> Handsets::submit(const messaging::Message& message, store::Transaction& transaction) {
  return submit_from(message.account_sid, message, transaction);
}

Task<messaging::Report> Handsets::submit_from(std::string files, const messaging::Message& message,
                                              store::Transaction& transaction) {
  using Outcome = messaging::Report::Outcome;
  const std::string number(phone_of(message.to));
  const messaging::Arrival arrival{.from = message.from,
                                   .to = message.to,
                                   .body = message.body,
                                   .media_urls = message.media_urls,
                                   .media = message.media,
                                   .location = location_of(message)};
  if (!message.media.empty()) {
    // Whoever gets it has it of their own.
    const std::string owner = receiver_->owner_of(number);
    if (!owner.empty()) co_await share(message.media, files, owner);
    co_await share(message.media, files, space_of(message.account_sid).files_of(number));
  }
  Space& space = space_of(message.account_sid);
  // A phone of the account's own comes before a number that another account has bought meanwhile.
  const bool own_phone = !space.owner.empty() && space.handsets.contains(number);
  if (!own_phone && receiver_->owns(number)) {
    // From one of our numbers to another: it comes in there like any other message.
    const auto received = receiver_->accept({.from = std::string(phone_of(message.from)),
                                             .to = number,
                                             .body = message.body,
                                             .media_urls = message.media_urls,
                                             .media = message.media},
                                            transaction);
    if (received) co_return messaging::Report{.outcome = Outcome::kDelivered};
    co_return messaging::Report{.outcome = Outcome::kUndelivered,
                                .error_code = messaging::errors::kUnreachable.code,
                                .error_message = std::string(messaging::errors::kUnreachable.message)};
  }
  if (!space.handsets.contains(number)) {
    if (unknown_ == UnknownNumbers::kUndelivered) {
      co_return messaging::Report{.outcome = Outcome::kUndelivered,
                                  .error_code = messaging::errors::kUnknownHandset.code,
                                  .error_message = std::string(messaging::errors::kUnknownHandset.message)};
    }
    space.handsets[number] = {.number = number,
                              .name = fmt::format("Handset {}", space.handsets.size() + 1),
                              .created = services_.clock.now()};
    space.unsaved.insert(number);
  }
  if (space.unsaved.contains(number)) put(transaction, space, space.handsets[number]);
  keep(transaction, space, number, message.sid, "inbound", arrival);
  co_return messaging::Report{.outcome = Outcome::kDelivered};
}

Task<Result<json::object>> Handsets::send(messaging::Arrival arrival, std::string account,
                                          std::vector<Upload> uploads) {
  const bool short_code = is_short_code(arrival.to);
  const auto to = E164::parse(arrival.to);
  if (!to && !short_code)
    co_return fail({messaging::errors::kInvalidTo, fmt::format("{} is not a phone number", arrival.to)});
  if (!space_of(account).handsets.contains(arrival.from))
    co_return fail({kNoHandset, fmt::format("There is no handset {}", arrival.from)});
  if (!short_code) arrival.to = to->str();
  const std::string files = space_of(account).files_of(arrival.from);
  if (!arrival.media_urls.empty() || !uploads.empty()) {
    DT_CO_TRY(arrival.media, co_await take_media(arrival, files, std::move(uploads)));
  }
  std::string sid;
  store::Transaction transaction;
  if (const std::string owner = receiver_->owner_of(arrival.to); !owner.empty()) {
    co_await share(arrival.media, files, owner);
    DT_CO_TRY(const auto message, receiver_->accept(arrival, transaction));
    sid = message.sid;
  } else {
    if (short_code) co_return fail({kNoHandset, fmt::format("Nobody has the short code {}", arrival.to)});
    if (arrival.body.empty() && arrival.media.empty()) co_return fail(messaging::errors::kContentRequired);
    sid = services_.sids.make("SM");
    messaging::Message message;
    message.sid = sid;
    message.account_sid = account;
    message.from = arrival.from;
    message.to = arrival.to;
    message.body = arrival.body;
    message.media_urls = arrival.media_urls;
    message.media = arrival.media;
    const auto report = co_await submit_from(files, message, transaction);
    if (report.outcome != messaging::Report::Outcome::kDelivered) {
      co_return fail({kNoHandset, fmt::format("Nobody has the number {}", arrival.to)});
    }
  }
  json::object out = stored_object(keep(transaction, space_of(account), arrival.from, sid, "outbound", arrival));
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  co_return out;
}

Task<Result<std::vector<messaging::MediaPart>>> Handsets::take_media(const messaging::Arrival& arrival,
                                                                     std::string owner, std::vector<Upload> uploads) {
  if (arrival.media_urls.size() + uploads.size() > messaging::kMediaMax)
    co_return fail(messaging::errors::kTooManyMedia);
  messaging::Message message;
  message.account_sid = owner;
  message.to = arrival.to;
  message.body = arrival.body;
  message.media_urls = arrival.media_urls;
  const auto told = [](Error error) {
    error.status = 400;  // the codes are those of alerts, which have none
    return fail(std::move(error));
  };
  if (const auto fetched = co_await messaging::fetch_media(*client_, *files_, message); !fetched)
    co_return told(fetched.error());
  for (Upload& upload : uploads) {
    message.media.push_back(
        {.content_type = messaging::media_type_of(upload.content_type), .hash = {}, .size = upload.bytes.size()});
  }
  if (const auto good = messaging::check_media(message.media, arrival.body, arrival.to); !good)
    co_return told(good.error());
  for (std::size_t i = 0; i < uploads.size(); ++i) {
    DT_CO_TRY(auto kept, co_await files_->put(owner, std::move(uploads[i].bytes)));
    messaging::MediaPart& part = message.media[arrival.media_urls.size() + i];
    part.hash = std::move(kept.hash);
    part.pin = std::move(kept.pin);
  }
  co_return std::move(message.media);
}

Task<> Handsets::share(const std::vector<messaging::MediaPart>& media, std::string owner, std::string with) {
  for (const messaging::MediaPart& part : media) co_await files_->share(owner, part.hash, with);
}

Task<Result<Handsets::Upload>> Handsets::media(std::string number, std::string sid, std::size_t index,
                                               std::string account) {
  const auto none = [&] { return fail({kNoHandset, fmt::format("Message {} has no picture {}", sid, index)}); };
  const auto record = co_await services_.ledger.store().get(space_of(account).scope(number), sid);
  if (!record) co_return none();
  const json::object message = stored_object(record->value);
  const json::value* media = message.if_contains("media");
  if (!media || !media->is_array() || index >= media->get_array().size()) co_return none();
  const json::object& part = media->get_array()[index].as_object();
  auto bytes = co_await files_->get(space_of(account).files_of(number), std::string(text_of(part, "hash")));
  if (!bytes) co_return none();
  co_return Upload{.content_type = std::string(text_of(part, "content_type")), .bytes = std::move(*bytes)};
}

Task<std::vector<json::object>> Handsets::messages(std::string number, MessageFilter filter, std::string account) {
  std::vector<json::object> out;
  std::optional<TimePoint> since;
  store::ListQuery query{.scope = space_of(account).scope(number), .limit = 500};
  const bool after_sid = is_sid(filter.after);
  if (!filter.after.empty() && !after_sid) {
    if (const auto time = parse_time(filter.after)) since = time->time;
  }
  // From the newest back to the SID that was named.
  while (out.size() < filter.limit) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      if (after_sid && row->id.substr(2) <= filter.after.substr(2)) continue;
      json::object message = stored_object(row->value);
      if (out.size() < filter.limit && fits(message, filter, since)) out.push_back(std::move(message));
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
  co_return out;
}

void Handsets::stop() {
  for (const auto& wait : std::exchange(waits_, {})) wait->set();
}

Task<std::vector<json::object>> Handsets::wait(std::string number, MessageFilter filter,
                                               std::chrono::milliseconds limit, std::string account) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  auto arrived = std::make_shared<Event>(services_.executor);
  std::vector<json::object> found;
  std::optional<TimePoint> since;
  if (const auto time = parse_time(filter.after); time && !is_sid(filter.after)) since = time->time;
  // Listening begins before looking, so that nothing slips between.
  const std::string owner = space_of(account).owner;
  const auto id = services_.ledger.subscribe([&, arrived](const store::EntryView& entry) {
    if (entry.subject != number || entry.account != owner ||
        (entry.kind != "handset.received" && entry.kind != "handset.sent"))
      return;
    json::object message = stored_object(entry.data);
    if (!fits(message, filter, since)) return;
    if (is_sid(filter.after) && text_of(message, "sid").substr(2) <= std::string_view(filter.after).substr(2)) return;
    found.push_back(std::move(message));
    arrived->set();
  });
  waits_.insert(arrived);
  struct Leave {
    Handsets& handsets;
    std::shared_ptr<Event> wait;
    std::uint64_t id;
    ~Leave() {
      handsets.services_.ledger.unsubscribe(id);
      handsets.waits_.erase(wait);
    }
  } leave{*this, arrived, id};
  auto out = co_await messages(number, filter, account);
  if (!out.empty()) co_return out;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  co_await arrived->wait(std::max(left, std::chrono::milliseconds{0}));
  co_return found;
}

}  // namespace dialtone::carrier::handset
