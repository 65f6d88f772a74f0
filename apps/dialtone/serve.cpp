#include "serve.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>

#include "accounts/resources/resources.hpp"
#include "announce.hpp"
#include "base/log.hpp"
#include "base/loop.hpp"
#include "carrier/handset/deactivations.hpp"
#include "first_start.hpp"
#include "functions/platform.hpp"
#include "functions/resources/resources.hpp"
#include "functions/uploads.hpp"
#include "gateway.hpp"
#include "lab/routes.hpp"
#include "messaging/resources/resources.hpp"
#include "monitor/debugger.hpp"
#include "monitor/resources/resources.hpp"
#include "net/ca.hpp"
#include "numbers/resources/pricing.hpp"
#include "numbers/resources/resources.hpp"
#include "subscribers.hpp"
#include "usage/resources/resources.hpp"
#include "verify/access_token.hpp"
#include "verify/resources/parts.hpp"
#include "verify/resources/resources.hpp"

namespace dialtone::app {
namespace {

constexpr std::chrono::milliseconds kGrace = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kLeaseInterval{300};
constexpr std::size_t kConcurrencyMax = 100;  ///< requests of an account at once, when there are limits

/// Where this machine's programs reach a server that is bound to `bind`.
std::string reachable_host(const std::string& bind) {
  if (bind == "::") return "::1";
  return bind == "0.0.0.0" || bind == "localhost" ? "127.0.0.1" : bind;
}

bool is_loopback(const std::string& bind) { return bind == "localhost" || bind == "::1" || bind.starts_with("127."); }

std::string own_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

/// Waits until nobody holds a lock on the file; a user that was killed holds none. The lock is then ours until the end.
Task<> wait_until_unused(std::string file, Executor executor) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) co_return;
  Timer timer(executor);
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    timer.expires_after(kLeaseInterval);
    co_await timer.async_wait(use_task);
  }
  ::kill(::getpid(), SIGTERM);
}

/// Reads standard input to its end, which comes at the latest when the program at the other end is gone.
Task<> wait_until_stdin_ends(Executor executor) {
  asio::posix::basic_stream_descriptor<Executor> in(executor, ::dup(STDIN_FILENO));
  std::array<char, 512> ignored{};
  boost::system::error_code error;
  while (!error) {
    std::tie(error, std::ignore) = co_await in.async_read_some(asio::buffer(ignored), asio::as_tuple(use_task));
  }
  ::kill(::getpid(), SIGTERM);
}

log::Level level_of(const std::string& name) {
  if (name == "debug") return log::Level::kDebug;
  if (name == "warn") return log::Level::kWarn;
  if (name == "error") return log::Level::kError;
  if (name == "off") return log::Level::kOff;
  return log::Level::kInfo;
}

