#pragma once
// System calls that libc of Debian 12 has no name for, and the filter of those that no function needs.

#include <linux/filter.h>
#include <vector>

namespace dialtone::functions {

/// Mounts the folder `source` of our own file system at `target` of the mount namespace `mount_ns`, read-only and
/// without device files, set-user-id and execution; then forbids execution below each of `no_execution` there. Changes
/// the namespaces of the calling process, which must have one thread and is good for nothing else afterwards. 0, or an
/// errno.
int mount_into(int mount_ns, const char* source, const char* target, const std::vector<const char*>& no_execution);

/// Refuses, with EPERM, the system calls that reach for the kernel rather than for the outside.
[[nodiscard]] std::vector<sock_filter> system_call_filter();

}  // namespace dialtone::functions
