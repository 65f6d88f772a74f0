#pragma once
// For tests: one environment whose build is made by hand, and the gateway in front of it with real workers. The test
// program is its own sandbox helper.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/testing.hpp"
#include "functions/gateway.hpp"
#include "functions/runtime_files.hpp"
#include "net/text.hpp"

namespace dialtone::functions::testing {

/// Before anything else, the program may be asked to be the helper.
[[gnu::constructor]] inline void be_the_helper(int argc, char** argv) { run_helper_if_asked(argc, argv); }

class FakeDeployments final : public Deployments {
 public:
  DeployedPtr find(std::string_view domain_name) const override {
    const auto found = live.find(domain_name.substr(0, domain_name.find('.')));
    return found == live.end() ? nullptr : found->second;
  }
  void subscribe(Listener listener) override { listeners.push_back(std::move(listener)); }
  Task<> keep(std::vector<LogLine> kept) override {
    std::ranges::move(kept, std::back_inserter(lines));
    co_return;
  }
  void set(const std::string& domain, DeployedPtr deployed) {
    const auto sid = deployed->environment_sid;
    live[domain] = deployed;
    for (const auto& each : listeners) each(sid, deployed);
  }

  std::map<std::string, DeployedPtr, std::less<>> live;
  std::vector<Listener> listeners;
  std::vector<LogLine> lines;
};

class OneAccount final : public rest::Authenticator {
 public:
  Result<rest::Principal> authenticate(std::string_view, std::string_view) override {
    return fail(dialtone::errors::kAuthenticate);
  }
  rest::AccountPtr find(std::string_view account_sid) const override {
    return account_sid == account->sid ? account : nullptr;
  }
  rest::AccountPtr account =
      std::make_shared<const rest::Account>(rest::Account{.sid = "AC0123456789abcdef0123456789abcdef",
                                                          .auth_token = "0123456789abcdef0123456789abcdef",
                                                          .secondary_token = {},
                                                          .owner_sid = "AC0123456789abcdef0123456789abcdef",
                                                          .status = "active"});
};

struct Sent {
  std::string method = "GET";
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

/// A folder of builds, and what is deployed from it.
class World {
 public:
  explicit World(WorkerLimits limits = {}, std::size_t memory_bytes_max = 256 * 1024 * 1024)
      : gateway(services, accounts, alerts, deployments, options(limits, memory_bytes_max)) {
    std::string name = (std::filesystem::temp_directory_path() / "dialtone-functions-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    next_build();
    dialtone::testing::run(io, gateway.start("127.0.0.1", 1, ""));
  }
  ~World() {
    gateway.stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // What the build holds.
  void function(const std::string& path, std::string_view code, Visibility visibility = Visibility::kPublic) {
    add(Route::Kind::kFunction, path, "handlers", ".js", code, visibility);
  }
  void module(const std::string& path, std::string_view code) {
    add(Route::Kind::kFunction, path, "handlers", ".mjs", code, Visibility::kPublic);
  }
  void asset(const std::string& path, std::string_view text, Visibility visibility = Visibility::kPublic) {
    add(Route::Kind::kAsset, path, visibility == Visibility::kPrivate ? "files" : "assets",
        std::filesystem::path(path).extension().string(), text, visibility);
  }
  void file(const std::string& name, std::string_view text) {
    const auto where = std::filesystem::path(bundle->folder) / name;
    std::filesystem::create_directories(where.parent_path());
    std::ofstream(where) << text;
  }
  void variable(const std::string& name, std::string value) { variables[name] = std::move(value); }

  /// Begins another build.
  void next_build() {
    bundle = std::make_shared<Bundle>();
    bundle->build_sid = services.sids.make("ZB");
    bundle->folder = folder + "/" + bundle->build_sid;
    bundle->runtime = "node22";
    std::filesystem::create_directories(bundle->folder + "/handlers");
    std::filesystem::permissions(bundle->folder, std::filesystem::perms(0755));
  }
  void deploy() {
    deployments.set("svc-1234", std::make_shared<const Deployed>(Deployed{.account_sid = accounts.account->sid,
                                                                          .service_sid = service_sid,
                                                                          .environment_sid = environment_sid,
                                                                          .deployment_sid = services.sids.make("ZD"),
                                                                          .domain_name = "svc-1234.twil.io",
                                                                          .include_credentials = include_credentials,
                                                                          .variables = variables,
                                                                          .bundle = bundle}));
  }

  Task<net::Response> ask(Sent sent) {
    net::Request request;
    request.method = sent.method;
    request.target = sent.target;
    request.host = "svc-1234.twil.io";
    request.headers.add("Host", "svc-1234.twil.io");
    for (const auto& [name, value] : sent.headers) request.headers.add(name, value);
    request.body = sent.body;
    co_return co_await gateway.handle(request, "svc-1234.twil.io");
  }
  net::Response send(Sent sent) { return dialtone::testing::run(io, ask(std::move(sent))); }
  net::Response get(std::string target) { return send({.method = "GET", .target = std::move(target)}); }
  net::Response post(std::string target, std::string type, std::string body) {
    return send({.method = "POST",
                 .target = std::move(target),
                 .headers = {{"Content-Type", std::move(type)}},
                 .body = std::move(body)});
  }

  [[nodiscard]] bool sandboxed() const { return gateway.sandboxed(); }
  [[nodiscard]] rest::AccountPtr account() const { return accounts.account; }
  /// What was logged so far.
  std::vector<LogLine> lines() { return deployments.lines; }
  /// Codes of the alerts so far, ascending.
  std::vector<int> alert_codes() {
    io.restart();
    io.poll();
    std::vector<int> out;
    const auto page = dialtone::testing::run(
        io, ledger.store().list({.scope = monitor::alert_scope(accounts.account->sid), .limit = 1000}));
    for (const auto& record : page) {
      out.push_back(std::stoi(std::string(text_of(stored_object(record->value), "error_code"))));
    }
    std::ranges::sort(out);
    return out;
  }
  /// Runs until `done` holds; fails the test when it takes too long.
  template <typename Done>
  void until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done() && std::chrono::steady_clock::now() < deadline) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds(100));
    }
    EXPECT_TRUE(done());
  }

