#include "functions/sandbox_syscalls.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/mount.h>
#include <linux/nsfs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace dialtone::functions {
namespace {

int open_tree(const char* path) {
  return static_cast<int>(
      ::syscall(SYS_open_tree, AT_FDCWD, path, static_cast<unsigned>(OPEN_TREE_CLONE) | OPEN_TREE_CLOEXEC));
}

bool set_attributes(int folder, const char* path, std::uint64_t attributes) {
  mount_attr attr{};
  attr.attr_set = attributes;
  const unsigned flags = *path == '\0' ? static_cast<unsigned>(AT_EMPTY_PATH) : 0U;
  return ::syscall(SYS_mount_setattr, folder, path, flags, &attr, sizeof attr) == 0;
}

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the system call filter knows no other architecture"
#endif
constexpr std::uint32_t kX32Bit = 0x40000000;  ///< system calls of the x32 ABI

constexpr auto kRefused = std::to_array<std::uint32_t>({
    SYS_memfd_create,
    SYS_memfd_secret,
    SYS_shmget,
    SYS_shmat,
    SYS_msgget,
    SYS_semget,
    SYS_mq_open,  // memory nobody counts
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_getfd,  // other processes
    SYS_unshare,
    SYS_setns,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_open_tree,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsmount,
    SYS_fspick,
    SYS_mount_setattr,  // name spaces
    SYS_add_key,
    SYS_keyctl,
    SYS_request_key,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_kexec_load,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_quotactl,
    SYS_swapon,
    SYS_swapoff,
    SYS_reboot,
    SYS_acct,
    SYS_syslog,
    SYS_personality,
    SYS_name_to_handle_at,
    SYS_open_by_handle_at,
    SYS_kcmp,
    SYS_sethostname,
    SYS_setdomainname,
});

constexpr sock_filter statement(unsigned code, std::uint32_t k) {
  return {.code = static_cast<std::uint16_t>(code), .jt = 0, .jf = 0, .k = k};
}
constexpr sock_filter jump(unsigned code, std::uint32_t k, std::uint8_t if_true, std::uint8_t if_false) {
  return {.code = static_cast<std::uint16_t>(code), .jt = if_true, .jf = if_false, .k = k};
}

}  // namespace

int mount_into(int mount_ns, const char* source, const char* target, const std::vector<const char*>& no_execution) {
  constexpr std::uint64_t kAttributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  if (::geteuid() != 0) {
    // The maker of a user namespace has all rights in it, and there may mount; so the mounts are copied there.
    const int user_ns = ::ioctl(mount_ns, NS_GET_USERNS);
    if (user_ns < 0 || ::setns(user_ns, CLONE_NEWUSER) != 0) return errno;
  }
  if (::unshare(CLONE_NEWNS) != 0) return errno;
  const int tree = open_tree(source);
  if (tree < 0 || !set_attributes(tree, "", kAttributes | MOUNT_ATTR_RDONLY)) return errno;
  if (::setns(mount_ns, CLONE_NEWNS) != 0) return errno;
  if (::syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) != 0) return errno;
  for (const char* folder : no_execution) {
    if (!set_attributes(AT_FDCWD, folder, kAttributes)) return errno;
  }
  return 0;
}

std::vector<sock_filter> system_call_filter() {
  std::vector<sock_filter> out;
  out.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
  out.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 0, static_cast<std::uint8_t>(kRefused.size() + 4)));
  out.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  out.push_back(jump(BPF_JMP | BPF_JGE | BPF_K, kX32Bit, static_cast<std::uint8_t>(kRefused.size() + 1), 0));
  for (std::size_t i = 0; i < kRefused.size(); ++i) {
    out.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, kRefused[i], static_cast<std::uint8_t>(kRefused.size() - i), 0));
  }
  out.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  out.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  // Another architecture's call numbers would mean something else.
  out.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  return out;
}

}  // namespace dialtone::functions
