#include "functions/sandbox_command.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "functions/sandbox_wire.hpp"

namespace dialtone::functions {
namespace {

namespace fs = std::filesystem;

/// Of the memory limit; the rest is for what lies outside of V8's heap.
constexpr std::size_t kHeapShare = 2;

void append(std::vector<std::string>& out, std::initializer_list<std::string> words) {
  out.insert(out.end(), words.begin(), words.end());
}

/// System libraries, as this machine lays them out.
void append_libraries(std::vector<std::string>& out) {
  for (const char* folder : {"/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/usr/share/nodejs",
                             "/usr/share/zoneinfo", "/usr/share/ca-certificates"}) {
    append(out, {"--ro-bind-try", folder, folder});
  }
  for (const char* folder : {"/lib", "/lib32", "/lib64"}) {
    std::error_code error;
    if (fs::is_symlink(folder, error)) {
      append(out, {"--symlink", fs::read_symlink(folder, error).string(), folder});
    } else {
      append(out, {"--ro-bind-try", folder, folder});
    }
  }
  for (const char* file : {"/etc/ld.so.cache", "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf",
                           "/etc/host.conf", "/etc/localtime", "/etc/ssl/certs", "/etc/ssl/openssl.cnf"}) {
    append(out, {"--ro-bind-try", file, file});
  }
}

std::vector<std::string> node_command(const SandboxSettings& settings, const std::string& node,
                                      const std::string& runtime) {
  const auto megabytes = settings.memory_bytes_max / kHeapShare / (1024 * 1024);
  return {node, fmt::format("--max-old-space-size={}", megabytes), "--max-semi-space-size=8",
          "--no-warnings",  // of Node itself; they would stand in the log as errors of whoever runs just then
          runtime + "/worker.cjs"};
}

std::string told_in(const SandboxSettings& settings, std::string_view modules) {
  return fmt::format(R"({{"fd":{},"modules":"{}"{}{}}})", wire::kWorkerFd, modules, settings.told.empty() ? "" : ",",
                     settings.told);
}

/// All but the program in it.
std::vector<std::string> sandbox(const SandboxSettings& settings, const SandboxFds& fds) {
  std::vector<std::string> out{"bwrap",         "--unshare-user", "--unshare-pid",
                               "--unshare-ipc", "--unshare-uts",  "--unshare-cgroup-try"};
  if (!settings.network) out.emplace_back("--unshare-net");
  append(out, {"--disable-userns", "--uid", "65534", "--gid", "65534", "--hostname", "function"});
  append(out, {"--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"});
  append(out, {"--proc", "/proc", "--dev", "/dev", "--size", "1048576", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"});
  append_libraries(out);
  append(out, {"--ro-bind", settings.node, "/runtime/node"});
  append(out, {"--ro-bind", settings.runtime, "/runtime/worker"});
  append(out, {"--ro-bind", settings.modules, "/runtime/modules"});
  // ES modules look for packages in the folders above them, and nowhere else.
  append(out, {"--symlink", "runtime/modules/node_modules", "/node_modules"});
  if (!settings.ca_file.empty()) {
    append(out,
           {"--ro-bind", settings.ca_file, "/runtime/ca.pem", "--setenv", "NODE_EXTRA_CA_CERTS", "/runtime/ca.pem"});
  }
  append(out, {"--dir", kBuildFolder});
  append(out, {"--size", std::to_string(settings.temporary_bytes_max), "--perms", "1777", "--tmpfs", "/tmp"});
  append(out, {"--remount-ro", "/", "--chdir", "/tmp"});
  append(out,
         {"--setenv", "PATH", "/runtime", "--setenv", "HOME", "/tmp", "--setenv", "TMPDIR", "/tmp", "--setenv", "LANG",
          "C.UTF-8", "--setenv", "TZ", "UTC", "--setenv", "DIALTONE_WORKER", told_in(settings, "/runtime/modules")});
  append(out, {"--seccomp", std::to_string(fds.seccomp), "--info-fd", std::to_string(fds.info), "--"});
  return out;
}

}  // namespace

std::vector<std::string> worker_command(const SandboxSettings& settings, const SandboxFds& fds) {
  if (settings.sandboxed) {
    auto out = sandbox(settings, fds);
    const auto node = node_command(settings, "/runtime/node", "/runtime/worker");
    out.insert(out.end(), node.begin(), node.end());
    return out;
  }
  std::vector<std::string> out{"env",
                               "-i",
                               "PATH=/usr/local/bin:/usr/bin:/bin",
                               "HOME=/tmp",
                               "TMPDIR=/tmp",
                               "LANG=C.UTF-8",
                               "TZ=UTC",
                               "DIALTONE_WORKER=" + told_in(settings, settings.modules)};
  if (!settings.ca_file.empty()) out.push_back("NODE_EXTRA_CA_CERTS=" + settings.ca_file);
  const auto node = node_command(settings, settings.node, settings.runtime);
  out.insert(out.end(), node.begin(), node.end());
  return out;
}

std::vector<std::string> probe_command(const SandboxSettings& settings, const SandboxFds& fds) {
  // Without the CA's file: a server that is stopped at once takes it away while bubblewrap may still look for it.
  auto plain = settings;
  plain.ca_file.clear();
  auto out = sandbox(plain, fds);
  append(out, {"/runtime/node", "--version"});
  return out;
}

}  // namespace dialtone::functions
