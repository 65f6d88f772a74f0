#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>

#include "laboratory.hpp"

namespace laboratory {

namespace {

/// NAME=value lines; # begins a comment, and quotes around a value are not part of it.
std::map<std::string, std::string> read_env_file(const std::string& path) {
  std::map<std::string, std::string> out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string::npos) continue;
    std::string value = line.substr(equals + 1);
    while (!value.empty() && (value.back() == '\r' || value.back() == ' ')) value.pop_back();
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    std::string name = line.substr(0, equals);
    if (name.starts_with("export ")) name.erase(0, 7);
    out[name] = value;
  }
  return out;
}

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Settings Settings::read() {
  auto file = read_env_file(".env");
  auto get = [&](const char* name, bool needed) {
    const char* value = std::getenv(name);
    std::string out = value && *value ? value : file[name];
    if (out.empty() && needed)
      throw std::runtime_error(std::string(name) + " is missing: set it, or write it into .env");
    return out;
  };
  return {.account_sid = get("TWILIO_ACCOUNT_SID", true),
          .auth_token = get("TWILIO_AUTH_TOKEN", true),
          .number = get("TWILIO_NUMBER", true),
          .my_number = get("MY_NUMBER", true),
          .scripts = get("LABORATORY_SCRIPTS", true),
          .dialtone = get("LABORATORY_DIALTONE", false)};
}

std::string phone_number(const twilio::Json& value, const std::string& otherwise) {
  if (value.is_null() || (value.is_text() && value.text().empty())) return otherwise;
  std::string number = value.text();
  std::erase(number, ' ');
  if (number.size() < 3 || number.size() > 16 || number[0] != '+' || number[1] == '0' ||
      !is_digits(std::string_view(number).substr(1))) {
    throw BadInput{"That is no phone number. Write it with its country, such as +15558675310."};
  }
  return number;
}

std::string sid(const std::string& text, std::string_view prefix, std::string_view what) {
  bool good = text.size() == 34 && text.starts_with(prefix) &&
              text.find_first_not_of("0123456789abcdef", 2) == std::string::npos;
  if (!good)
    throw BadInput{"The " + std::string(what) + " is missing or no SID: it begins with " + std::string(prefix) +
                   " and has 32 digits after it."};
  return text;
}

std::string https_url(const twilio::Json& value) {
  const std::string& url = value.text();
  if (!url.starts_with("https://") || url.find_first_of(" \"<>\r\n") != std::string::npos || url.size() > 500) {
    throw BadInput{"The address of the function is missing: it begins with https://"};
  }
  return url;
}

}  // namespace laboratory
