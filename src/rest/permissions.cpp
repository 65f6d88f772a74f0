#include "rest/permissions.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dialtone::rest {
namespace {

using catalogue::Method;

/// `Phone-Numbers` and `PhoneNumber` are the same word.
std::string plain(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c + 32);
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out += c;
    }
  }
  if (out.size() > 1 && out.ends_with('s')) out.pop_back();
  return out;
}

/// The product of a collection of the 2010 API; that of the other hosts is their name.
std::string product_of(std::string_view host, std::string_view first) {
  if (host != "api") return plain(host);
  struct Row {
    std::string_view collection, product;
  };
  constexpr std::array<Row, 17> kRows{{{"Messages", "messaging"},
                                       {"SMS", "messaging"},
                                       {"Calls", "voice"},
                                       {"Conferences", "voice"},
                                       {"Queues", "voice"},
                                       {"Recordings", "voice"},
                                       {"Transcriptions", "voice"},
                                       {"Applications", "voice"},
                                       {"OutgoingCallerIds", "voice"},
                                       {"SIP", "voice"},
                                       {"IncomingPhoneNumbers", "phone-numbers"},
                                       {"AvailablePhoneNumbers", "phone-numbers"},
                                       {"Addresses", "phone-numbers"},
                                       {"Usage", "usage"},
                                       {"Balance", "usage"},
                                       {"Notifications", "monitor"},
                                       {"Keys", "iam"}}};
  for (const Row& row : kRows) {
    if (row.collection == first) return plain(row.product);
  }
  return "account";
}

/// The collections on the way of a path: `/v1/Services/{Sid}/PhoneNumbers` → Services, PhoneNumbers.
std::vector<std::string_view> collections_of(std::string_view path) {
  if (path.ends_with(".json")) path.remove_suffix(5);
  std::vector<std::string_view> out;
  bool version = true;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    if (!version && !segment.starts_with('{')) out.push_back(segment);
    version = false;
  }
  // Everything of the 2010 API lies in an account.
  if (out.size() > 1 && out.front() == "Accounts") out.erase(out.begin());
  return out;
}

std::string_view action_of(catalogue::Operation operation) {
  const std::string_view path = operation.path().path_template();
  const bool instance = path.ends_with('}') || path.ends_with("}.json");
  switch (operation.method()) {
    case Method::kGet:
      return operation.list_key().empty() ? "read" : "list";
    case Method::kPost:
      return instance ? "update" : "create";
    case Method::kPut:
    case Method::kPatch:
      return "update";
    case Method::kDelete:
      return "delete";
  }
  return {};
}

constexpr std::array<std::string_view, 5> kActions{"create", "read", "list", "update", "delete"};

}  // namespace

Result<Permissions> Permissions::parse(const json::object& policy) {
  const auto invalid = [](std::string why) { return fail({errors::kBadRequest, "Invalid parameter Policy: " + why}); };
  Permissions out;
  const json::value* allow = policy.if_contains("allow");
  if (!allow || !allow->is_array()) return invalid("it has no list named allow");
  if (allow->get_array().size() > kPermissionsMax)
    return invalid(fmt::format("a restricted key has at most {} permissions", kPermissionsMax));
  for (const json::value& each : allow->get_array()) {
    const std::string_view text = each.is_string() ? std::string_view(each.get_string()) : std::string_view();
    constexpr std::string_view kPrefix = "/twilio/";
    const std::size_t last = text.rfind('/');
    const std::size_t product = text.starts_with(kPrefix) ? text.find('/', kPrefix.size()) : std::string_view::npos;
    if (product == std::string_view::npos || last <= product)
      return invalid(fmt::format("{} is no permission like /twilio/messaging/messages/create", text));
    Permission permission{.product = plain(text.substr(kPrefix.size(), product - kPrefix.size())),
                          .resource = {},
                          .action = std::string(text.substr(last + 1))};
    if (std::ranges::find(kActions, permission.action) == kActions.end())
      return invalid(fmt::format("{} is none of create, read, list, update and delete", permission.action));
    std::string_view words = text.substr(product + 1, last - product - 1);
    while (!words.empty()) {
      const std::size_t end = std::min(words.find_first_of("./"), words.size());
      permission.resource += plain(words.substr(0, end));
      words.remove_prefix(std::min(end + 1, words.size()));
    }
    out.allowed_.push_back(std::move(permission));
  }
  return out;
}

bool Permissions::allow(std::string_view host, catalogue::Operation operation) const {
  const auto collections = collections_of(operation.path().path_template());
  if (collections.empty()) return false;
  const std::string product = product_of(host, collections.front());
  const std::string_view action = action_of(operation);
  return std::ranges::any_of(allowed_, [&](const Permission& permission) {
    if (permission.product != product || permission.action != action) return false;
    std::string resource;
    for (std::size_t i = collections.size(); i-- > 0;) {
      resource.insert(0, plain(collections[i]));
      if (resource == permission.resource) return true;
    }
    return false;
  });
}

}  // namespace dialtone::rest
