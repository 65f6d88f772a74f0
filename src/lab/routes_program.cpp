#include <unistd.h>

#include <fmt/format.h>

#include "lab/routes.hpp"
#include "monitor/alerts.hpp"

namespace dialtone::lab::routes {
namespace {

net::Response coverage(const rest::Engine& engine) {
  json::array operations;
  std::size_t own = 0;
  std::size_t generic = 0;
  std::size_t none = 0;
  for (std::uint32_t i = 0; i < catalogue::operation_count(); ++i) {
    const catalogue::Operation operation(i);
    std::string_view behaviour;
    switch (engine.coverage(operation)) {
      case rest::Engine::Coverage::kOwn:
        behaviour = "own";
        ++own;
        break;
      case rest::Engine::Coverage::kGeneric:
        behaviour = "generic";
        ++generic;
        break;
      case rest::Engine::Coverage::kNone:
        behaviour = "none";
        ++none;
        break;
    }
    operations.push_back(json::object{{"document", operation.path().document().name()},
                                      {"host", fmt::format("{}.twilio.com", operation.path().host())},
                                      {"method", catalogue::name(operation.method())},
                                      {"path", operation.path().path_template()},
                                      {"operation", operation.id()},
                                      {"behaviour", behaviour}});
  }
  return json_response(json::object{{"documents", catalogue::document_count()},
                                    {"total", catalogue::operation_count()},
                                    {"own", own},
                                    {"generic", generic},
                                    {"none", none},
                                    {"operations", std::move(operations)}});
}

}  // namespace

void program(Control& control, rest::Services& services, rest::Engine& engine, std::string version) {
  control.add("GET", "/health", [&services, version](ControlRequest&) -> Task<Result<net::Response>> {
    co_return json_response(json::object{{"status", "ok"},
                                         {"program", "dialtone"},
                                         {"version", version},
                                         {"pid", ::getpid()},
                                         {"time", iso8601_precise(services.clock.now())},
                                         {"journal_position", services.ledger.store().last_position()}});
  });
  control.add("GET", "/coverage",
              [&engine](ControlRequest&) -> Task<Result<net::Response>> { co_return coverage(engine); });
  control.add("GET", "/openapi.json", [](ControlRequest&) -> Task<Result<net::Response>> {
    co_return net::Response::json(200, std::string(Control::description()));
  });
}

void exchanges(Control& control, rest::Services& services) {
  const auto list = [&services](ControlRequest& request, std::string scope, std::string field,
                                std::string key) -> Task<Result<net::Response>> {
    store::ListQuery query{.scope = std::move(scope), .limit = 100};
    std::string value(request.query.get(key == "alerts" ? "resource" : "subject"));
    if (!value.empty()) query.term = store::Term{std::move(field), std::move(value)};
    query.after = request.query.get("after");
    json::array rows;
    for (const auto& row : co_await services.ledger.store().list(query)) rows.push_back(json::parse(row->value));
    co_return json_response(json::object{{key, std::move(rows)}});
  };
  const auto one = [&services](ControlRequest& request, std::string scope) -> Task<Result<net::Response>> {
    const auto found = co_await services.ledger.store().get(scope, request.value("sid"));
    if (!found) co_return fail({errors::kNotFound, fmt::format("There is no {}", request.value("sid"))});
    co_return net::Response::json(200, found->value);
  };
  control.add("GET", "/exchanges", [list](ControlRequest& request) {
    return list(request, monitor::exchange_scope(request.principal.account->sid), "subject", "exchanges");
  });
  control.add("GET", "/exchanges/{sid}", [one](ControlRequest& request) {
    return one(request, monitor::exchange_scope(request.principal.account->sid));
  });
  control.add("GET", "/alerts", [list](ControlRequest& request) {
    return list(request, monitor::alert_scope(request.principal.account->sid), "resource", "alerts");
  });
  control.add("GET", "/alerts/{sid}", [&services](ControlRequest& request) -> Task<Result<net::Response>> {
    const std::string account = request.principal.account->sid;
    auto& store = services.ledger.store();
    const auto found = co_await store.get(monitor::alert_scope(account), request.value("sid"));
    if (!found) co_return fail({errors::kNotFound, fmt::format("There is no {}", request.value("sid"))});
    json::value alert = json::parse(found->value);
    json::object& ours = alert.get_object()["dialtone"].get_object();
    const auto exchange = co_await store.get(monitor::exchange_scope(account), text_of(ours, "exchange_sid"));
    ours["exchange"] = exchange ? json::parse(exchange->value) : json::value(nullptr);
    co_return json_response(alert);
  });
}

void resources(Control& control, rest::Engine& engine) {
  control.add("POST", "/resources", [&engine](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(const auto url, request.text("url"));
    json::object properties;
    if (const auto* given = request.body.if_contains("properties"); given && given->is_object()) {
      properties = given->get_object();
    }
    DT_CO_TRY(const auto reply, co_await engine.seed(request.principal, url, properties));
    co_return net::Response::json(201, reply.body);
  });
}

}  // namespace dialtone::lab::routes
