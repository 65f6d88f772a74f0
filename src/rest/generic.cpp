#include "rest/generic.hpp"

#include <fmt/format.h>

#include "base/form.hpp"
#include "rest/audit.hpp"
#include "rest/paging.hpp"
#include "rest/pattern.hpp"
#include "rest/values.hpp"

namespace dialtone::rest {
namespace {

using catalogue::Method;
using catalogue::Path;
using catalogue::Place;
using catalogue::Schema;

constexpr int kUpdateTriesMax = 8;
constexpr ErrorRow kNameTaken{20409, 409, "A resource with that unique name already exists"};

/// Properties by which a resource may be named in place of its SID, unique in their collection.
constexpr std::array<std::string_view, 2> kAliases{"unique_name", "uniqueName"};

std::string alias_scope(const std::string& scope) { return scope + "#unique"; }

/// The changes that Monitor keeps events of, by what follows the account in the 2010 API's path.
std::string_view audited_type(const Context& context) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kTypes{{
      {"Addresses", "address"},
      {"Applications", "application"},
      {"ConnectApps", "connect-app"},
      {"OutgoingCallerIds", "caller-id"},
      {"Recordings", "recording"},
      {"SIP/CredentialLists", "sip-credential-list"},
      {"SIP/Domains", "sip-domain"},
      {"SIP/IpAccessControlLists", "sip-ip-access-control-list"},
      {"SMS/ShortCodes", "shortcode"},
  }};
  constexpr std::string_view kPrefix = "/2010-04-01/Accounts/{AccountSid}/";
  std::string_view path = context.operation.path().path_template();
  if (context.host != "api" || !path.starts_with(kPrefix)) return {};
  path.remove_prefix(kPrefix.size());
  if (path.ends_with(".json")) path.remove_suffix(5);
  if (path.ends_with("/{Sid}")) path.remove_suffix(6);
  for (const auto& [words, type] : kTypes) {
    if (path == words) return type;
  }
  return {};
}

std::string_view alias_of(const json::object& resource) {
  for (const std::string_view name : kAliases) {
    if (const auto text = text_of(resource, name); !text.empty()) return text;
  }
  return {};
}

json::object parse_object(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 2 * kJsonDepthMax;  // what a request brought, inside what we put around it
  json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return {};
  return std::move(value.get_object());
}

store::RecordPtr record(std::string id, std::string value) {
  return std::make_shared<const store::Record>(
      store::Record{.id = std::move(id), .value = std::move(value), .terms = {}});
}

/// Is this name that of a time of making or change?
bool is_change_date(std::string_view name) {
  return name == "date_updated" || name == "updated_at" || name == "updatedAt" || name == "date_modified";
}
bool is_creation_date(std::string_view name) {
  return name == "date_created" || name == "created_at" || name == "createdAt" || name == "date_generated";
}

/// Percent-encodes what may not stand in a path segment (RFC 3986).
void append_path_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
}

bool same_word(std::string_view parameter, std::string_view property) {
  std::size_t p = 0;
  for (const char c : parameter) {
    while (p < property.size() && property[p] == '_') ++p;
    if (p == property.size() || (property[p] | 32) != (c | 32)) return false;
    ++p;
  }
  return p == property.size();
}

}  // namespace

bool Generic::serves(catalogue::Operation operation) const {
  // Redirects to other services and answers that are no JSON object (files) have no generic meaning.
  if (operation.status() >= 300) return false;
  if (operation.has_content() && operation.content_type().find("json") == std::string_view::npos) return false;
  return true;
}

Task<Result<Reply>> Generic::run(Context& context, Amend amend) {
  const PathModel& model = model_.of(context.operation.path());
  DT_CO_CHECK(co_await resolve_parents(context, model));
  switch (context.operation.method()) {
    case Method::kGet:
      if (!context.operation.list_key().empty()) co_return co_await list(context, model);
      co_return co_await fetch(context, model);
    case Method::kDelete:
      co_return co_await remove(context, model, amend);
    case Method::kPost:
      if (model.shape == Shape::kCollection || model.shape == Shape::kAction)
        co_return co_await create(context, model, {}, amend);
      co_return co_await update(context, model, amend);
    case Method::kPut:
    case Method::kPatch:
      co_return co_await update(context, model, amend);
  }
  co_return fail(errors::kInternal);
}

