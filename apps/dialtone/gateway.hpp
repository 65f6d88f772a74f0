#pragma once
// The first door behind the listener: decides by host and path whose request it is. API hosts go to the REST engine,
// our own paths to the control API, the rest of the plain host is the console's.

#include <string>

#include "bins/bins.hpp"
#include "console/console.hpp"
#include "lab/control.hpp"
#include "metrics.hpp"
#include "net/http.hpp"
#include "rest/engine.hpp"

namespace dialtone::app {

class Gateway final : public net::Handler {
 public:
  Gateway(rest::Engine& engine, lab::Control& control, console::Console& console, bins::Bins& bins, Metrics& metrics)
      : engine_(engine), control_(control), console_(console), bins_(bins), metrics_(metrics) {}

  Task<net::Response> handle(net::Request& request) override;

  /// Is this host one of Twilio's, so that the proxy answers for it?
  static bool intercepts(std::string_view host);

 private:
  Task<net::Response> plain(net::Request& request);

  rest::Engine& engine_;
  lab::Control& control_;
  console::Console& console_;
  bins::Bins& bins_;
  Metrics& metrics_;
};

}  // namespace dialtone::app
