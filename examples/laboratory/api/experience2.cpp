// Experience 2: a function in the cloud, in the order in which it comes to life: a service, an environment in it, a
// function, a version of its code, a build of versions, and a deployment of the build.

#include <fstream>
#include <random>
#include <sstream>

#include "laboratory.hpp"
#include "twilio/api/v2010.hpp"
#include "twilio/serverless/v1.hpp"

namespace laboratory {

using twilio::Json;
namespace serverless = twilio::serverless::v1;

namespace {

struct Script {
  const char* name;
  const char* path;   // where it answers
  const char* point;  // what of the number it can answer, empty for neither
};
constexpr Script kScripts[] = {
    {"json-answer", "/json", ""}, {"text-answer", "/text", "messages"}, {"call-answer", "/call", "calls"}};

const Script& script(const Json& name) {
  for (const Script& each : kScripts) {
    if (name.text() == each.name) return each;
  }
  throw BadInput{"Choose one of the scripts: json-answer, text-answer or call-answer."};
}

std::string content_of(const Settings& settings, const Script& script) {
  std::ifstream in(settings.scripts + "/" + script.name + ".js");
  if (!in) throw std::runtime_error(std::string("the script ") + script.name + " is not in " + settings.scripts);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

/// A list as the page gets it: what the API gave of each.
template <class List>
Answer all(List list, const char* name) {
  Json rows = Json::array({});
  for (const auto& each : list) rows.add(each.raw.json());
  return {.body = Json::object({{name, rows}}).dump()};
}

template <class T>
Answer made(const T& resource) {
  return {.status = 201, .body = std::string(resource.raw.text())};
}

std::string few_letters() {
  std::random_device random;
  std::string out;
  for (int i = 0; i < 6; ++i) out += static_cast<char>('a' + random() % 26);
  return out;
}

std::string service_of(const Request& request) { return sid(request.body["serviceSid"].text(), "ZS", "service"); }

}  // namespace

std::vector<Route> experience2(twilio::Client& client, const Settings& settings) {
  auto services = [&client] { return client.serverless().v1().services(); };
  auto service = [&client](const std::string& sid) { return client.serverless().v1().services(sid); };

  auto create_service = [=](const Request&) {
    return made(services().create(
        {.unique_name = "laboratory-" + few_letters(), .friendly_name = "Laboratory", .include_credentials = true}));
  };
  auto list_services = [=](const Request&) { return all(services().list({.limit = 50}), "services"); };
  auto delete_service = [=](const Request& request) -> Answer {
    service(service_of(request)).remove();
    return {.body = R"({"deleted":true})"};
  };

  auto create_environment = [=](const Request& request) {
    return made(service(service_of(request)).environments().create({.unique_name = "dev", .domain_suffix = "dev"}));
  };
  auto list_environments = [=](const Request& request) {
    return all(service(sid(request.path_values.at("sid"), "ZS", "service")).environments().list({.limit = 50}),
               "environments");
  };

  auto create_function = [=](const Request& request) {
    return made(
        service(service_of(request)).functions().create({.friendly_name = script(request.body["script"]).name}));
  };
  auto list_functions = [=](const Request& request) {
    return all(service(sid(request.path_values.at("sid"), "ZS", "service")).functions().list({.limit = 50}),
               "functions");
  };
  auto list_versions = [=](const Request& request) {
    auto of = service(sid(request.path_values.at("sid"), "ZS", "service"))
                  .functions(sid(request.path_values.at("fid"), "ZH", "function"));
    return all(of.function_versions().list({.limit = 50}), "function_versions");
  };

  // Uploads have a host of their own, and a body in parts.
  auto upload = [&client, &settings](const Request& request) -> Answer {
    std::string service_sid = service_of(request);
    std::string function_sid = sid(request.body["functionSid"].text(), "ZH", "function");
    const Script& chosen = script(request.body["script"]);
    auto answer = client.request({.method = "POST",
                                  .url = "https://serverless-upload.twilio.com/v1/Services/" + service_sid +
                                         "/Functions/" + function_sid + "/Versions",
                                  .parts = {{.name = "Path", .content = chosen.path},
                                            {.name = "Visibility", .content = "public"},
                                            {.name = "Content",
                                             .content = content_of(settings, chosen),
                                             .filename = std::string(chosen.name) + ".js",
                                             .content_type = "application/javascript"}}});
    return {.status = answer.status, .body = answer.body};
  };

  auto create_build = [=](const Request& request) {
    std::vector<std::string> versions;
    for (const Json& each : request.body["functionVersions"].items())
      versions.push_back(sid(each.text(), "ZN", "function version"));
    if (versions.empty()) throw BadInput{"A build needs at least one function version."};
    return made(service(service_of(request)).builds().create({.function_versions = versions, .runtime = "node22"}));
  };
  auto list_builds = [=](const Request& request) {
    return all(service(sid(request.path_values.at("sid"), "ZS", "service")).builds().list({.limit = 50}), "builds");
  };

  auto deploy = [=](const Request& request) {
    auto environment =
        service(service_of(request)).environments(sid(request.body["environmentSid"].text(), "ZE", "environment"));
    return made(environment.deployments().create({.build_sid = sid(request.body["buildSid"].text(), "ZB", "build")}));
  };
  auto list_deployments = [=](const Request& request) {
    auto get = [&](const char* name) { return request.query.contains(name) ? request.query.at(name) : std::string(); };
    auto environment =
        service(sid(get("serviceSid"), "ZS", "service")).environments(sid(get("environmentSid"), "ZE", "environment"));
    return all(environment.deployments().list({.limit = 50}), "deployments");
  };

  /// The number's messages or calls go to the function from now on.
  auto point = [&client, &settings](const Request& request) -> Answer {
    std::string url = https_url(request.body["url"]);
    std::string what = script(request.body["script"]).point;
    if (what.empty()) throw BadInput{"This script answers neither messages nor calls."};
    auto numbers = client.api().incoming_phone_numbers().list({.phone_number = settings.number, .limit = 1}).all();
    if (numbers.empty()) throw BadInput{settings.number + " is not a number of this account."};
    auto number = client.api().incoming_phone_numbers(numbers[0].sid);
    auto now = what == "messages" ? number.update({.sms_method = "POST", .sms_url = url})
                                  : number.update({.voice_method = "POST", .voice_url = url});
    return {.body = std::string(now.raw.text())};
  };

  return {{"POST", "/experience2/service", create_service},
          {"GET", "/experience2/service", list_services},
          {"DELETE", "/experience2/service", delete_service},
          {"POST", "/experience2/environment", create_environment},
          {"GET", "/experience2/environments/:sid", list_environments},
          {"POST", "/experience2/function", create_function},
          {"GET", "/experience2/functions/:sid", list_functions},
          {"GET", "/experience2/functions-versions/:sid/:fid", list_versions},
          {"POST", "/experience2/upload", upload},
          {"POST", "/experience2/builds", create_build},
          {"GET", "/experience2/builds/:sid", list_builds},
          {"POST", "/experience2/deploy", deploy},
          {"GET", "/experience2/deploy", list_deployments},
          {"POST", "/experience2/point", point}};
}

}  // namespace laboratory
