#pragma once
// One API request as a behaviour sees it: authenticated, routed, decoded. And what a behaviour answers with.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/sid.hpp"
#include "base/task.hpp"
#include "catalogue/catalogue.hpp"
#include "catalogue/router.hpp"
#include "rest/permissions.hpp"
#include "store/ledger.hpp"

namespace dialtone::rest {

/// Form fields or query parameters in the order they came; a name may repeat.
class Fields {
 public:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  Fields() = default;
  explicit Fields(Pairs pairs) : pairs_(std::move(pairs)) {}
  [[nodiscard]] const std::string* find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The first value of that name; empty when there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  /// "true"/"false" in any case; `otherwise` when absent or neither.
  [[nodiscard]] bool flag(std::string_view name, bool otherwise) const;
  [[nodiscard]] const Pairs& pairs() const { return pairs_; }
  /// Adds the field unless it is there.
  void set_default(std::string_view name, std::string_view value) {
    if (!has(name)) pairs_.emplace_back(name, value);
  }

 private:
  Pairs pairs_;
};

/// What the engine and the products must know of an account. Lives in the accounts' directory.
struct Account {
  std::string sid;
  std::string auth_token;
  std::string secondary_token;  ///< empty: none
  std::string owner_sid;        ///< itself for a parent account
  std::string status;           ///< active, suspended, closed
  bool trial = false;
  bool test = false;                ///< stands for a pair of test credentials: nothing is kept and nothing happens
  bool verify_certificates = true;  ///< of the account's webhooks
  std::string debugger_url = {};    ///< is told of each alert; empty: none
  [[nodiscard]] bool is_subaccount() const { return owner_sid != sid; }
};
/// Shared, for an account may change or go while a request runs.
using AccountPtr = std::shared_ptr<const Account>;

/// Who asks.
struct Principal {
  AccountPtr account;
  std::string key_sid;              ///< of the API key, when one was used
  PermissionsPtr permissions = {};  ///< of a restricted key; null: all
};

/// The engine's view of the accounts; the accounts module implements it.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// Checks Basic credentials. Errors: 20003 (401).
  virtual Result<Principal> authenticate(std::string_view user, std::string_view password) = 0;
  virtual AccountPtr find(std::string_view account_sid) const = 0;
};

/// What every module works with. Owned by main.
struct Services {
  Executor executor;
  Clock& clock;
  SidSource& sids;
  store::Ledger& ledger;
};

struct Context {
  catalogue::Operation operation;
  catalogue::Format format = catalogue::Format::kJson;
  std::string_view host;  ///< product: "api"
  std::string base_url;   ///< "https://api.twilio.com", for links
  std::string page_base;  ///< the same as the client reached us, for links to pages
  std::string_view path;  ///< as requested, without query
  std::vector<std::pair<std::string_view, std::string>> values;  ///< of the path's placeholders, decoded
  Fields query;
  Fields form;
  json::value body;  ///< of a JSON request
  Principal principal;
  AccountPtr account = {};  ///< whose resources are addressed
  std::string_view raw_body;
  std::string_view content_type;
  std::string_view remote = {};  ///< address of who asks

  /// The value of a placeholder; empty when the path has none of that name.
  [[nodiscard]] std::string_view value(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::string body;  ///< JSON
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string content_type = {};  ///< empty: JSON, or what the client asked for
};

using Behaviour = std::function<Task<Result<Reply>>(Context&)>;

/// A REST resource: a path of the catalogue and what its methods mean. One file each.
struct Resource {
  struct Row {
    catalogue::Method method;
    Behaviour run;
    /// The behaviour checks its own parameters and answers with codes of its own; else the engine does, by the
    /// catalogue.
    bool validates = false;
  };
  std::string_view host;
  std::string_view path;  ///< the catalogue's template
  std::vector<Row> methods;
};

/// 20404 with the text that names the path.
Error not_found(const Context& context);

}  // namespace dialtone::rest