/// The parts of the program and how they meet; nothing else knows all of them.
class Program {
 public:
  Program(asio::io_context& io, const ServeOptions& options, std::unique_ptr<store::Store> store,
          std::unique_ptr<net::CertificateAuthority> ca, functions::Folders folders)
      : options_(options),
        clock_(io.get_executor()),
        sids_(clock_),
        store_(std::move(store)),
        ledger_(io.get_executor(), clock_, *store_),
        services_{io.get_executor(), clock_, sids_, ledger_},
        ca_(std::move(ca)),
        accounts_(services_),
        engine_(services_, accounts_),
        client_(io.get_executor(), clock_,
                {.certificates =
                     options.webhook_tls == "skip" ? webhook::Certificates::kAccept : webhook::Certificates::kVerify,
                 .extra_ca_pem = ca_->certificate_pem(),
                 .resolve_override = [this](std::string_view host, std::uint16_t) { return own_endpoint(host); }}),
        alerts_(services_, accounts_),
        debugger_(services_, accounts_, alerts_, client_),
        functions_(services_, alerts_, std::move(folders)),
        functions_gateway_(services_, accounts_, alerts_, functions_.deployments(),
                           functions::gateway_options({.allow_unsandboxed = options.allow_unsandboxed_functions,
                                                       .network = options.functions_network == "open",
                                                       .idle = std::chrono::seconds(options.functions_idle)})),
        numbers_(services_),
        handsets_(services_, options.unknown_numbers == "deliver" ? carrier::handset::UnknownNumbers::kDeliver
                                                                  : carrier::handset::UnknownNumbers::kUndelivered),
        limits_(services_),
        files_(io.get_executor(), options.memory ? std::string() : options.data + "/media"),
        messenger_(services_, accounts_, numbers_, alerts_, client_, files_),
        subscribers_(services_, handsets_, messenger_),
        caller_ids_(services_, accounts_, numbers_, handsets_, alerts_, client_),
        verifications_(services_, handsets_),
        verify_webhooks_(services_, accounts_, alerts_, client_),
        meter_(services_, accounts_),
        triggers_(services_, accounts_, meter_, alerts_, client_),
        tenants_(services_, accounts_, messenger_, handsets_),
        bins_(services_),
        faults_(services_,
                [this](messaging::Mishaps* messages, webhook::Mishaps* webhooks) {
                  messenger_.use(messages);
                  verifications_.delivery().use(messages);
                  client_.use(webhooks);
                }),
        auto_clock_(services_, [this] { return gateway_.working(); }),
        snapshots_(services_, auto_clock_,
                   {.hold = [this, executor = io.get_executor()] { gateway_.hold(executor); },
                    .release = [this] { gateway_.release(); },
                    .working = [this] { return gateway_.working(); },
                    .reload = [this] { return read_state(); }}),
        control_(engine_),
        console_(accounts_, console::Pack::linked(),
                 {.loopback = is_loopback(options.bind), .version = DIALTONE_VERSION, .program = own_path()}),
        uploads_(functions_, engine_),
        gateway_(engine_, control_, console_, bins_, uploads_, metrics_),
        server_(io.get_executor(), {.bind = options.bind, .port = options.port}, gateway_,
                {.intercept = [this](std::string_view host) { return is_ours(host); }}, ca_.get()) {
    if (options.limits != "unlimited") {
      messenger_.use(&limits_);
      engine_.limit_concurrency(kConcurrencyMax);
    }
    messenger_.scheduled().set_max(options.scheduled_max);
    handsets_.use(messenger_);
    handsets_.use(files_, client_);
    messenger_.use(handsets_);
    messenger_.start();
    debugger_.start();
    caller_ids_.start();
    triggers_.start();
    verify_webhooks_.start();
    accounts_.read_tokens(
        [this](std::string_view token) { return verify::principal_of(accounts_, token, clock_.now()); });
    accounts_.on_close({.erase =
                            [this](store::Transaction& transaction, const std::string& sid) {
                              for (const auto& number : numbers_.of(sid))
                                messaging::Numbers::erase(transaction, *number);
                            },
                        .forget =
                            [this](const std::string& sid) {
                              for (const auto& number : numbers_.of(sid)) numbers_.forget(number->phone_number);
                            }});
    metrics_.watch(ledger_, handsets_);
    metrics_.watch(server_);
    metrics_.watch(functions_gateway_);
    gateway_.use(functions_gateway_);
    gateway_.use(messenger_.link_domains());
    verifications_.delivery().use(messenger_.messaging_services());
    verifications_.delivery().use(alerts_);
    register_resources();
    lab::routes::program(control_, services_, engine_, DIALTONE_VERSION);
    lab::routes::handsets(control_, handsets_);
    lab::routes::media(control_, services_, accounts_, files_);
    lab::routes::messaging(control_, messenger_);
    lab::routes::tenants(control_, tenants_);
    lab::routes::events(control_, services_, tenants_);
    lab::routes::await(control_, services_, tenants_);
    lab::routes::clock(control_, services_, auto_clock_);
    lab::routes::faults(control_, faults_);
    lab::routes::snapshots(control_, snapshots_);
    functions_.keep_files([this]() -> Task<bool> { co_return !(co_await snapshots_.list()).empty(); });
    tenants_.on_remove([this](store::Transaction& transaction, std::string sid) -> Task<> {
      messenger_.erase_account(transaction, sid);
      faults_.erase(transaction, sid);
      functions_.erase(transaction, sid);
      co_await bins_.erase(transaction, sid);
    });
    lab::routes::signature(control_);
    lab::routes::settings(control_, accounts_);
    lab::routes::caller_ids(control_, caller_ids_);
    lab::routes::messages(control_, services_);
    lab::routes::debugger(control_, services_, client_, alerts_);
    lab::routes::exchanges(control_, services_);
    lab::routes::catalogue(control_, engine_);
    lab::routes::search(control_, services_, handsets_);
    lab::routes::bins(control_, bins_);
    lab::routes::verify(control_, {services_, accounts_, handsets_, verifications_});
    lab::routes::deactivations(control_, services_, accounts_, handsets_);
    lab::routes::resources(control_, engine_);
  }

