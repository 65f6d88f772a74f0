#include "functions/npm.hpp"

#include <openssl/sha.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/sid.hpp"
#include "functions/child.hpp"

namespace dialtone::functions {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kComplete = ".complete";

std::string key_of(std::vector<Dependency> dependencies) {
  std::ranges::sort(dependencies, {}, &Dependency::name);
  std::string text;
  for (const Dependency& each : dependencies) text += each.name + "@" + each.version + "\n";
  unsigned char hash[SHA256_DIGEST_LENGTH];
  ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
  std::string out;
  for (const unsigned char byte : hash) fmt::format_to(std::back_inserter(out), "{:02x}", byte);
  return out;
}

/// What npm may know: where programs are, how to reach its registry, and a home of its own.
std::vector<std::string> environment(const fs::path& npm) {
  std::vector<std::string> out{"HOME=" + (npm / "home").string(), "LANG=C.UTF-8",
                               "npm_config_cache=" + (npm / "cache").string()};
  for (const char* name : {"PATH", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
                           "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "npm_config_registry", "NPM_CONFIG_REGISTRY"}) {
    if (const char* value = std::getenv(name)) out.push_back(fmt::format("{}={}", name, value));
  }
  // Whoever runs us may have a registry of his own.
  if (const char* home = std::getenv("HOME")) {
    const fs::path file = fs::path(home) / ".npmrc";
    if (::access(file.c_str(), R_OK) == 0) out.push_back("npm_config_userconfig=" + file.string());
  }
  return out;
}

std::string package_json(const std::vector<Dependency>& dependencies) {
  json::object all;
  for (const Dependency& each : dependencies) all[each.name] = each.version;
  return wire_json(json::object{{"name", "build"}, {"version", "1.0.0"}, {"private", true}, {"dependencies", all}});
}

/// The lines of npm that say what is wrong, without where its logs are.
std::string complaint(std::string_view output) {
  std::string out;
  while (!output.empty() && out.size() < 1000) {
    std::string_view line = output.substr(0, output.find('\n'));
    output.remove_prefix(std::min(output.size(), line.size() + 1));
    for (const std::string_view prefix : {"npm error ", "npm ERR! "}) {
      if (!line.starts_with(prefix)) continue;
      line.remove_prefix(prefix.size());
      if (line.find("complete log of this run") != std::string_view::npos || line.find("debug-0.log") < line.size()) {
        continue;
      }
      if (!out.empty()) out += "; ";
      out += line;
    }
  }
  return out;
}

/// The sets that were used least recently go.
void remove_oldest(const fs::path& modules) {
  std::vector<std::pair<fs::file_time_type, fs::path>> sets;
  std::error_code error;
  for (fs::directory_iterator at(modules, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    sets.emplace_back(fs::last_write_time(at->path(), ignored), at->path());
  }
  if (sets.size() <= Npm::kSetsMax) return;
  std::ranges::sort(sets);
  for (std::size_t i = 0; i < sets.size() - Npm::kSetsMax; ++i) remove_tree(sets[i].second);
}

}  // namespace

Task<> Npm::wait_for_turn() {
  if (!busy_) {
    busy_ = true;
    co_return;
  }
  auto mine = std::make_shared<Event>(executor_);
  waiting_.push_back(mine);
  while (!co_await mine->wait(kLimit)) {
  }
}

void Npm::end_turn() {
  if (waiting_.empty()) {
    busy_ = false;
    return;
  }
  const auto next = waiting_.front();
  waiting_.erase(waiting_.begin());
  next->set();
}

Task<Result<>> Npm::fetch(std::vector<Dependency> dependencies, fs::path into) {
  const std::string npm = find_program("npm");
  if (npm.empty()) {
    co_return fail({kInstallFailed, fmt::format("{}: npm is not in PATH", kInstallFailed.message)});
  }
  const fs::path home = folders_.npm();
  DT_CO_CHECK(co_await disk_.run([into, home, text = package_json(dependencies)]() -> Result<> {
    DT_CHECK(make_folders(into));
    DT_CHECK(make_folders(home / "home"));
    return write_file(into / "package.json", text);
  }));
  const auto started = std::chrono::steady_clock::now();
  DT_CO_TRY(const ChildEnd end,
            co_await run_child(executor_, {.arguments = {npm, "install", "--ignore-scripts", "--no-audit", "--no-fund",
                                                         "--no-update-notifier", "--no-package-lock", "--omit=dev",
                                                         "--no-bin-links", "--loglevel=error", "--progress=false"},
                                           .environment = environment(home),
                                           .folder = into,
                                           .limit = kLimit}));
  log::info("functions.npm",
            {{"packages", dependencies.size()},
             {"status", end.status},
             {"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count()}});
  if (!end.in_time) {
    co_return fail(
        {kInstallFailed, fmt::format("{}: npm took longer than {} minutes", kInstallFailed.message, kLimit.count())});
  }
  if (end.status != 0) {
    const std::string said = complaint(end.output);
    co_return fail(
        {kInstallFailed, fmt::format("{}: {}", kInstallFailed.message,
                                     said.empty() ? fmt::format("npm ended with status {}", end.status) : said)});
  }
  co_return Result<>{};
}

Task<Result<>> Npm::install(std::vector<Dependency> dependencies, fs::path folder) {
  const bool exact = std::ranges::all_of(dependencies, is_exact_version, &Dependency::version);
  const fs::path kept = folders_.modules() / key_of(dependencies);
  const auto link = [kept, folder]() -> Result<bool> {
    std::error_code error;
    if (!fs::exists(kept / kComplete, error)) return false;
    fs::last_write_time(kept, fs::file_time_type::clock::now(), error);
    DT_CHECK(link_tree(kept / "node_modules", folder / "node_modules"));
    return true;
  };
  if (exact) {
    DT_CO_TRY(const bool linked, co_await disk_.run(link));
    if (linked) co_return Result<>{};
  }
  co_await wait_for_turn();
  struct Turn {
    Npm& npm;
    ~Turn() { npm.end_turn(); }
  } const turn{*this};
  if (exact) {  // somebody may have installed the same while we waited
    DT_CO_TRY(const bool linked, co_await disk_.run(link));
    if (linked) co_return Result<>{};
  }
  const fs::path made = folders_.temporary();
  auto fetched = co_await fetch(std::move(dependencies), made);
  if (!fetched) {
    co_await disk_.run([made] {
      remove_tree(made);
      return true;
    });
    co_return fetched;
  }
  co_return co_await disk_.run([made, kept, folder, exact, modules = folders_.modules()]() -> Result<> {
    const auto finish = [&]() -> Result<> {
      DT_CHECK(make_folders(made / "node_modules"));  // npm makes none when there is nothing in it
      std::error_code error;
      if (!exact) {
        fs::rename(made / "node_modules", folder / "node_modules", error);
      } else {
        DT_CHECK(sync_filesystem(made));
        DT_CHECK(write_file(made / kComplete, ""));
        remove_tree(kept);
        fs::rename(made, kept, error);
        if (!error) {
          DT_CHECK(sync_folder(modules));
          DT_CHECK(link_tree(kept / "node_modules", folder / "node_modules"));
          remove_oldest(modules);
        }
      }
      if (error) return fail({kDiskError, fmt::format("{}: {}", kDiskError.message, error.message())});
      return {};
    };
    auto finished = finish();
    remove_tree(made);
    return finished;
  });
}

}  // namespace dialtone::functions
