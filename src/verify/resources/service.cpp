#include "verify/resources/resources.hpp"

namespace dialtone::verify::resources {

/// A service is what the generic behaviour keeps, with Verify's defaults. Source: Verify v2, Services; the fact sheet,
/// section 10.3.
rest::Resource services(rest::Engine& engine) {
  return {.host = "verify",
          .path = "/v2/Services",
          .methods = {{.method = catalogue::Method::kPost,
                       .run = [&engine](rest::Context& context) -> Task<Result<rest::Reply>> {
                         for (const auto& [name, value] : {std::pair{"CodeLength", "6"},
                                                           {"LookupEnabled", "false"},
                                                           {"Psd2Enabled", "false"},
                                                           {"SkipSmsToLandlines", "false"},
                                                           {"DtmfInputRequired", "true"},
                                                           {"DoNotShareWarningEnabled", "false"},
                                                           {"CustomCodeEnabled", "false"}}) {
                           context.form.set_default(name, value);
                         }
                         const std::string_view length = context.form.get("CodeLength");
                         if (length.size() > 2 || (length.size() == 2 ? length != "10" : length < "4")) {
                           co_return fail({errors::kInvalidParameter, "Invalid parameter: CodeLength"});
                         }
                         co_return co_await engine.generic(context);
                       }}}};
}

}  // namespace dialtone::verify::resources
