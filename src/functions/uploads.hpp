#pragma once
// serverless-upload.twilio.com: new versions of functions and assets, as multipart/form-data with Path, Visibility and
// Content. Source: the fact sheet, section 4.

#include "functions/platform.hpp"
#include "net/http.hpp"

namespace dialtone::functions {

inline constexpr std::string_view kUploadProduct = "serverless-upload";
inline constexpr std::size_t kContentBytesMax = 25 * 1024 * 1024;
inline constexpr std::size_t kPrivateAssetBytesMax = 10 * 1024 * 1024;

class Uploads {
 public:
  Uploads(Platform& platform, const rest::Engine& engine) : platform_(platform), engine_(engine) {}

  Task<net::Response> handle(net::Request& request);

 private:
  Task<Result<std::string>> upload(net::Request& request);

  Platform& platform_;
  const rest::Engine& engine_;
};

}  // namespace dialtone::functions
