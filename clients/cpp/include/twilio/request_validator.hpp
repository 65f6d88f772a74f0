#pragma once
// Whether a request to a webhook comes from Twilio: its X-Twilio-Signature, made with the account's auth token.
//
//     twilio::RequestValidator validator(auth_token);
//     if (!validator.validate(header, "https://example.com/sms", form)) return 403;

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twilio {

class RequestValidator {
 public:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  explicit RequestValidator(std::string auth_token) : auth_token_(std::move(auth_token)) {}

  /// `url` as Twilio was given it, with its query; `parameters` are those of a form's body, none for GET. With and
  /// without the port are both tried, as Twilio signs either.
  bool validate(std::string_view signature, std::string_view url, const Parameters& parameters = {}) const;
  /// A body that is no form is signed by its hash in the URL's bodySHA256.
  bool validate_body(std::string_view signature, std::string_view url, std::string_view body) const;

  /// The signature that this URL and these parameters should have.
  std::string signature(std::string_view url, const Parameters& parameters = {}) const;

 private:
  std::string auth_token_;
};

}  // namespace twilio