  /// Reads the state, makes the first account if there is none, and takes up what was left to do.
  Task<Result<>> load() {
    co_await read_state();
    if (!co_await ledger_.store().get("system", "first"))
      DT_CO_CHECK(co_await first_start({services_, accounts_, messenger_, handsets_, snapshots_}, options_));
    const auto first = co_await ledger_.store().get("system", "first");
    const json::value value = json::parse(first->value);
    number_ = text_of(value.as_object(), "number");
    handset_ = text_of(value.as_object(), "handset");
    co_await ledger_.start();
    co_return Result<>{};
  }

  /// What modules keep in memory of the store, read anew: at the start, and after the store was brought back to a
  /// former state.
  Task<> read_state() {
    co_await accounts_.load();
    co_await meter_.load();
    co_await triggers_.load();
    co_await numbers_.load();
    co_await messenger_.load();
    co_await handsets_.load();
    co_await functions_.load();
    co_await tenants_.load();
    co_await faults_.load();
    co_await limits_.load();
    messenger_.forget();
    verifications_.forget();
  }

  Result<std::uint16_t> listen() {
    auto port = server_.listen();
    if (port) port_ = *port;
    return port;
  }
  Task<> stop() {
    handsets_.stop();
    co_await server_.drain_and_stop(kGrace);
    functions_gateway_.stop();
  }

  [[nodiscard]] Announcement announcement(std::uint16_t port) const {
    const auto account = accounts_.main_account();
    return {.port = port,
            .pid = ::getpid(),
            .account_sid = account->sid,
            .auth_token = account->auth_token,
            .number = number_,
            .handset = handset_,
            .test_sid = accounts_.test_credentials(account->sid).sid,
            .test_token = accounts_.test_credentials(account->sid).token,
            .host = reachable_host(options_.bind),
            .lease = options_.lease,
            .ca_file = {},
            .bundle_file = {}};
  }
  [[nodiscard]] std::vector<std::string> handset_numbers() const {
    std::vector<std::string> out;
    for (const auto& handset : handsets_.list()) out.emplace_back(text_of(handset, "number"));
    return out;
  }
  net::CertificateAuthority& ca() { return *ca_; }
  [[nodiscard]] const store::Store& store() const { return *store_; }
  /// Functions reach Twilio's hosts, which are us, with that authority's certificate.
  Task<> start_functions(std::string ca_file) {
    return functions_gateway_.start(reachable_host(options_.bind), port_, std::move(ca_file));
  }

 private:
  void register_resources() {
    namespace messaging = dialtone::messaging::resources;
    namespace monitor = dialtone::monitor::resources;
    accounts::resources::add_to(engine_, services_, accounts_);
    messaging::add_all(engine_, messenger_);
    monitor::add_to(engine_, services_);
    messaging::add_for_test_credentials(engine_, messenger_);
    messaging::add_outgoing_caller_ids(engine_, caller_ids_);
    messaging::add_applications(engine_, services_);
    carrier::handset::add_deactivations(engine_, services_);
    usage::resources::add_to(engine_, services_, meter_, triggers_);
    namespace numbers = dialtone::numbers::resources;
    using dialtone::numbers::Kind;
    const auto taken = [this](std::string_view number) { return messenger_.owns(number); };
    engine_.add(numbers::available_countries());
    engine_.add(numbers::available_country());
    for (const auto& [word, kind] : {std::pair{"Local", Kind::kLocal},
                                     {"Mobile", Kind::kMobile},
                                     {"TollFree", Kind::kTollFree},
                                     {"National", Kind::kNational},
                                     {"Voip", Kind::kVoip},
                                     {"SharedCost", Kind::kSharedCost},
                                     {"MachineToMachine", Kind::kMachineToMachine}}) {
      engine_.add(numbers::available_numbers(
          fmt::format("/2010-04-01/Accounts/{{AccountSid}}/AvailablePhoneNumbers/{{CountryCode}}/{}.json", word), kind,
          taken));
    }
    numbers::add_lookup(engine_, services_, subscribers_);
    numbers::add_addresses(engine_, services_);
    numbers::add_pricing(engine_);
    namespace verify = dialtone::verify::resources;
    engine_.add(verify::verifications(verifications_));
    engine_.add(verify::verification(verifications_));
    engine_.add(verify::verification_check(verifications_));
    verify::add_parts(engine_, services_, verify_webhooks_, verifications_.counters());
    functions::resources::add_all(functions_, engine_);
  }