Task<Result<Reply>> Generic::seed(Context& context) {
  const PathModel& model = model_.of(context.operation.path());
  DT_CO_CHECK(co_await resolve_parents(context, model));
  const Address at = address(context, model);
  co_return co_await create(context, model, model.shape == Shape::kInstance ? at.id : std::string{}, {});
}

Task<Result<>> Generic::resolve_parents(Context& context, const PathModel& model) {
  if (model.ancestors.empty()) co_return Result<>{};
  std::string scope = context.account->sid;
  scope += '/';
  scope += context.host;
  std::size_t next = 0;
  for (std::size_t i = 0; i < model.segments.size(); ++i) {
    const std::string_view segment = model.segments[i];
    if (!segment.starts_with('{')) {
      scope += '/';
      scope += segment;
      continue;
    }
    const std::string_view name = segment.substr(1, segment.size() - 2);
    const auto value = std::ranges::find(context.values, name, &std::pair<std::string_view, std::string>::first);
    if (value == context.values.end()) co_return fail(errors::kInternal);
    while (next < model.ancestors.size() && model.ancestors[next].segment_count < i + 1) ++next;
    if (next < model.ancestors.size() && model.ancestors[next].segment_count == i + 1) {
      auto& store = services_.ledger.store();
      if (!co_await store.get(scope, value->second)) {
        const auto alias = co_await store.get(alias_scope(scope), value->second);
        if (alias) {
          value->second = alias->value;
        } else if (model.ancestors[next].required) {
          co_return fail(not_found(context));
        }
      }
    }
    scope += '/';
    scope += value->second;
  }
  co_return Result<>{};
}

Task<store::RecordPtr> Generic::find(const Context& context, const PathModel& model, Address& at) {
  auto& store = services_.ledger.store();
  at = address(context, model);
  store::RecordPtr found = co_await store.get(at.scope, at.id);
  if (!found && model.shape == Shape::kInstance) {
    if (const auto alias = co_await store.get(alias_scope(at.scope), at.id)) {
      at.id = alias->value;
      found = co_await store.get(at.scope, at.id);
    }
  }
  co_return found;
}

json::value Generic::links(const Context& context, Path instance, const json::object& resource, bool absolute) const {
  json::object out;
  for (std::size_t i = 0; i < instance.link_count(); ++i) {
    const auto link = instance.link_at(i);
    std::string url;
    std::string_view rest = link.url;
    while (!rest.empty()) {
      const std::size_t open = rest.find('{');
      url += rest.substr(0, open);
      if (open == std::string_view::npos) break;
      const std::size_t close = std::min(rest.find('}', open), rest.size() - 1);
      const std::string_view placeholder = rest.substr(open + 1, close - open - 1);
      std::string_view property = placeholder;
      for (std::string_view pairs = link.mapping; !pairs.empty();) {
        const std::string_view pair = pairs.substr(0, pairs.find(','));
        pairs.remove_prefix(std::min(pairs.size(), pair.size() + 1));
        if (const std::size_t equals = pair.find('='); pair.substr(0, equals) == placeholder)
          property = pair.substr(equals + 1);
      }
      std::string_view value = text_of(resource, property);
      if (value.empty()) {
        for (const auto& [name, text] : context.values) {
          if (same_word(name, property)) value = text;
        }
      }
      append_path_encoded(url, value);
      rest.remove_prefix(close + 1);
    }
    out[link.name] = absolute ? context.base_url + url : url;
  }
  return out;
}

json::object Generic::build(const Context& context, const PathModel& model, const std::string& id) const {
  const TimePoint now = services_.clock.now();
  const Schema schema = model.resource;
  json::object out;
  out.reserve(schema.property_count());
  for (std::size_t i = 0; i < schema.property_count(); ++i) {
    const auto property = schema.property_at(i);
    const std::string_view name = property.name();
    const Schema type = property.schema();
    json::value value = plain_value(type, now);
    const auto offer = [&](std::string_view text) {
      if (json::value offered(text); conforms(offered, type)) value = std::move(offered);
    };
    if (name == model.id_property) {
      offer(id);
    } else if (name == "account_sid" || name == "accountSid") {
      offer(context.account->sid);
    } else if (is_creation_date(name) || is_change_date(name)) {
      offer(date_text(type, now));
    } else if (name == "api_version" && context.host == "api") {
      offer("2010-04-01");
    } else {
      for (const auto& [parameter, text] : context.values) {
        if (same_word(parameter, name)) offer(text);
      }
    }
    out[name] = std::move(value);
  }
  return out;
}

