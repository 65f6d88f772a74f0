#include "messaging/content.hpp"

#include "messaging/resources/resources.hpp"
#include "rest/paging.hpp"
#include "rest/values.hpp"

// Templates (content.twilio.com). There is no WhatsApp here that judges them: what is submitted is approved.

namespace dialtone::messaging::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

/// Is the value a text, a list, …, as the catalogue says? What is inside of lists differs between its documents and the
/// examples of the documentation, so nobody is refused for that.
bool is_of(const json::value& value, catalogue::Type type) {
  switch (type) {
    case catalogue::Type::kString:
      return value.is_string();
    case catalogue::Type::kArray:
      return value.is_array();
    case catalogue::Type::kObject:
      return value.is_object();
    case catalogue::Type::kBoolean:
      return value.is_bool();
    case catalogue::Type::kNumber:
    case catalogue::Type::kInteger:
      return value.is_number();
    case catalogue::Type::kAny:
      return true;
  }
  return true;
}

/// A type's members that must be there, and the texts in it that may hold variables. Errors: 20001.
Result<> check_types(const json::object& body, catalogue::Schema schema) {
  const json::value* types = body.if_contains("types");
  const auto bad = [](std::string text) { return fail({dialtone::errors::kBadRequest, std::move(text)}); };
  if (!types) return {};  // the catalogue says whether it must be there
  if (!types->is_object() || types->get_object().empty()) return bad("types must be an object with at least one type");
  const auto known = schema.property("types");
  for (const auto& [name, fields] : types->get_object()) {
    const std::string_view type(name);
    const auto property = known ? known->schema().property(type) : std::nullopt;
    if (!property) return bad(fmt::format("Unknown content type: {}", type));
    if (!fields.is_object()) return bad(fmt::format("{} must be an object", type));
    for (std::size_t i = 0; i < property->schema().property_count(); ++i) {
      const auto member = property->schema().property_at(i);
      const json::value* value = fields.get_object().if_contains(member.name());
      if (!value && member.required()) return bad(fmt::format("{} lacks {}", type, member.name()));
      if (value && !is_of(*value, member.schema().type()))
        return bad(fmt::format("{} of {} has another type", member.name(), type));
    }
  }
  const json::value* variables = body.if_contains("variables");
  if (variables && !variables->is_null()) {
    if (!variables->is_object() || variables->get_object().size() > kVariablesMax)
      return bad(fmt::format("variables must be an object with at most {} members", kVariablesMax));
    for (const auto& [name, value] : variables->get_object()) {
      if (!value.is_string()) return bad(fmt::format("The variable {} must be a text", std::string_view(name)));
    }
  }
  return {};
}

/// Where what was said of a template lies: `…/Content/HX…/ApprovalRequests`.
std::string approval_scope(std::string_view account_sid, std::string_view sid) {
  return fmt::format("{}/{}/ApprovalRequests", content_scope(account_sid), sid);
}

/// The type by which a template is judged: the first that it has.
std::string first_type(const json::object& content) {
  const json::value* types = content.if_contains("types");
  if (!types || !types->is_object() || types->get_object().empty()) return {};
  return std::string(types->get_object().begin()->key());
}

/// What WhatsApp says of a template.
json::object approval_of(const json::object& content, const store::RecordPtr& record) {
  if (record) return stored_object(record->value);
  return {{"type", "whatsapp"},
          {"name", ""},
          {"category", ""},
          {"content_type", first_type(content)},
          {"status", "unsubmitted"},
          {"rejection_reason", ""},
          {"allow_category_change", true}};
}

Task<Result<Reply>> create(rest::Engine& engine, Context& context) {
  if (json::object* body = context.body.if_object()) {
    DT_CO_CHECK(check_types(*body, context.operation.body()));
    if (const auto* variables = body->if_contains("variables"); !variables || variables->is_null())
      (*body)["variables"] = json::object{};
  }
  co_return co_await engine.generic(context);
}

Task<Result<Reply>> update(rest::Engine& engine, Context& context) {
  if (const json::object* body = context.body.if_object()) DT_CO_CHECK(check_types(*body, context.operation.body()));
  co_return co_await engine.generic(context);
}

Task<store::RecordPtr> find(Messenger& messenger, const Context& context, std::string_view placeholder) {
  return messenger.services().ledger.store().get(content_scope(context.account->sid), context.value(placeholder));
}

/// POST …/ApprovalRequests/whatsapp
Task<Result<Reply>> submit(Messenger& messenger, Context& context) {
  const auto record = co_await find(messenger, context, "ContentSid");
  if (!record) co_return fail(rest::not_found(context));
  const json::object* body = context.body.if_object();
  const std::string name(body ? text_of(*body, "name") : "");
  const bool good = !name.empty() && name.size() <= 512 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!good) {
    co_return fail({dialtone::errors::kBadRequest, "name must hold lower-case letters, digits and underscores only"});
  }
  json::object approval{{"type", "whatsapp"},
                        {"name", name},
                        {"category", text_of(*body, "category")},
                        {"content_type", first_type(stored_object(record->value))},
                        {"status", "approved"},
                        {"rejection_reason", ""},
                        {"allow_category_change", true}};
  store::Transaction transaction;
  transaction.put(approval_scope(context.account->sid, record->id), "-", wire_json(approval));
  transaction.journal({.at = messenger.services().clock.now(),
                       .kind = "content.submitted",
                       .account = context.account->sid,
                       .subject = record->id,
                       .data = wire_json({{"name", name}})});
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  approval["status"] = "received";
  co_return Reply{.status = 201,
                  .body = wire_json(rest::shape(approval, context.operation.item(), messenger.services().clock.now()))};
}

