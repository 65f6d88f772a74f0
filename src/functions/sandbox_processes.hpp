#pragma once
// What /proc says of a process and those it started.

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace dialtone::functions {

[[nodiscard]] std::vector<pid_t> children_of(pid_t pid);

/// Bytes of memory that the process and its descendants have to themselves; files that are mapped do not count.
[[nodiscard]] std::size_t memory_of_family(pid_t pid);

}  // namespace dialtone::functions
