#include "functions/live.hpp"

#include <unordered_set>

#include "base/log.hpp"

namespace dialtone::functions {
namespace {

constexpr std::string_view kDomain = ".twil.io";
constexpr std::size_t kPage = 500;

std::string_view without_domain(std::string_view name) {
  if (name.ends_with(kDomain)) name.remove_suffix(kDomain.size());
  return name;
}

Visibility visibility_of(std::string_view word) {
  if (word == "private") return Visibility::kPrivate;
  return word == "protected" ? Visibility::kProtected : Visibility::kPublic;
}

std::string_view word_of(Visibility visibility) {
  if (visibility == Visibility::kPrivate) return "private";
  return visibility == Visibility::kProtected ? "protected" : "public";
}

std::map<std::string, Route, std::less<>> routes_of(const json::object& hidden) {
  std::map<std::string, Route, std::less<>> out;
  const json::value* all = hidden.if_contains("routes");
  if (!all || !all->is_array()) return out;
  for (const json::value& each : all->get_array()) {
    const json::object& row = each.as_object();
    Route route{.kind = text_of(row, "kind") == "asset" ? Route::Kind::kAsset : Route::Kind::kFunction,
                .path = std::string(text_of(row, "path")),
                .visibility = visibility_of(text_of(row, "visibility")),
                .sid = std::string(text_of(row, "sid")),
                .version_sid = std::string(text_of(row, "version_sid")),
                .file = std::string(text_of(row, "file")),
                .content_type = std::string(text_of(row, "content_type"))};
    out.emplace(route.path, std::move(route));
  }
  return out;
}

}  // namespace

json::array to_json(const std::map<std::string, Route, std::less<>>& routes) {
  json::array out;
  for (const auto& [path, route] : routes) {
    out.push_back(json::object{{"kind", route.kind == Route::Kind::kAsset ? "asset" : "function"},
                               {"path", path},
                               {"visibility", word_of(route.visibility)},
                               {"sid", route.sid},
                               {"version_sid", route.version_sid},
                               {"file", route.file},
                               {"content_type", route.content_type}});
  }
  return out;
}

DeployedPtr Live::find(std::string_view domain_name) const {
  const auto found = domains_.find(without_domain(domain_name));
  return found == domains_.end() ? nullptr : found->second;
}

bool Live::has(std::string_view domain_name) const { return domains_.contains(without_domain(domain_name)); }

bool Live::in_use(const std::filesystem::path& folder) const {
  const std::string path = std::filesystem::absolute(folder).string();
  return std::ranges::any_of(bundles_, [&](const auto& each) {
    const auto bundle = each.second.lock();
    return bundle && bundle->folder.starts_with(path);
  });
}

Task<> Live::load() {
  // What is known from before and is not in the store any more is gone.
  std::unordered_set<std::string> gone;
  for (const auto& [sid, state] : environments_) gone.insert(sid);
  reserved_.clear();
  store::ListQuery query{.scope = std::string(kDomainsScope), .limit = kPage};
  while (true) {
    const auto page = co_await services_.ledger.store().list(query);
    for (const auto& record : page) {
      const json::object whose = stored_object(record->value);
      gone.erase(std::string(text_of(whose, "environment_sid")));
      EnvironmentKey key{.account_sid = std::string(text_of(whose, "account_sid")),
                         .service_sid = std::string(text_of(whose, "service_sid")),
                         .environment_sid = std::string(text_of(whose, "environment_sid"))};
      reserve(record->id, key.account_sid);
      if (!key.environment_sid.empty()) co_await refresh(std::move(key));
    }
    if (page.size() < query.limit) break;
    query.after = page.back()->id;
  }
  for (const std::string& sid : gone) apply(sid, {});
  if (!environments_.empty()) log::info("functions.loaded", {{"environments", environments_.size()}});
}

Task<std::shared_ptr<const Bundle>> Live::bundle(const EnvironmentKey& key, std::string build_sid) {
  if (const auto found = bundles_.find(build_sid); found != bundles_.end()) {
    if (auto shared = found->second.lock()) co_return shared;
  }
  const auto record =
      co_await services_.ledger.store().get(service_scope(key.account_sid, key.service_sid, "Builds"), build_sid);
  if (!record) co_return nullptr;
  const Stored build = read_record(*record);
  auto made = std::make_shared<const Bundle>(Bundle{.build_sid = build_sid,
                                                    .folder = std::filesystem::absolute(Folders::build(
                                                        folders_.service(key.account_sid, key.service_sid), build_sid)),
                                                    .runtime = build.text("runtime"),
                                                    .routes = routes_of(build.hidden)});
  std::erase_if(bundles_, [](const auto& each) { return each.second.expired(); });
  bundles_[build_sid] = made;
  co_return made;
}

Task<Live::State> Live::read(EnvironmentKey key) {
  store::Store& store = services_.ledger.store();
  const auto environment =
      co_await store.get(service_scope(key.account_sid, key.service_sid, "Environments"), key.environment_sid);
  const auto service = co_await store.get(services_scope(key.account_sid), key.service_sid);
  if (!environment || !service) co_return State{};
  const Stored it = read_record(*environment);
  State state{.account_sid = key.account_sid,
              .service_sid = key.service_sid,
              .domain = std::string(without_domain(text_of(it.shown, "domain_name"))),
              .deployed = nullptr};
  const std::string build_sid = it.text("build_sid");
  if (build_sid.empty()) co_return state;
  auto bundle = co_await this->bundle(key, build_sid);
  if (!bundle) {
    log::error("functions.build_is_gone", {{"environment", key.environment_sid}, {"build", build_sid}});
    co_return state;
  }
  Deployed out{.account_sid = key.account_sid,
               .service_sid = key.service_sid,
               .environment_sid = key.environment_sid,
               .deployment_sid = std::string(text_of(it.hidden, "deployment_sid")),
               .domain_name = it.text("domain_name"),
               .include_credentials = true,
               .variables = {},
               .bundle = std::move(bundle)};
  const json::object shown = stored_object(shown_text(*service));
  if (const json::value* flag = shown.if_contains("include_credentials"); flag && flag->is_bool()) {
    out.include_credentials = flag->get_bool();
  }
  store::ListQuery query{.scope = environment_scope(key.account_sid, key.service_sid, key.environment_sid, "Variables"),
                         .limit = kPage};
  while (true) {
    const auto page = co_await store.list(query);
    for (const auto& record : page) {
      const json::object variable = stored_object(shown_text(*record));
      out.variables[std::string(text_of(variable, "key"))] = text_of(variable, "value");
    }
    if (page.size() < query.limit) break;
    query.after = page.back()->id;
  }
  state.deployed = std::make_shared<const Deployed>(std::move(out));
  co_return state;
}

Task<> Live::refresh(EnvironmentKey key) {
  auto& turn = turns_[key.environment_sid];
  const std::uint64_t mine = ++turn.asked;
  ++turn.running;
  State now = co_await read(key);
  const auto at = turns_.find(key.environment_sid);
  const bool newest = at->second.applied < mine;
  if (newest) at->second.applied = mine;
  if (--at->second.running == 0) turns_.erase(at);
  if (newest) apply(key.environment_sid, std::move(now));
}

Task<> Live::refresh_service(std::string account_sid, std::string service_sid) {
  std::vector<EnvironmentKey> keys;
  for (const auto& [sid, state] : environments_) {
    if (state.service_sid == service_sid) keys.push_back({account_sid, service_sid, sid});
  }
  for (EnvironmentKey& key : keys) co_await refresh(std::move(key));
}

std::vector<std::string> Live::domains_of(std::string_view account_sid) const {
  std::vector<std::string> out;
  for (const auto& [domain, owner] : reserved_) {
    if (owner == account_sid) out.push_back(domain);
  }
  return out;
}

void Live::forget(std::string_view account_sid) {
  for (const std::string& domain : domains_of(account_sid)) reserved_.erase(domain);
  std::vector<std::string> gone;
  for (const auto& [sid, state] : environments_) {
    if (state.account_sid == account_sid) gone.push_back(sid);
  }
  for (const std::string& sid : gone) apply(sid, {});
}

void Live::apply(const std::string& environment_sid, State now) {
  const auto before = environments_.find(environment_sid);
  if (before != environments_.end() && before->second.domain != now.domain) domains_.erase(before->second.domain);
  DeployedPtr deployed = now.deployed;
  if (now.domain.empty()) {
    if (before == environments_.end()) return;
    environments_.erase(before);
  } else {
    domains_[now.domain] = now.deployed;
    environments_[environment_sid] = std::move(now);
  }
  for (const Listener& listener : listeners_) listener(environment_sid, deployed);
}

}  // namespace dialtone::functions