Task<Result<Reply>> fetch_approval(Messenger& messenger, Context& context) {
  const auto record = co_await find(messenger, context, "Sid");
  if (!record) co_return fail(rest::not_found(context));
  const auto approval =
      co_await messenger.services().ledger.store().get(approval_scope(context.account->sid, record->id), "-");
  co_return Reply{.status = 200,
                  .body = wire_json({{"sid", record->id},
                                     {"account_sid", context.account->sid},
                                     {"whatsapp", approval_of(stored_object(record->value), approval)},
                                     {"url", fmt::format("{}{}", context.base_url, context.path)}})};
}

/// Does a template fit the filters of version 2?
bool fits(const json::object& content, const rest::Fields& query) {
  const auto has = [](std::string_view text, std::string_view part) { return text.find(part) != text.npos; };
  if (const auto name = query.get("ContentName"); !name.empty() && !has(text_of(content, "friendly_name"), name))
    return false;
  if (const auto language = query.get("Language"); !language.empty() && text_of(content, "language") != language)
    return false;
  const json::value* types = content.if_contains("types");
  const std::string text = types ? wire_json(*types) : std::string();
  if (const auto inside = query.get("Content"); !inside.empty() && !has(text, inside)) return false;
  if (const auto wanted = query.all("ContentType"); !wanted.empty()) {
    if (!types || !types->is_object() ||
        std::ranges::none_of(wanted, [&](const std::string& type) { return types->get_object().contains(type); })) {
      return false;
    }
  }
  const auto created = parse_time(text_of(content, "date_created"));
  if (const auto after = parse_time(query.get("DateCreatedAfter")); after && created && created->time < after->time)
    return false;
  const auto before = parse_time(query.get("DateCreatedBefore"));
  return !(before && created && created->time > before->time);
}

/// GET /v2/Content, and ContentAndApprovals of both versions.
Task<Result<Reply>> list(Messenger& messenger, bool with_approvals, Context& context) {
  auto& store = messenger.services().ledger.store();
  rest::Listing listing{.scope = content_scope(context.account->sid)};
  listing.oldest_first = context.query.get("SortByDate") == "asc";
  listing.keep = [&context](const store::Record& row) { return fits(stored_object(row.value), context.query); };
  std::unordered_map<std::string, store::RecordPtr> approvals;
  if (with_approvals) {
    for (const std::string& scope : co_await store.scopes_below(content_scope(context.account->sid))) {
      if (!scope.ends_with("/ApprovalRequests")) continue;
      const std::string_view above = std::string_view(scope).substr(0, scope.rfind('/'));
      approvals[std::string(above.substr(above.rfind('/') + 1))] = co_await store.get(scope, "-");
    }
  }
  const TimePoint now = messenger.services().clock.now();
  listing.append = [&](std::string& out, const store::Record& row) {
    json::object content = stored_object(row.value);
    if (with_approvals) {
      const auto found = approvals.find(row.id);
      content["approval_requests"] = approval_of(content, found == approvals.end() ? nullptr : found->second);
    }
    append_wire_json(out, rest::shape(content, context.operation.item(), now));
  };
  co_return co_await rest::list(context, store, std::move(listing));
}

}  // namespace

std::vector<rest::Resource> content(rest::Engine& engine, Messenger& messenger) {
  const auto generic = [&engine](Context& context) { return engine.generic(context); };
  const auto lists = [&messenger](bool with_approvals) {
    return [&messenger, with_approvals](Context& context) { return list(messenger, with_approvals, context); };
  };
  std::vector<rest::Resource> out;
  out.push_back(
      {.host = "content",
       .path = "/v1/Content",
       .methods = {{.method = Method::kPost, .run = [&engine](Context& context) { return create(engine, context); }},
                   {.method = Method::kGet, .run = generic}}});
  out.push_back(
      {.host = "content",
       .path = "/v1/Content/{Sid}",
       .methods = {{.method = Method::kGet, .run = generic},
                   {.method = Method::kPut, .run = [&engine](Context& context) { return update(engine, context); }},
                   {.method = Method::kDelete, .run = generic}}});
  out.push_back({.host = "content",
                 .path = "/v1/Content/{ContentSid}/ApprovalRequests/whatsapp",
                 .methods = {{.method = Method::kPost,
                              .run = [&messenger](Context& context) { return submit(messenger, context); }}}});
  out.push_back({.host = "content",
                 .path = "/v1/Content/{Sid}/ApprovalRequests",
                 .methods = {{.method = Method::kGet,
                              .run = [&messenger](Context& context) { return fetch_approval(messenger, context); }}}});
  out.push_back({.host = "content",
                 .path = "/v1/ContentAndApprovals",
                 .methods = {{.method = Method::kGet, .run = lists(true)}}});
  out.push_back({.host = "content", .path = "/v2/Content", .methods = {{.method = Method::kGet, .run = lists(false)}}});
  out.push_back({.host = "content",
                 .path = "/v2/ContentAndApprovals",
                 .methods = {{.method = Method::kGet, .run = lists(true)}}});
  return out;
}

}  // namespace dialtone::messaging::resources