namespace {

/// Puts what the request gave into the resource: form fields by the catalogue's mapping, JSON members by their name.
void apply(json::object& resource, const Context& context, Schema schema) {
  const auto set = [&](std::string_view name, json::value value) {
    const auto property = schema.property(name);
    if (property && conforms(value, property->schema())) resource[property->name()] = std::move(value);
  };
  for (std::size_t i = 0; i < context.operation.parameter_count(); ++i) {
    const auto parameter = context.operation.parameter_at(i);
    if (parameter.place() != Place::kForm || !context.form.has(parameter.name())) continue;
    std::string_view name = parameter.property();
    if (!schema.property(name)) continue;
    const Schema type = schema.property(name)->schema();
    if (parameter.schema().type() == catalogue::Type::kArray && type.type() == catalogue::Type::kArray) {
      json::array values;
      for (const std::string& text : context.form.all(parameter.name())) {
        if (auto value = from_text(text, type.items())) values.push_back(std::move(*value));
      }
      set(name, std::move(values));
    } else if (auto value = from_text(context.form.get(parameter.name()), type)) {
      set(name, std::move(*value));
    }
  }
  if (const json::object* body = context.body.if_object()) {
    for (const auto& [name, value] : *body) set(name, value);
  }
}

}  // namespace

Reply Generic::reply(const Context& context, int status, const json::object& resource) const {
  Reply out{.status = status, .body = {}, .headers = {{"Dialtone-Behaviour", "generic"}}};
  if (!context.operation.has_content()) return out;
  const Schema schema = context.operation.list_key().empty() ? context.operation.response() : context.operation.item();
  if (schema.property_count() == 0) {
    append_wire_json(out.body, resource);
  } else {
    append_wire_json(out.body, shape(resource, schema, services_.clock.now()));
  }
  return out;
}

Task<Result<Reply>> Generic::create(Context& context, const PathModel& model, std::string id, const Amend& amend) {
  const bool given = !id.empty();
  const Schema id_schema = model.id_schema;
  if (!given) {
    // A resource that is named by what the client says (a key, a phone number), or by an identifier that we make.
    json::object sent;
    apply(sent, context, model.resource);
    if (const std::string_view own = text_of(sent, model.id_property); !own.empty()) {
      id = own;
    } else if (!id_schema.sid_prefix().empty()) {
      id = services_.sids.make(id_schema.sid_prefix());
    } else if (id_schema.format() == "uuid") {
      id = random_uuid();
    } else if (!id_schema.pattern().empty()) {
      id = sample_pattern(id_schema.pattern());
    } else if (id_schema.type() == catalogue::Type::kInteger) {
      id = std::to_string(std::stoul(random_hex(3), nullptr, 16) + 1);
    } else {
      id = random_hex(16);
    }
  }
  Address at = address(context, model);
  if (model.shape == Shape::kSingleton) id = at.id;
  at.id = id;

  json::object resource = build(context, model, id);
  if (id_schema.type() == catalogue::Type::kInteger) {
    if (auto number = from_text(id, id_schema)) resource[model.id_property] = std::move(*number);
  }
  apply(resource, context, model.resource);
  // Links come last: they are made of the rest.
  const Path path = context.operation.path();
  const Path instance = model.shape == Shape::kCollection && model.instance ? Path(*model.instance) : path;
  const bool is_2010 = context.host == "api";
  std::string url = std::string(context.path);
  if (url.ends_with(".json")) url.resize(url.size() - 5);
  if (model.shape == Shape::kCollection) {
    url += '/';
    append_path_encoded(url, id);
  }
  if (is_2010) url += ".json";
  for (const std::string_view name : {"url", "uri"}) {
    const auto property = model.resource.property(name);
    if (!property || context.form.has("Url")) continue;
    resource[name] = name == "url" ? context.base_url + url : url;
  }
  for (const std::string_view name : {"links", "subresource_uris"}) {
    const auto property = model.resource.property(name);
    if (!property || property->schema().property_count() > 0) continue;
    resource[name] = links(context, instance, resource, name == "links");
  }

  store::Transaction transaction;
  if (amend) {
    DT_CO_CHECK(amend(resource, transaction));
  }
  transaction.require_absent(at.scope, at.id);
  if (const std::string_view alias = alias_of(resource); !alias.empty() && model.shape == Shape::kCollection) {
    transaction.require_absent(alias_scope(at.scope), std::string(alias));
    transaction.put(alias_scope(at.scope), record(std::string(alias), at.id));
  }
  transaction.put(at.scope, record(at.id, wire_json(resource)));
  transaction.journal({.at = services_.clock.now(),
                       .kind = "resource.created",
                       .account = context.account->sid,
                       .subject = at.id,
                       .data = wire_json({{"operation", context.operation.id()}, {"path", context.path}})});
  if (const auto type = audited_type(context); !type.empty()) {
    audit(transaction, services_, context,
          {.resource_type = type, .verb = "created", .resource_sid = at.id, .after = &resource});
  }
  auto committed = co_await services_.ledger.commit(std::move(transaction));
  if (!committed) {
    if (committed.error().code == store::kConflict.code) co_return fail(kNameTaken);
    co_return fail(std::move(committed).error());
  }
  co_return reply(context, context.operation.status(), resource);
}

