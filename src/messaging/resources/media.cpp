#include "messaging/media.hpp"
#include "messaging/resources/resources.hpp"
#include "rest/date_filter.hpp"
#include "rest/paging.hpp"

namespace dialtone::messaging::resources {
namespace {

using rest::Context;
using rest::Reply;

Task<Result<Reply>> fetch(Messenger& messenger, Context& context) {
  const std::string scope = media_scope(context.account->sid, context.value("MessageSid"));
  const auto record = co_await messenger.services().ledger.store().get(scope, context.value("Sid"));
  if (!record) co_return fail(rest::not_found(context));
  // Without an extension the address is that of the file itself: a redirect to where the program serves it for a time.
  if (context.format == catalogue::Format::kXml && !context.path.ends_with(".xml")) {
    co_return Reply{
        .status = 307,
        .body = {},
        .headers = {{"Location", signed_path(*context.account, part_of(*record), messenger.services().clock.now())}}};
  }
  co_return Reply{.status = 200, .body = std::string(media_wire_of(*record))};
}

Task<Result<Reply>> remove(Messenger& messenger, Context& context) {
  const std::string scope = media_scope(context.account->sid, context.value("MessageSid"));
  const std::string sid(context.value("Sid"));
  const auto record = co_await messenger.services().ledger.store().get(scope, sid);
  if (!record) co_return fail(rest::not_found(context));
  store::Transaction transaction;
  erase_media(transaction, context.account->sid, context.value("MessageSid"), *record);
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  co_await drop_file(messenger.services(), messenger.files(), context.account->sid, part_of(*record).hash);
  co_return Reply{.status = 204, .body = {}};
}

/// All of a message's, newest first; DateCreated, DateCreated< and DateCreated> as everywhere in this API.
Task<Result<Reply>> list(Messenger& messenger, Context& context) {
  auto& store = messenger.services().ledger.store();
  if (!co_await store.get(message_scope(context.account->sid), context.value("MessageSid")))
    co_return fail(rest::not_found(context));
  DT_CO_TRY(const rest::DateFilter dates, rest::read_date_filter(context.query, "DateCreated"));
  rest::Listing listing{.scope = media_scope(context.account->sid, context.value("MessageSid"))};
  if (dates.any()) {
    listing.keep = [dates](const store::Record& row) {
      const auto created = parse_time(text_of(stored_object(media_wire_of(row)), "date_created"));
      return created && dates.keeps(created->time);
    };
  }
  listing.append = [](std::string& out, const store::Record& row) { out += media_wire_of(row); };
  co_return co_await rest::list(context, store, std::move(listing));
}

}  // namespace

rest::Resource media_list(Messenger& messenger) {
  return {.host = "api",
          .path = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media.json",
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&messenger](Context& context) { return list(messenger, context); }}}};
}

rest::Resource media(Messenger& messenger) {
  return {.host = "api",
          .path = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}.json",
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&messenger](Context& context) { return fetch(messenger, context); }},
                      {.method = catalogue::Method::kDelete,
                       .run = [&messenger](Context& context) { return remove(messenger, context); }}}};
}

}  // namespace dialtone::messaging::resources
