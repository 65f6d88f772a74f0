// client_driver BASE_ADDRESS: reads {"operation":"api_v2010 CreateMessage","path":["AC…"],"values":{"To":"+1…"}}, a
// line each, and answers {"typed":…} or {"error":{"status":…,"code":…,"message":…}}.

#include "driver.hpp"

#include <cstdlib>
#include <iostream>

namespace driver {

std::map<std::string, Run, std::less<>>& runs() {
  static std::map<std::string, Run, std::less<>> all;
  return all;
}

namespace {

void fill_one(const detail::FieldType& type, void* value, const Json& given) {
  std::string text = given.is_text() ? given.text() : given.dump();
  switch (type.kind) {
    case detail::Kind::kText:
      *static_cast<std::string*>(value) = text;
      break;
    case detail::Kind::kBoolean:
      *static_cast<bool*>(value) = text == "true";
      break;
    case detail::Kind::kInteger:
      *static_cast<std::int64_t*>(value) = std::stoll(text);
      break;
    case detail::Kind::kNumber:
      *static_cast<double*>(value) = std::stod(text);
      break;
    case detail::Kind::kTime:
      *static_cast<twilio::Time*>(value) = detail::read_time(text).value();
      break;
    case detail::Kind::kDate:
      *static_cast<twilio::Date*>(value) = detail::read_date(text.substr(0, 10)).value();
      break;
    case detail::Kind::kJson:
      *static_cast<Json*>(value) = given;
      break;
    case detail::Kind::kStructure: {
      detail::Reader reader(text);
      detail::read_structure(reader, *type.structure(), value, nullptr);
      break;
    }
  }
}

}  // namespace

void fill(const detail::FieldType& type, void* field, const Json& value) {
  void* inner = type.make(field);
  if (!type.list) return fill_one(type, inner, value);
  if (!value.is_array()) return fill_one(type, type.append(inner), value);
  for (const Json& each : value.items()) fill_one(type, type.append(inner), each);
}

}  // namespace driver

using twilio::Json;

namespace {

/// DRIVER_OPTIONS: {"retries":2,"repeat_creates":true,"timeout_ms":300,"region":"ie1","edge":"dublin","direct":true,…}
twilio::Options options(const char* base) {
  const char* text = std::getenv("DRIVER_OPTIONS");
  Json given = text ? Json::parse(text) : Json();
  twilio::Options out;
  if (!given["direct"].boolean()) out.base_address = base;
  out.region = given["region"].text();
  out.edge = given["edge"].text();
  out.account_sid = given["account_sid"].text();
  out.timeout = std::chrono::milliseconds(given["timeout_ms"].integer(30'000));
  out.retry.retries_max = static_cast<int>(given["retries"].integer());
  out.retry.repeat_creates = given["repeat_creates"].boolean();
  out.retry.first_delay = std::chrono::milliseconds(1);
  return out;
}

}  // namespace

int main(int, char** arguments) {
  twilio::Client client(options(arguments[1]));
  std::string text;
  while (std::getline(std::cin, text)) {
    Json out = Json::object({});
    try {
      Json line = Json::parse(text);
      auto run = driver::runs().find(line["operation"].text());
      if (run == driver::runs().end()) throw std::runtime_error("no such operation");
      out.set("typed", Json::parse(run->second(client, driver::Call(line))));
    } catch (const twilio::ApiError& error) {
      out.set("error",
              Json::object({{"status", error.status()}, {"code", error.code()}, {"message", error.message()}}));
    } catch (const twilio::TransportError& error) {
      constexpr const char* kReasons[] = {"connect", "tls", "proxy", "broken", "timeout", "closed"};
      out.set("error", Json::object({{"status", 0},
                                     {"reason", kReasons[static_cast<int>(error.reason())]},
                                     {"message", error.what()},
                                     {"may_have_happened", error.may_have_happened()}}));
    } catch (const std::exception& error) {
      out.set("error", Json::object({{"status", 0}, {"code", 0}, {"message", error.what()}}));
    }
    std::cout << out.dump() << std::endl;
  }
}