Task<Result<Reply>> Generic::fetch(Context& context, const PathModel& model) {
  Address at;
  const store::RecordPtr found = co_await find(context, model, at);
  if (found) co_return reply(context, context.operation.status(), parse_object(found->value));
  // One of a kind that nobody has to create is always there.
  const auto creates = [&](Method method) {
    const auto operation = context.operation.path().operation(method);
    return operation && operation->status() == 201;
  };
  if (model.shape == Shape::kSingleton && !creates(Method::kPost) && !creates(Method::kPut)) {
    json::object resource = build(context, model, "-");
    for (const std::string_view name : {"url", "uri"}) {
      if (model.resource.property(name)) {
        resource[name] = name == "url" ? context.base_url + std::string(context.path) : std::string(context.path);
      }
    }
    co_return reply(context, context.operation.status(), resource);
  }
  co_return fail(not_found(context));
}

Task<Result<Reply>> Generic::update(Context& context, const PathModel& model, const Amend& amend) {
  for (int tries = 0; tries < kUpdateTriesMax; ++tries) {
    Address at;
    const store::RecordPtr found = co_await find(context, model, at);
    if (!found) {
      // PUT makes what it names; so does POST where the API has no other way to make it.
      const bool makes = context.operation.method() == Method::kPut || !model.creatable;
      bool sid = false;
      for (std::size_t i = 0; i < context.operation.parameter_count(); ++i) {
        const auto parameter = context.operation.parameter_at(i);
        if (parameter.place() == Place::kPath && parameter.name() == model.id_parameter) {
          sid = !parameter.schema().sid_prefix().empty();
        }
      }
      if (model.shape == Shape::kSingleton || (makes && !sid)) co_return co_await create(context, model, at.id, amend);
      co_return fail(not_found(context));
    }
    json::object resource = parse_object(found->value);
    const std::string old_alias(alias_of(resource));
    apply(resource, context, model.resource);
    if (!model.id_property.empty() && model.shape == Shape::kInstance) {
      if (const auto property = model.resource.property(model.id_property);
          property && property->schema().type() == catalogue::Type::kString) {
        resource[model.id_property] = at.id;  // a resource keeps its name
      }
    }
    const TimePoint now = services_.clock.now();
    for (std::size_t i = 0; i < model.resource.property_count(); ++i) {
      const auto property = model.resource.property_at(i);
      if (is_change_date(property.name())) resource[property.name()] = date_text(property.schema(), now);
    }
    store::Transaction transaction;
    transaction.require_unchanged(at.scope, found);
    if (amend) {
      DT_CO_CHECK(amend(resource, transaction));
    }
    const std::string alias(alias_of(resource));
    if (alias != old_alias) {
      if (!old_alias.empty()) transaction.erase(alias_scope(at.scope), old_alias);
      if (!alias.empty()) {
        if (co_await services_.ledger.store().get(alias_scope(at.scope), alias)) co_return fail(kNameTaken);
        transaction.require_absent(alias_scope(at.scope), alias);
        transaction.put(alias_scope(at.scope), record(alias, at.id));
      }
    }
    transaction.put(at.scope, record(at.id, wire_json(resource)));
    transaction.journal({.at = now,
                         .kind = "resource.updated",
                         .account = context.account->sid,
                         .subject = at.id,
                         .data = wire_json({{"operation", context.operation.id()}, {"path", context.path}})});
    if (const auto type = audited_type(context); !type.empty()) {
      const json::object before = parse_object(found->value);
      audit(transaction, services_, context,
            {.resource_type = type, .verb = "updated", .resource_sid = at.id, .before = &before, .after = &resource});
    }
    auto committed = co_await services_.ledger.commit(std::move(transaction));
    if (committed) co_return reply(context, context.operation.status(), resource);
    if (committed.error().code != store::kConflict.code) co_return fail(std::move(committed).error());
  }
  co_return fail(errors::kConflict);
}

