#pragma once
// SQLite with owners: a connection closes itself, a statement is prepared once and reset by its run. Failures throw
// SqliteError.

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace dialtone::store {

class SqliteError : public std::runtime_error {
 public:
  SqliteError(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
  [[nodiscard]] int code() const { return code_; }

 private:
  int code_;
};

/// From now on SQLite calls `action` on the calling thread before it writes a page or a frame: a commit or a checkpoint
/// writes hundreds in a row. It must not throw or use a database.
void before_each_write(std::function<void()> action);

class Database {
 public:
  enum class Role { kPlace, kRead };

  /// The file is made with mode 0600 when it does not exist and the role is kPlace.
  Database(const std::string& path, Role role);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(const std::string& sql);
  /// The first column of the first row; 0 when there is none.
  std::int64_t number(const std::string& sql);
  [[nodiscard]] std::int64_t last_rowid() const;
  [[nodiscard]] std::int64_t changed_rows() const;
  [[nodiscard]] bool in_transaction() const;
  /// Waits until the disk has all that was committed.
  void sync();
  /// Moves what it can from the WAL into the database without waiting for readers.
  void checkpoint();
  /// Of the WAL, as of the last commit on this connection.
  [[nodiscard]] std::size_t wal_bytes() const { return wal_bytes_; }
  void release_memory();
  [[nodiscard]] sqlite3* get() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  static constexpr std::size_t kPageBytes = 16384;  ///< of a new database

  std::unique_ptr<sqlite3, Close> handle_;
  std::size_t wal_bytes_ = 0;
};

/// Bytes that are bound as BLOB; a plain text is bound as TEXT.
struct Blob {
  std::string_view bytes;
};

class Statement {
 public:
  Statement(Database& database, std::string_view sql);

  /// One execution. Bound texts must live as long as it; the statement is reset with it.
  class Run {
   public:
    explicit Run(Statement& statement) : statement_(statement) {}
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    /// True when there is a row.
    bool step();
    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::string_view text(int column) const;  ///< of a TEXT or BLOB, until the next step

   private:
    Statement& statement_;
  };

  template <typename... Values>
  [[nodiscard]] Run run(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return Run(*this);
  }
  /// For statements without rows.
  template <typename... Values>
  void execute(const Values&... values) {
    auto running = run(values...);
    while (running.step()) {
    }
  }

 private:
  void bind(int index, std::string_view text);
  void bind(int index, Blob blob);
  void bind(int index, std::integral auto number) { bind_number(index, static_cast<std::int64_t>(number)); }
  void bind_number(int index, std::int64_t number);
  void check(int code) const;

  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

}  // namespace dialtone::store