  /// Twilio's hosts, and the domains of short links.
  [[nodiscard]] bool is_ours(std::string_view host) const {
    return Gateway::intercepts(host) || messenger_.link_domains().serves(host);
  }

  /// Webhooks at Twilio's own names (TwiML Bins) and at functions that live here come back to this program, also where
  /// no name server knows them.
  [[nodiscard]] std::optional<asio::ip::tcp::endpoint> own_endpoint(std::string_view host) const {
    constexpr std::string_view kLocal = ".localhost";
    if (host.ends_with(kLocal)) host.remove_suffix(kLocal.size());
    if (port_ == 0 || !(is_ours(host) || functions_.live().has(host))) return {};
    return asio::ip::tcp::endpoint(asio::ip::make_address(reachable_host(options_.bind)), port_);
  }

  const ServeOptions& options_;
  Clock clock_;
  SidSource sids_;
  std::unique_ptr<store::Store> store_;
  store::Ledger ledger_;
  rest::Services services_;
  std::unique_ptr<net::CertificateAuthority> ca_;
  Metrics metrics_;
  accounts::Directory accounts_;
  rest::Engine engine_;
  webhook::Client client_;
  monitor::Alerts alerts_;
  monitor::Debugger debugger_;
  functions::Platform functions_;
  functions::Gateway functions_gateway_;
  messaging::Numbers numbers_;
  carrier::handset::Handsets handsets_;
  messaging::Limits limits_;
  messaging::MediaFiles files_;
  messaging::Messenger messenger_;
  Subscribers subscribers_;
  messaging::CallerIds caller_ids_;
  verify::Verifications verifications_;
  verify::Webhooks verify_webhooks_;
  usage::Meter meter_;
  usage::Triggers triggers_;
  lab::Tenants tenants_;
  bins::Bins bins_;
  lab::Faults faults_;
  lab::AutoClock auto_clock_;
  lab::Snapshots snapshots_;
  lab::Control control_;
  console::Console console_;
  functions::Uploads uploads_;
  Gateway gateway_;
  net::Server server_;
  std::uint16_t port_ = 0;
  std::string number_;
  std::string handset_;
};

/// An io_context whose waiting coroutines can be ended while what they refer to is still there.
class Context : public asio::io_context {
 public:
  using io_context::io_context;
  void end() { asio::execution_context::shutdown(); }
};

/// What a person needs to begin, on stdout.
void greet(const Announcement& a, const ServeOptions& options, const std::vector<std::string>& handsets) {
  std::cout << fmt::format(
      "\n  Dialtone is ready.\n\n"
      "  Console         {}/\n"
      "  Account SID     {}\n"
      "  Auth token      {}\n"
      "  Test creds      {} / {}\n"
      "  Twilio number   {}\n"
      "  Handsets        {}\n"
      "  State           {}\n\n"
      "  Run an app against it:  {} run --port {} -- node app.js\n\n",
      url_of(a), a.account_sid, a.auth_token, a.test_sid, a.test_token, a.number, fmt::join(handsets, ", "),
      options.memory ? std::string("in memory only") : options.data, own_path(), a.port);
  std::cout.flush();
}

int refuse(const std::string& text) {
  std::cerr << "dialtone: " << text << '\n';
  return 2;
}

}  // namespace

