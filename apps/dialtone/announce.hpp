#pragma once
// How `dialtone run` and `dialtone env` find a server: each server leaves a note of itself, readable by its owner only,
// in its data folder and in the user's runtime folder.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace dialtone::app {

struct Announcement {
  std::uint16_t port = 0;
  int pid = 0;
  std::string account_sid, auth_token, number, handset;
  std::string test_sid, test_token;  ///< test credentials of the account
  std::string host = "127.0.0.1";    ///< where a program of this machine reaches it
  std::string lease;                 ///< a file to hold a lock on, when the server ends with its last user
  std::string ca_file;               ///< our certificate authority alone, PEM
  std::string bundle_file;           ///< the system's roots and ours
};

/// $XDG_RUNTIME_DIR/dialtone or /tmp/dialtone-<uid>, made if needed; refused when it is another user's.
Result<std::filesystem::path> runtime_folder();
std::filesystem::path announcement_in(const std::filesystem::path& data_folder);
Result<std::filesystem::path> announcement_of_port(std::uint16_t port);

/// As JSON, the form in which it is written.
std::string render(const Announcement& announcement);
Result<> write(const std::filesystem::path& file, const Announcement& announcement);
std::optional<Announcement> read(const std::filesystem::path& file);

/// `http://127.0.0.1:3425`
std::string url_of(const Announcement& announcement);

/// Does the server that left the note still answer?
bool is_alive(const Announcement& announcement);

}  // namespace dialtone::app
