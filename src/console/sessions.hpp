#pragma once
// Who is logged in to the console, and how often somebody tried to be. Sessions live in memory: after a restart one
// logs in again (on loopback without noticing). Time here is real time, for a lab that moves its clock must not lock
// one out.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dialtone::console {

inline constexpr std::size_t kSessionsMax = 1000;  ///< the one longest unused gives way
inline constexpr std::chrono::hours kSessionIdleMax{12};
inline constexpr int kAttemptsMax = 5;  ///< wrong logins of one address within kAttemptsWindow
inline constexpr std::chrono::minutes kAttemptsWindow{5};
inline constexpr std::size_t kAddressesMax = 10'000;

struct Session {
  std::string account_sid;
  std::string csrf;        ///< must come with every change, in a header that other sites cannot set
  bool by_itself = false;  ///< opened on loopback, without a login
};

class Sessions {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// The new session's secret, for the cookie.
  std::string open(std::string account_sid, bool by_itself, Time now);
  /// Null when there is no such session or it was unused too long.
  [[nodiscard]] const Session* find(std::string_view secret, Time now);
  void close(std::string_view secret);

  /// How long that address must wait before it may try again; nothing when it may now.
  [[nodiscard]] std::optional<std::chrono::seconds> wait_of(const std::string& address, Time now);
  void failed(const std::string& address, Time now);
  void succeeded(const std::string& address) { attempts_.erase(address); }

 private:
  struct Entry {
    Session session;
    Time used;
  };
  struct Attempts {
    int count = 0;
    Time first;
  };
  std::map<std::string, Entry, std::less<>> sessions_;  ///< by secret
  std::map<std::string, Attempts, std::less<>> attempts_;
};

}  // namespace dialtone::console