  asio::io_context io{1};
  Clock clock{io.get_executor()};
  SidSource sids{clock};
  std::unique_ptr<store::Store> store = store::open_memory(io.get_executor());
  store::Ledger ledger{io.get_executor(), clock, *store};
  rest::Services services{io.get_executor(), clock, sids, ledger};
  OneAccount accounts;
  monitor::Alerts alerts{services, accounts};
  FakeDeployments deployments;
  Gateway gateway;
  std::string folder;
  std::shared_ptr<Bundle> bundle;
  std::map<std::string, std::string> variables;
  bool include_credentials = true;
  std::string service_sid = sids.make("ZS");
  std::string environment_sid = sids.make("ZE");

 private:
  static GatewayOptions options(WorkerLimits limits, std::size_t memory_bytes_max) {
    // What needs a sandbox says so itself.
    GatewayOptions out{.sandbox = find_runtime(), .limits = limits, .allow_unsandboxed = true};
    out.sandbox->memory_bytes_max = memory_bytes_max;
    return out;
  }
  void add(Route::Kind kind, const std::string& path, const std::string& place, const std::string& extension,
           std::string_view text, Visibility visibility) {
    Route route{.kind = kind,
                .path = path,
                .visibility = visibility,
                .sid = sids.make("ZH"),
                .version_sid = sids.make("ZN"),
                .file = {},
                .content_type = kind == Route::Kind::kAsset ? "text/plain" : ""};
    route.file = place + "/" + route.version_sid + (place == "assets" ? "" : extension);
    file(route.file, text);
    bundle->routes[path] = std::move(route);
  }
};

/// All values of a header.
inline std::vector<std::string> headers(const net::Response& response, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& [each, value] : response.headers) {
    if (net::same_text(each, name)) out.push_back(value);
  }
  return out;
}
inline std::string header(const net::Response& response, std::string_view name) {
  const auto all = headers(response, name);
  return all.empty() ? std::string() : all.front();
}

}  // namespace dialtone::functions::testing
