#include "rest/generic.hpp"

#include "rest/audit.hpp"
#include "rest/generic_resource.hpp"
#include "rest/values.hpp"

namespace dialtone::rest {
namespace {

using catalogue::Method;
using catalogue::Place;
using catalogue::Schema;

constexpr int kUpdateTriesMax = 8;
constexpr ErrorRow kNameTaken{20409, 409, "A resource with that unique name already exists"};

/// Properties by which a resource may be named in place of its SID, unique in their collection.
constexpr std::array<std::string_view, 2> kAliases{"unique_name", "uniqueName"};

std::string alias_scope(const std::string& scope) { return scope + "#unique"; }

std::string_view alias_of(const json::object& resource) {
  for (const std::string_view name : kAliases) {
    if (const auto text = text_of(resource, name); !text.empty()) return text;
  }
  return {};
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
  if (id.empty()) id = new_id(context, model, services_.sids);
  Address at = address(context, model);
  if (model.shape == Shape::kSingleton) id = at.id;
  at.id = id;

  json::object resource = new_resource(context, model, id, services_.clock.now());
  apply_request(resource, context, model.resource);
  add_addresses(resource, context, model, id);

  store::Transaction transaction;
  if (amend) {
    DT_CO_CHECK(amend(resource, transaction));
  }
  transaction.require_absent(at.scope, at.id);
  if (const std::string_view alias = alias_of(resource); !alias.empty() && model.shape == Shape::kCollection) {
    transaction.require_absent(alias_scope(at.scope), std::string(alias));
    transaction.put(alias_scope(at.scope), alias, at.id);
  }
  transaction.put(at.scope, at.id, wire_json(resource));
  transaction.journal({.at = services_.clock.now(),
                       .kind = "resource.created",
                       .account = context.account->sid,
                       .subject = at.id,
                       .data = wire_json({{"operation", context.operation.id()}, {"path", context.path}})});
  if (const auto type = generic_type(context); !type.empty()) {
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
  if (found) co_return reply(context, context.operation.status(), kept_resource(found->value));
  // One of a kind that nobody has to create is always there.
  const auto creates = [&](Method method) {
    const auto operation = context.operation.path().operation(method);
    return operation && operation->status() == 201;
  };
  if (model.shape == Shape::kSingleton && !creates(Method::kPost) && !creates(Method::kPut)) {
    json::object resource = new_resource(context, model, "-", services_.clock.now());
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
    json::object resource = kept_resource(found->value);
    const std::string old_alias(alias_of(resource));
    apply_request(resource, context, model.resource);
    if (!model.id_property.empty() && model.shape == Shape::kInstance) {
      if (const auto property = model.resource.property(model.id_property);
          property && property->schema().type() == catalogue::Type::kString) {
        resource[model.id_property] = at.id;  // a resource keeps its name
      }
    }
    const TimePoint now = services_.clock.now();
    touch(resource, model.resource, now);
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
        transaction.put(alias_scope(at.scope), alias, at.id);
      }
    }
    transaction.put(at.scope, at.id, wire_json(resource));
    transaction.journal({.at = now,
                         .kind = "resource.updated",
                         .account = context.account->sid,
                         .subject = at.id,
                         .data = wire_json({{"operation", context.operation.id()}, {"path", context.path}})});
    if (const auto type = generic_type(context); !type.empty()) {
      const json::object before = kept_resource(found->value);
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
  json::object resource = kept_resource(found->value);
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
  if (const auto type = generic_type(context); !type.empty()) {
    audit(transaction, services_, context,
          {.resource_type = type, .verb = "deleted", .resource_sid = at.id, .before = &resource});
  }
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  co_return reply(context, context.operation.status(), resource);
}

}  // namespace dialtone::rest
