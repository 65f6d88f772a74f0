#include "messaging/message.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace dialtone::messaging {
namespace {

const TimePoint kMade{Duration{1'795'662'616'123'456}};  // Thu, 26 Nov 2026 03:10:16 +0000

Message plain() {
  Message m;
  m.sid = "SM65a9b3c00123456789abcdef01234567";
  m.account_sid = "AC00000000000000000000000000000001";
  m.from = "+15017122661";
  m.to = "+15558675310";
  m.body = "Grüße, \"you\"\n";
  m.created = m.updated = kMade;
  return m;
}

Message full() {
  Message m = plain();
  m.service_sid = "MG00000000000000000000000000000002";
  m.status = Status::kUndelivered;
  m.direction = Direction::kOutboundReply;
  m.num_segments = 300;
  m.num_media = 2;
  m.error_code = 30003;
  m.error_message = "Unreachable";
  m.updated = kMade - std::chrono::hours(2);
  m.sent = kMade + std::chrono::seconds(3);
  m.price = "-0.02000";
  m.sender = "+15017122662";
  m.status_callback = "https://example.com/status";
  m.send_at = kMade + std::chrono::hours(1);
  m.media_urls = {"https://example.com/a.png", ""};
  m.feedback = m.discard_body = m.obfuscate_to = m.shorten_urls = m.as_mms = true;
  m.validity = std::chrono::seconds(120);
  m.actions = {"geo:1,2|here"};
  m.intent = "notifications";
  m.opt_out_type = "STOP";
  return m;
}

void expect_same(const Message& a, const Message& b) {
  EXPECT_EQ(wire_of(a), wire_of(b));
  EXPECT_EQ(std::tie(a.sid, a.created, a.updated, a.sent, a.price, a.sender, a.status_callback, a.send_at, a.media_urls,
                     a.feedback, a.validity, a.discard_body, a.shorten_urls, a.obfuscate_to, a.as_mms, a.actions),
            std::tie(b.sid, b.created, b.updated, b.sent, b.price, b.sender, b.status_callback, b.send_at, b.media_urls,
                     b.feedback, b.validity, b.discard_body, b.shorten_urls, b.obfuscate_to, b.as_mms, b.actions));
  EXPECT_EQ(std::tie(a.intent, a.opt_out_type), std::tie(b.intent, b.opt_out_type));
}

TEST(Message, ComesBackFromItsRecord) {
  for (const Message& message : {plain(), full()}) {
    const auto record = to_record(message);
    expect_same(from_record(*record), message);
    EXPECT_EQ(wire_of(*record), wire_of(message));
    EXPECT_LT(record->value.size(), wire_of(message).size() / 2);
  }
}

TEST(Message, IsShownAsTheApiDoes) {
  const json::value value = json::parse(wire_of(plain()));
  const json::object& shown = value.as_object();
  EXPECT_EQ(text_of(shown, "date_created"), "Thu, 26 Nov 2026 03:10:16 +0000");
  EXPECT_TRUE(shown.at("date_sent").is_null());
  EXPECT_TRUE(shown.at("price").is_null());
  EXPECT_EQ(text_of(shown, "num_segments"), "1");
  EXPECT_EQ(text_of(shown, "uri"),
            "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages/SM65a9b3c00123456789abcdef01234567.json");
}

TEST(Message, OfAnEarlierVersionIsRead) {
  Message message = full();
  message.feedback = message.discard_body = message.obfuscate_to = message.shorten_urls = message.as_mms = false;
  message.actions.clear();
  message.opt_out_type.clear();
  store::Record record{.id = message.sid, .value = wire_of(message), .terms = {}};
  record.value += '\0';
  record.value += R"(1795662616123456 1795655416123456 1795662619123456 {"sender": "+15017122662", "send_at": )"
                  R"(1795666216123456, "status_callback": "https://example.com/status", "validity": 120, )"
                  R"("media_urls": ["https://example.com/a.png", ""], "intent": "notifications"})";
  expect_same(from_record(record), message);
  EXPECT_EQ(wire_of(record), wire_of(message));
}

TEST(Message, ThatIsDamagedIsRefused) {
  const auto whole = to_record(full());
  store::Record record = *whole;
  for (std::size_t size = 0; size < whole->value.size(); ++size) {
    record.value = whole->value.substr(0, size);
    EXPECT_THROW((void)from_record(record), std::runtime_error) << size;
  }
  record.value = "\x01\x7f";
  EXPECT_THROW((void)wire_of(record), std::runtime_error);
}

}  // namespace
}  // namespace dialtone::messaging
