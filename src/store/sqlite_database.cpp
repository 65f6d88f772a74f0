#include "store/sqlite_database.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace dialtone::store {
namespace {

[[noreturn]] void raise(sqlite3* handle, int code) {
  throw SqliteError(code, fmt::format("SQLite: {} ({})", handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code), code));
}

/// SQLite gives its WAL the mode of the database, so it is enough to make that one private.
void make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) throw SqliteError(SQLITE_CANTOPEN, fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  ::close(file);
}

thread_local std::function<void()> write_hook;

ssize_t write_at(int file, const void* bytes, std::size_t size, off_t offset) {
  if (write_hook) write_hook();
  return ::pwrite(file, bytes, size, offset);
}

/// Before the first connection.
bool set_up_sqlite() {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // allocation statistics take a lock that all threads share
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  for (const char* name : {"pwrite", "pwrite64"}) {
    if (vfs && vfs->iVersion >= 3) vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(&write_at));
  }
  return true;
}

}  // namespace

void before_each_write(std::function<void()> action) { write_hook = std::move(action); }

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close(handle); }

Database::Database(const std::string& path, Role role) {
  [[maybe_unused]] static const bool once = set_up_sqlite();
  if (role == Role::kPlace) make_private_file(path);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) raise(handle, code);
  sqlite3_busy_timeout(handle, 1000);
  if (role == Role::kRead) {
    execute("PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY");
    return;
  }
  // Large pages (of a new database): records of a kilobyte leave less of them empty, and trees are split less often.
  // Debian's SQLite overwrites deleted rows unless told otherwise. A commit alone is not durable: see sync().
  execute(
      "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = OFF; "
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA cache_size = -24576; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864");
  sqlite3_wal_hook(
      handle,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Database*>(self)->wal_bytes_ = static_cast<std::size_t>(pages) * kPageBytes;
        return SQLITE_OK;
      },
      this);
}

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(handle_.get(), code);
}

std::int64_t Database::number(const std::string& sql) {
  Statement statement(*this, sql);
  auto run = statement.run();
  return run.step() ? run.number(0) : 0;
}

std::int64_t Database::last_rowid() const { return sqlite3_last_insert_rowid(handle_.get()); }
std::int64_t Database::changed_rows() const { return sqlite3_changes64(handle_.get()); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

void Database::sync() {
  sqlite3_file* wal = nullptr;
  int code = sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&wal));
  if (code == SQLITE_OK && wal && wal->pMethods) code = wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);
  if (code != SQLITE_OK) raise(nullptr, code);
}

void Database::checkpoint() {
  sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

void Database::release_memory() { sqlite3_db_release_memory(handle_.get()); }

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(database.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  handle_.reset(handle);
  check(code);
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

void Statement::check(int code) const {
  if (code != SQLITE_OK) raise(database_.get(), code);
}

void Statement::bind(int index, std::string_view text) {
  // A null pointer would be bound as NULL.
  check(sqlite3_bind_text64(handle_.get(), index, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                            SQLITE_UTF8));
}

void Statement::bind(int index, Blob blob) {
  const char* data = blob.bytes.data() ? blob.bytes.data() : "";
  check(sqlite3_bind_blob64(handle_.get(), index, data, blob.bytes.size(), SQLITE_STATIC));
}

void Statement::bind_number(int index, std::int64_t number) { check(sqlite3_bind_int64(handle_.get(), index, number)); }

Statement::Run::~Run() { sqlite3_reset(statement_.handle_.get()); }

bool Statement::Run::step() {
  const int code = sqlite3_step(statement_.handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  raise(statement_.database_.get(), code);
}

std::int64_t Statement::Run::number(int column) const { return sqlite3_column_int64(statement_.handle_.get(), column); }

std::string_view Statement::Run::text(int column) const {
  sqlite3_stmt* handle = statement_.handle_.get();
  const void* data = sqlite3_column_blob(handle, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle, column));
  return data ? std::string_view(static_cast<const char*>(data), size) : std::string_view();
}

}  // namespace dialtone::store
