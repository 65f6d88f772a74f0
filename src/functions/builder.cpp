#include "functions/builder.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "functions/dependencies.hpp"

namespace dialtone::functions {
namespace {

namespace fs = std::filesystem;

struct File {
  fs::path from;
  std::string to;  ///< below the build's folder
};

std::vector<Dependency> dependencies_of(const Stored& build) {
  std::vector<Dependency> out;
  for (const json::value& each : build.shown.at("dependencies").as_array()) {
    out.push_back({.name = std::string(text_of(each.as_object(), "name")),
                   .version = std::string(text_of(each.as_object(), "version"))});
  }
  return out;
}

/// The uploaded files under the names they have in the build. They are links: neither is ever changed.
Result<> lay_out(const fs::path& folder, const std::vector<File>& files) {
  for (const char* each : {"", "handlers", "files", "assets"}) {
    const fs::path here = folder / each;
    DT_CHECK(make_folders(here));
    std::error_code ignored;
    fs::permissions(here, fs::perms(0755), ignored);
  }
  for (const File& file : files) {
    std::error_code error;
    fs::create_hard_link(file.from, folder / file.to, error);
    if (error) {
      return fail({kDiskError, fmt::format("The content of {} cannot be read: {}", file.from.filename().string(),
                                           error.message())});
    }
  }
  return {};
}

/// From here on it is the build.
Result<> take_place(const fs::path& made, const fs::path& place) {
  DT_CHECK(make_folders(place.parent_path()));
  std::error_code error;
  fs::rename(made, place, error);
  if (error) return fail({kDiskError, fmt::format("{}: {}", kDiskError.message, error.message())});
  DT_CHECK(sync_folder(place.parent_path()));
  return sync_folder(place.parent_path().parent_path());
}

}  // namespace

void Builder::start() {
  services_.ledger.on(std::string(kBuildRow), [this](store::OutboxRow row) { return handle(std::move(row)); });
}

void Builder::order(store::Transaction& transaction, std::string_view account_sid, std::string_view service_sid,
                    std::string_view build_sid) const {
  transaction.outbox({.due = services_.clock.now(),
                      .kind = std::string(kBuildRow),
                      .subject = std::string(build_sid),
                      .data = wire_json({{"account_sid", account_sid}, {"service_sid", service_sid}})});
}

Task<Result<>> Builder::make(const Stored& build, std::string account_sid, std::string service_sid,
                             std::string build_sid) {
  const fs::path service = folders_.service(account_sid, service_sid);
  const fs::path place = Folders::build(service, build_sid);
  // It is whole when it has its name: only the news of it was lost.
  if (co_await disk_.run([place] {
        std::error_code error;
        return fs::exists(place, error);
      })) {
    co_return Result<>{};
  }
  const auto wanted = dependencies_of(build);
  DT_CO_CHECK(check_handler(wanted));
  std::vector<File> files;
  for (const json::value& each : build.hidden.at("routes").as_array()) {
    const json::object& route = each.as_object();
    files.push_back(
        {.from = Folders::version(service, text_of(route, "version_sid")), .to = std::string(text_of(route, "file"))});
  }
  const fs::path made = folders_.temporary();
  auto done = co_await disk_.run([made, files] { return lay_out(made, files); });
  const auto dependencies = to_install(wanted);
  if (done && !dependencies.empty()) done = co_await npm_.install(dependencies, made);
  if (done) {
    done = co_await disk_.run([made, place, installed = !dependencies.empty()]() -> Result<> {
      DT_CHECK(installed ? sync_filesystem(made) : sync_folders(made));
      return take_place(made, place);
    });
  }
  if (!done) {
    co_await disk_.run([made] {
      remove_tree(made);
      return true;
    });
  }
  co_return done;
}

Task<Result<>> Builder::handle(store::OutboxRow row) {
  const json::object where = stored_object(row.data);
  const std::string account_sid(text_of(where, "account_sid"));
  const std::string service_sid(text_of(where, "service_sid"));
  const std::string& build_sid = row.subject;
  const std::string scope = service_scope(account_sid, service_sid, "Builds");
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const auto record = co_await services_.ledger.store().get(scope, build_sid);
  if (!record) co_return co_await services_.ledger.finish(std::move(transaction));  // deleted meanwhile
  Stored build = read_record(*record);
  if (build.text("status") != "building") co_return co_await services_.ledger.finish(std::move(transaction));

  const auto done = co_await make(build, account_sid, service_sid, build_sid);
  const TimePoint now = services_.clock.now();
  build.shown["status"] = done ? "completed" : "failed";
  build.shown["date_updated"] = iso8601(now);
  if (!done) build.hidden["error"] = done.error().message;
  transaction.require_unchanged(scope, record);
  transaction.put(scope, make_record(build_sid, build));
  transaction.journal(
      {.at = now,
       .kind = "function.built",
       .account = account_sid,
       .subject = build_sid,
       .data = wire_json({{"service_sid", service_sid},
                          {"status", build.shown["status"]},
                          {"error", done ? json::value(nullptr) : json::value(done.error().message)}})});
  if (!done) {
    log::warn("functions.build_failed", {{"build", build_sid}, {"error", done.error().message}});
    alerts_.add(transaction, {.account_sid = account_sid,
                              .resource_sid = build_sid,
                              .code = kInstallFailed.code,
                              .text = done.error().message,
                              .explanation = "Are the names and versions of the packages right, and is the registry "
                                             "of npm reachable from here?"});
  }
  auto committed = co_await services_.ledger.finish(std::move(transaction));
  if (committed || committed.error().code != store::kConflict.code) co_return committed;
  // Deleted while it was made, then nobody knows the folder any more; or the state is another one, where the build is
  // made anew.
  if (co_await services_.ledger.store().get(scope, build_sid)) co_return committed;
  co_await disk_.run([place = Folders::build(folders_.service(account_sid, service_sid), build_sid)] {
    remove_tree(place);
    return true;
  });
  store::Transaction drop;
  drop.outbox_done(row.id);
  co_return co_await services_.ledger.finish(std::move(drop));
}

}  // namespace dialtone::functions
