#include "messaging/media.hpp"

#include <array>

#include <fmt/format.h>

#include "base/json.hpp"

namespace dialtone::messaging {

void add_media(store::Transaction& transaction, rest::Services& services, const Message& message,
               const std::string& url) {
  const std::string sid = services.sids.make("ME");
  const std::string scope = media_scope(message.account_sid, message.sid);
  json::object media;
  media["account_sid"] = message.account_sid;
  media["content_type"] = content_type_of(url);
  media["date_created"] = rfc2822(message.created);
  media["date_updated"] = rfc2822(message.created);
  media["parent_sid"] = message.sid;
  media["sid"] = sid;
  media["uri"] =
      fmt::format("/2010-04-01/Accounts/{}/Messages/{}/Media/{}.json", message.account_sid, message.sid, sid);
  std::string value = wire_json(media);
  value += '\0';
  value += url;
  transaction.put(
      scope, std::make_shared<const store::Record>(store::Record{.id = sid, .value = std::move(value), .terms = {}}));
}

Task<std::vector<std::string>> media_sids(rest::Services& services, const Message& message) {
  std::vector<std::string> sids;
  const auto rows = co_await services.ledger.store().list(
      {.scope = media_scope(message.account_sid, message.sid), .oldest_first = true, .limit = message.num_media});
  for (const auto& row : rows) sids.push_back(row->id);
  co_return sids;
}

std::string content_type_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t dot = url.rfind('.');
  const std::string_view extension = dot == std::string_view::npos ? std::string_view{} : url.substr(dot + 1);
  for (const auto& [name, type] : {std::pair<std::string_view, std::string_view>{"png", "image/png"},
                                   {"gif", "image/gif"},
                                   {"jpg", "image/jpeg"},
                                   {"jpeg", "image/jpeg"},
                                   {"webp", "image/webp"},
                                   {"pdf", "application/pdf"},
                                   {"mp4", "video/mp4"},
                                   {"mp3", "audio/mpeg"},
                                   {"vcf", "text/vcard"},
                                   {"txt", "text/plain"}}) {
    if (extension == name) return std::string(type);
  }
  return "image/jpeg";
}

}  // namespace dialtone::messaging
