#pragma once
// The first door behind the listener: decides by host and path whose request it is. API hosts go to the REST engine,
// our own paths to the control API, the rest of the plain host is the console's.

#include <string>

#include "bins/bins.hpp"
#include "console/console.hpp"
#include "functions/gateway.hpp"
#include "functions/uploads.hpp"
#include "lab/control.hpp"
#include "messaging/link_domains.hpp"
#include "metrics.hpp"
#include "net/http.hpp"
#include "rest/engine.hpp"

namespace dialtone::app {

class Gateway final : public net::Handler {
 public:
  Gateway(rest::Engine& engine, lab::Control& control, console::Console& console, bins::Bins& bins,
          functions::Uploads& uploads, Metrics& metrics)
      : engine_(engine), control_(control), console_(console), bins_(bins), uploads_(uploads), metrics_(metrics) {}

  void use(functions::Gateway& functions) { functions_ = &functions; }
  void use(messaging::LinkDomains& links) { links_ = &links; }

  Task<net::Response> handle(net::Request& request) override;

  /// Is this host one of Twilio's, so that the proxy answers for it?
  static bool intercepts(std::string_view host);

  /// Requests of applications that are being answered; those to the control API do not count.
  [[nodiscard]] std::size_t working() const { return working_; }
  /// Until release(), requests of applications wait, for at most kHoldMax.
  void hold(Executor executor) { held_ = std::make_shared<Event>(executor); }
  void release() {
    if (held_) held_->set();
    held_ = nullptr;
  }

 private:
  static constexpr std::chrono::milliseconds kHoldMax = std::chrono::seconds(30);

  class Working {
   public:
    explicit Working(Gateway& gateway) : gateway_(&gateway) { ++gateway_->working_; }
    ~Working() { leave(); }
    Working(const Working&) = delete;
    Working& operator=(const Working&) = delete;
    void leave() {
      if (gateway_) --gateway_->working_;
      gateway_ = nullptr;
    }

   private:
    Gateway* gateway_;
  };

  Task<net::Response> plain(net::Request& request);

  rest::Engine& engine_;
  lab::Control& control_;
  console::Console& console_;
  bins::Bins& bins_;
  functions::Uploads& uploads_;
  Metrics& metrics_;
  functions::Gateway* functions_ = nullptr;
  messaging::LinkDomains* links_ = nullptr;
  std::size_t working_ = 0;
  std::shared_ptr<Event> held_;
};

}  // namespace dialtone::app
