#include <fmt/format.h>

#include "lab/routes.hpp"

namespace dialtone::lab::routes {
namespace {

constexpr int kDepthMax = 4;

json::object describe(catalogue::Schema schema, int depth) {
  static constexpr std::array<std::string_view, 7> kNames{"any",     "string", "integer", "number",
                                                          "boolean", "object", "array"};
  json::object out{{"type", kNames[static_cast<std::size_t>(schema.type())]}};
  if (!schema.format().empty()) out["format"] = schema.format();
  if (!schema.sid_prefix().empty()) out["sid"] = schema.sid_prefix();
  if (!schema.default_json().empty()) out["default"] = json::parse(schema.default_json());
  if (schema.enum_count() > 0) {
    json::array values;
    for (std::size_t i = 0; i < schema.enum_count(); ++i) values.emplace_back(schema.enum_at(i));
    out["values"] = std::move(values);
  }
  if (schema.max_length() > 0) out["max_length"] = schema.max_length();
  if (schema.type() == catalogue::Type::kArray && depth < kDepthMax) out["items"] = describe(schema.items(), depth + 1);
  if (schema.property_count() > 0 && depth < kDepthMax) {
    json::object properties;
    for (std::size_t i = 0; i < schema.property_count(); ++i)
      properties[schema.property_at(i).name()] = describe(schema.property_at(i).schema(), depth + 1);
    out["properties"] = std::move(properties);
  }
  return out;
}

json::object describe(catalogue::Operation operation, const rest::Engine& engine) {
  static constexpr std::array<std::string_view, 4> kPlaces{"path", "query", "form", "header"};
  static constexpr std::array<std::string_view, 3> kBodies{"none", "form", "json"};
  json::array parameters;
  for (std::size_t i = 0; i < operation.parameter_count(); ++i) {
    const auto parameter = operation.parameter_at(i);
    json::object row = describe(parameter.schema(), 0);
    row["name"] = parameter.name();
    row["in"] = kPlaces[static_cast<std::size_t>(parameter.place())];
    row["required"] = parameter.required();
    parameters.push_back(std::move(row));
  }
  json::object out{{"document", operation.path().document().name()},
                   {"operation", operation.id()},
                   {"method", catalogue::name(operation.method())},
                   {"product", operation.path().host()},
                   {"path", operation.path().path_template()},
                   {"summary", operation.summary()},
                   {"body", kBodies[static_cast<std::size_t>(operation.body_kind())]},
                   {"status", operation.status()},
                   {"behaviour", engine.coverage(operation) == rest::Engine::Coverage::kOwn ? "own" : "generic"},
                   {"parameters", std::move(parameters)}};
  if (operation.body_kind() == catalogue::BodyKind::kJson) out["body_schema"] = describe(operation.body(), 0);
  return out;
}

}  // namespace

void catalogue(Control& control, rest::Engine& engine) {
  control.add("GET", "/catalogue", [](ControlRequest&) -> Task<Result<net::Response>> {
    json::array out;
    for (std::uint32_t i = 0; i < dialtone::catalogue::operation_count(); ++i) {
      const dialtone::catalogue::Operation each(i);
      out.push_back(json::array{each.path().document().name(), each.id(), dialtone::catalogue::name(each.method()),
                                each.path().host(), each.path().path_template()});
    }
    co_return json_response(json::object{{"operations", std::move(out)}});
  });
  control.add(
      "GET", "/catalogue/{document}/{operation}", [&engine](ControlRequest& request) -> Task<Result<net::Response>> {
        for (std::uint32_t i = 0; i < dialtone::catalogue::operation_count(); ++i) {
          const dialtone::catalogue::Operation each(i);
          if (each.id() == request.value("operation") && each.path().document().name() == request.value("document"))
            co_return json_response(describe(each, engine));
        }
        co_return fail({errors::kNotFound, fmt::format("The catalogue has no {} in {}", request.value("operation"),
                                                       request.value("document"))});
      });
}

}  // namespace dialtone::lab::routes