Task<Result<Reply>> Generic::remove(Context& context, const PathModel& model, const Amend& amend) {
  Address at;
  const store::RecordPtr found = co_await find(context, model, at);
  if (!found) co_return fail(not_found(context));
  json::object resource = parse_object(found->value);
  store::Transaction transaction;
  if (amend) {
    DT_CO_CHECK(amend(resource, transaction));
  }
  transaction.erase(at.scope, at.id);
  transaction.erase_tree(at.scope + '/' + at.id);
  if (const std::string_view alias = alias_of(resource); !alias.empty()) {
    transaction.erase(alias_scope(at.scope), std::string(alias));
  }
  transaction.journal({.at = services_.clock.now(),
                       .kind = "resource.deleted",
                       .account = context.account->sid,
                       .subject = at.id,
                       .data = wire_json({{"operation", context.operation.id()}, {"path", context.path}})});
  if (const auto type = audited_type(context); !type.empty()) {
    audit(transaction, services_, context,
          {.resource_type = type, .verb = "deleted", .resource_sid = at.id, .before = &resource});
  }
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  co_return reply(context, context.operation.status(), resource);
}

Task<Result<Reply>> Generic::list(Context& context, const PathModel& model) {
  // Filters that name a property of the resource compare with it; Date< and Date> are inclusive bounds.
  struct Filter {
    std::string property;
    std::string value;
    char relation;
  };
  std::vector<Filter> filters;
  for (std::size_t i = 0; i < context.operation.parameter_count(); ++i) {
    const auto parameter = context.operation.parameter_at(i);
    if (parameter.place() != Place::kQuery || parameter.property().empty()) continue;
    const std::string* value = context.query.find(parameter.name());
    if (!value || value->empty()) continue;
    const char last = parameter.name().back();
    filters.push_back({std::string(parameter.property()), *value, last == '<' || last == '>' ? last : '='});
  }
  const TimePoint now = services_.clock.now();
  Listing listing{.scope = address(context, model).scope};
  if (!filters.empty()) {
    listing.keep = [filters](const store::Record& row) {
      const json::object resource = parse_object(row.value);
      return std::ranges::all_of(filters, [&](const Filter& filter) {
        const json::value* member = resource.if_contains(filter.property);
        if (!member) return true;
        const std::string text = member->is_string() ? std::string(member->get_string()) : wire_json(*member);
        const auto wanted = parse_time(filter.value);
        const auto actual = parse_time(text);
        if (wanted && actual && text.size() > 8) {
          const auto day = [](TimePoint time) { return std::chrono::floor<std::chrono::days>(time); };
          if (filter.relation == '<')
            return wanted->whole_day ? day(actual->time) <= day(wanted->time) : actual->time <= wanted->time;
          if (filter.relation == '>') return actual->time >= wanted->time;
          return wanted->whole_day ? day(actual->time) == day(wanted->time) : actual->time == wanted->time;
        }
        return text == filter.value;
      });
    };
  }
  const Schema schema = context.operation.item();
  listing.append = [schema, now](std::string& out, const store::Record& row) {
    if (schema.type() == catalogue::Type::kString) {
      append_json_string(out, row.id);  // a list of names
    } else if (schema.property_count() == 0) {
      out += row.value;
    } else {
      append_wire_json(out, shape(parse_object(row.value), schema, now));
    }
  };
  auto answer = co_await rest::list(context, services_.ledger.store(), std::move(listing));
  if (answer) answer->headers.emplace_back("Dialtone-Behaviour", "generic");
  co_return answer;
}

}  // namespace dialtone::rest
