#include "functions/platform.hpp"

#include "base/log.hpp"

namespace dialtone::functions {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRemoveRow = "function.remove";
/// Requests that began on a build end within this.
constexpr std::chrono::seconds kInUseMax{15};

}  // namespace

Platform::Platform(rest::Services& services, monitor::Alerts& alerts, Folders folders)
    : services_(services),
      alerts_(alerts),
      folders_(std::move(folders)),
      disk_(services.executor),
      builder_(services, alerts, folders_, disk_),
      logs_(services, alerts),
      live_(services, folders_, logs_) {
  builder_.start();
  services_.ledger.on(std::string(kRemoveRow), [this](store::OutboxRow row) { return remove(std::move(row)); });
  services_.ledger.subscribe([this](const store::EntryView& entry) {
    if (entry.kind == "tenant.removed") live_.forget(entry.subject);
  });
}

Task<> Platform::load() {
  co_await live_.load();
  // Listed while nothing can be uploaded, looked at when there is time.
  auto files = co_await disk_.run([this] { return folders_.stored(); });
  if (!files.empty()) spawn(services_.executor, "functions.sweep", sweep(std::move(files)));
}

Task<bool> Platform::files_are_kept() {
  if (!kept_) co_return false;
  co_return co_await kept_();
}

Task<> Platform::sweep(std::vector<StoredFile> files) {
  store::Store& store = services_.ledger.store();
  std::vector<fs::path> orphans;
  for (const StoredFile& file : files) {
    bool known = false;
    for (const std::string_view kind : {"Builds", "FunctionVersions", "AssetVersions"}) {
      if (is_sid(file.sid, "ZB") != (kind == "Builds")) continue;
      known = known || co_await store.get(service_scope(file.account_sid, file.service_sid, kind), file.sid) != nullptr;
    }
    if (!known) orphans.push_back(file.path);
  }
  if (orphans.empty() || co_await files_are_kept()) co_return;
  log::info("functions.swept", {{"files", orphans.size()}});
  co_await disk_.run([orphans] {
    for (const fs::path& path : orphans) remove_tree(path);
    return true;
  });
}

void Platform::erase(store::Transaction& transaction, const std::string& account_sid) {
  const auto domains = live_.domains_of(account_sid);
  if (domains.empty()) return;
  for (const std::string& domain : domains) transaction.erase(kDomainsScope, domain);
  remove_later(transaction, account_sid, {folders_.root() / account_sid});
}

void Platform::remove_later(store::Transaction& transaction, std::string_view subject,
                            const std::vector<fs::path>& paths) {
  json::array names;
  for (const fs::path& path : paths) names.push_back(json::value(path.lexically_relative(folders_.root()).string()));
  transaction.outbox({.due = services_.clock.now(),
                      .kind = std::string(kRemoveRow),
                      .subject = std::string(subject),
                      .data = wire_json({{"paths", std::move(names)}})});
}

Task<Result<>> Platform::remove(store::OutboxRow row) {
  std::vector<fs::path> paths;
  for (const json::value& each : stored_object(row.data).at("paths").as_array()) {
    const fs::path name = fs::path(std::string_view(each.as_string())).lexically_normal();
    if (name.empty() || name.is_absolute() || *name.begin() == "..") continue;
    paths.push_back(folders_.root() / name);
  }
  // Real time: it is requests that are waited for.
  const auto deadline = std::chrono::steady_clock::now() + kInUseMax;
  Timer timer(services_.executor);
  while (std::chrono::steady_clock::now() < deadline &&
         std::ranges::any_of(paths, [this](const fs::path& path) { return live_.in_use(path); })) {
    timer.expires_after(std::chrono::milliseconds(200));
    co_await timer.async_wait(use_task);
  }
  if (!co_await files_are_kept()) {
    co_await disk_.run([paths] {
      for (const fs::path& path : paths) remove_tree(path);
      return true;
    });
  }
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  co_return co_await services_.ledger.finish(std::move(transaction));
}

}  // namespace dialtone::functions
