#pragma once
// Brings generations to their final place, one SQLite transaction each, on a thread of its own: the commit path never
// waits for the tables. A generation that cannot be placed stays and is tried again; until then the log keeps it safe.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "store/generation.hpp"
#include "store/sqlite_database.hpp"

namespace dialtone::store {

class Placer {
 public:
  struct Events {
    std::function<void(std::uint64_t sequence)> placed;  ///< called on the placer's thread
    std::function<void(const std::string& why)> failed;  ///< likewise, after each failed attempt
  };

  /// The database was migrated.
  Placer(const std::string& path, Events events);
  ~Placer();
  Placer(const Placer&) = delete;
  Placer& operator=(const Placer&) = delete;

  /// Before start(), on the caller's thread. Throws SqliteError.
  void place(const Generation& generation);
  void start();

  /// Only when idle().
  void offer(std::shared_ptr<const Generation> generation);
  [[nodiscard]] bool idle() const;
  /// Frees a generation that was placed: that takes milliseconds, which the commit path has not.
  void discard(std::shared_ptr<const Generation> generation);
  [[nodiscard]] bool failing() const;
  /// Tries at once what failed, and waits until an attempt has ended. True when idle.
  bool retry();

 private:
  static constexpr auto kRetryInterval = std::chrono::milliseconds(250);
  static constexpr auto kTidyAfter = std::chrono::seconds(1);
  static constexpr std::size_t kScopesMax = 10'000;  ///< scope numbers kept in memory
  static constexpr std::size_t kJournalRowBytesMax = 64 << 10;

  struct NewTerm {
    std::int64_t scope;
    std::string_view field;
    std::string_view value;
    std::size_t order;  ///< they are found in the order of ids
    std::string_view id;
    auto operator<=>(const NewTerm&) const = default;
  };

  void run();
  void tidy();
  bool attempt(const Generation& generation);
  void place_all(const Generation& generation);
  void erase_tree(const std::string& path);
  std::int64_t scope_number(const std::string& path);
  // Ids as they are ordered.
  void put(std::int64_t scope, const std::string& id, const Record& record, std::vector<NewTerm>& terms);
  void replace(std::int64_t scope, const std::string& id, const Record& record, std::string_view encoded_terms,
               std::vector<NewTerm>& terms);
  void erase(std::int64_t scope, const std::string& id);
  void erase_terms(std::int64_t scope, const std::string& id, const std::vector<Term>& terms);
  void place_journal(const std::vector<JournalBlock>& blocks);

  Events events_;
  Database database_;
  Statement begin_, commit_;
  Statement find_scope_, add_scope_, scopes_in_, erase_scope_, erase_records_in_, erase_terms_in_;
  Statement insert_, find_, update_, erase_, add_term_, erase_term_;
  Statement add_row_, erase_row_, add_journal_, set_state_;
  std::unordered_map<std::string, std::int64_t> scopes_;
  std::string buffer_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<const Generation> slot_;
  std::shared_ptr<const Generation> spent_;  ///< to be freed
  bool failing_ = false;
  bool retry_ = false;
  bool stop_ = false;
  std::uint64_t attempts_ = 0;
  std::thread thread_;
};

}  // namespace dialtone::store