int serve(const ServeOptions& options) {
  log::set_level(level_of(options.log_level));
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a full quota is an error of the write, not the end
  Context io(1);

  const auto runtime = runtime_folder();
  if (!runtime) return refuse(runtime.error().message);
  std::unique_ptr<store::Store> store;
  std::unique_ptr<net::CertificateAuthority> ca;
  if (options.memory) {
    store = store::open_memory(io.get_executor());
    auto made = net::CertificateAuthority::in_memory();
    if (!made) return refuse(made.error().message);
    ca = std::move(*made);
  } else {
    std::error_code error;
    std::filesystem::create_directories(options.data, error);
    if (error) return refuse(fmt::format("the folder {} cannot be made: {}", options.data, error.message()));
    auto opened = store::open_sqlite(io.get_executor(), {.folder = options.data});
    if (!opened) return refuse(opened.error().message);
    store = std::move(*opened);
    const auto folder = std::filesystem::path(options.data) / "ca";
    std::filesystem::create_directories(folder, error);
    auto made = net::CertificateAuthority::open(folder);
    if (!made) return refuse(made.error().message);
    ca = std::move(*made);
  }

  auto folders = functions::Folders::open(options.memory ? "" : std::filesystem::path(options.data) / "functions");
  if (!folders) return refuse(folders.error().message);

  int exit_code = 0;
  std::vector<std::filesystem::path> notes;
  {
    Program program(io, options, std::move(store), std::move(ca), std::move(*folders));
    asio::basic_signal_set<Executor> signals(io.get_executor(), SIGINT, SIGTERM);
    spawn(io.get_executor(), "main",
          [](Program& program, const ServeOptions& options, std::filesystem::path runtime,
             std::vector<std::filesystem::path>& notes, int& exit_code, asio::io_context& io,
             asio::basic_signal_set<Executor>& signals) -> Task<> {
            try {
              const auto loaded = co_await program.load();
              const auto port = loaded ? program.listen() : Result<std::uint16_t>(fail(loaded.error()));
              if (!port) {
                exit_code = refuse(port.error().message);
                io.stop();
                co_return;
              }
              Announcement note = program.announcement(*port);
              const std::filesystem::path ca_folder =
                  options.memory ? runtime : std::filesystem::path(options.data) / "ca";
              const std::string stem = options.memory ? fmt::format("{}-", *port) : std::string();
              note.ca_file = (ca_folder / (stem + "ca.pem")).string();
              note.bundle_file = (ca_folder / (stem + "bundle.pem")).string();
              if (options.memory) {
                std::ofstream(note.ca_file) << program.ca().certificate_pem();
                notes.emplace_back(note.ca_file);
                notes.emplace_back(note.bundle_file);
              }
              if (const auto bundle = program.ca().write_bundle(note.bundle_file); !bundle)
                log::warn("ca.bundle", {{"error", bundle.error().message}});
              notes.push_back(runtime / fmt::format("{}.json", *port));
              if (!options.memory) notes.push_back(announcement_in(options.data));
              for (const auto& file : notes) {
                if (file.extension() != ".json") continue;
                if (const auto written = write(file, note); !written)
                  log::warn("announce.failed", {{"error", written.error().message}});
              }
              spawn(io.get_executor(), "functions.start", program.start_functions(note.ca_file));
              greet(note, options, program.handset_numbers());
              log::info("serve.ready", {{"port", *port}});
              if (options.ready_fd >= 0) {
                const std::string line = render(note) + '\n';
                [[maybe_unused]] const auto sent = ::write(options.ready_fd, line.data(), line.size());
                ::close(options.ready_fd);
              }
              if (!options.lease.empty())
                spawn(io.get_executor(), "lease", wait_until_unused(options.lease, io.get_executor()));
              if (options.until_stdin_ends) spawn(io.get_executor(), "stdin", wait_until_stdin_ends(io.get_executor()));
              co_await signals.async_wait(use_task);
              log::info("serve.stopping");
              co_await program.stop();
            } catch (const std::exception& error) {
              log::error("serve.failed", {{"error", error.what()}});
              exit_code = 1;
            }
            io.stop();
          }(program, options, *runtime, notes, exit_code, io, signals));
    run_loop(io, [&program] { return program.store().answers_soon(); });
    io.end();
  }
  // Not before the program's own processes are gone: a sandbox that is just being made shows its functions the CA.
  for (const auto& file : notes) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
  }
  if (exit_code != 2) log::info("serve.stopped");
  return exit_code;
}

}  // namespace dialtone::app
