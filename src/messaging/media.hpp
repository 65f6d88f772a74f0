#pragma once
// Pictures and files of a message, as resources of their own: fetched from their URLs when the message is carried, or
// come with it from a phone. The bytes lie in MediaFiles; a Media resource knows their hash. Two resources of an
// account may share a file, so each file's users are records of their own and the last one takes it away.

#include <string>
#include <vector>

#include "messaging/media_files.hpp"
#include "messaging/message.hpp"
#include "rest/context.hpp"
#include "webhook/client.hpp"

namespace dialtone::messaging {

inline constexpr std::size_t kMediaMax = 10;              ///< of one message
inline constexpr std::size_t kImageBytesMax = 5'000'000;  ///< pictures that phones show, with the text, in one message
inline constexpr std::size_t kOtherMediaBytesMax = 500'000;  ///< a file of another type
inline constexpr std::size_t kChannelBytesMax = 16'000'000;  ///< all of a message through WhatsApp and the like
inline constexpr std::chrono::hours kMediaUrlLifetime{4};

/// Adds the Media resources of a message to a transaction, and gives the parts their SIDs.
void add_media(store::Transaction& transaction, rest::Services& services, Message& message);
/// Takes a Media resource away. drop_file() once that is committed.
void erase_media(store::Transaction& transaction, std::string_view account_sid, std::string_view message_sid,
                 const store::Record& record);
/// Erases the file behind a resource that is gone, unless another needs it.
Task<> drop_file(rest::Services& services, MediaFiles& files, std::string account_sid, std::string hash);

/// A Media resource's file.
MediaPart part_of(const store::Record& record);
/// The API's JSON of it, as it lies in the record.
std::string_view media_wire_of(const store::Record& record);
/// A message's media, in order.
Task<std::vector<MediaPart>> media_of(rest::Services& services, const Message& message);

/// Fetches what the message's URLs name and keeps it. The error has the code that the message fails with: 11200 and
/// others of that kind, 11751 too large, 12300 of a type that no phone takes.
Task<Result<>> fetch_media(webhook::Client& client, MediaFiles& files, Message& message);
/// Is what came of this type and size to be sent? Errors: 11751, 12300.
Result<> check_media(const std::vector<MediaPart>& parts, std::string_view body, std::string_view to);

/// `image/png`: without parameters, lower case.
std::string media_type_of(std::string_view content_type);

/// Path and query at which the program itself serves a file for some hours, to anybody who has it.
std::string signed_path(const rest::Account& account, const MediaPart& part, TimePoint now);
/// Was it made by signed_path(), and not too long ago?
bool is_signed(const rest::Account& account, std::string_view hash, const rest::Fields& query, TimePoint now);

}  // namespace dialtone::messaging
