#include "functions/frames.hpp"

#include <gtest/gtest.h>

namespace dialtone::functions::frames {
namespace {

const std::string kSid = "RQ" + std::string(32, '0');

std::string bytes(std::initializer_list<int> list) {
  std::string out;
  for (const int each : list) out += static_cast<char>(each);
  return out;
}

std::string problem(std::string_view frame) {
  const auto read = parse(frame);
  return read ? "none" : std::string(read.error());
}

TEST(Frames, AnInvocationHoldsWhatIsAppended) {
  std::string out = "before";
  const auto begin = begin_invoke(out, 0x01020304, 7, kSid);
  out += R"({"a":1})";
  end_invoke(out, begin);
  EXPECT_EQ(out, "before" + bytes({48, 0, 0, 0, 'I', 4, 3, 2, 1, 7, 0}) + kSid + R"({"a":1})");
  const auto size = frame_size(std::string_view(out).substr(6));
  ASSERT_TRUE(size);
  EXPECT_EQ(*size, out.size() - 6);
}

TEST(Frames, AnAnswerMayHaveHeaders) {
  const std::string frame =
      bytes({'A', 9, 0, 0, 0, 201, 0, 0, 2, 0, 1, 0, 2, 0, 0, 0}) + "Abc" + bytes({1, 0, 0, 0, 0, 0}) + "Dbody";
  const auto read = parse(frame);
  ASSERT_TRUE(read);
  const auto& answer = std::get<Answer>(*read);
  EXPECT_EQ(answer.id, 9U);
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.headers, (Headers{{"A", "bc"}, {"D", ""}}));
  EXPECT_EQ(answer.body, "body");
  EXPECT_EQ(std::get<Answer>(*parse(bytes({'A', 9, 0, 0, 0, 200, 0, 2}) + "<x/>")).form, Form::kXml);
}

TEST(Frames, ALineOfTheLogHasItsRequest) {
  const std::string frame = bytes({'G', 2, 5, 0}) + kSid + "text";
  const auto read = parse(frame);
  ASSERT_TRUE(read);
  const auto& line = std::get<Log>(*read);
  EXPECT_EQ(line.level, LogLine::Level::kError);
  EXPECT_EQ(line.function, 5);
  EXPECT_EQ(line.request_sid, kSid);
  EXPECT_EQ(line.text, "text");
}

TEST(Frames, NonsenseIsRefused) {
  EXPECT_EQ(problem(""), "a frame of no known kind");
  EXPECT_EQ(problem("x"), "a frame of no known kind");
  EXPECT_EQ(problem("A"), "an answer that ends early");
  EXPECT_EQ(problem(bytes({'A', 1, 0, 0, 0, 99, 0, 1})), "an answer with no status of HTTP");
  EXPECT_EQ(problem(bytes({'A', 1, 0, 0, 0, 255, 255, 1})), "an answer with no status of HTTP");
  EXPECT_EQ(problem(bytes({'A', 1, 0, 0, 0, 200, 0, 9})), "an answer of no known form");
  EXPECT_EQ(problem(bytes({'A', 1, 0, 0, 0, 200, 0, 0, 255, 255})), "an answer with too many headers");
  EXPECT_EQ(problem(bytes({'A', 1, 0, 0, 0, 200, 0, 0, 1, 0, 1, 0, 255, 255, 255, 255, 'A'})),
            "headers that end early");
  EXPECT_EQ(problem("G"), "a log line that ends early");
  EXPECT_EQ(problem(bytes({'G', 9, 0, 0}) + kSid), "a log line of no known level");
  EXPECT_EQ(problem("O123"), "a pong that ends early");
}

TEST(Frames, TheSizeOfAFrameHasALimit) {
  EXPECT_EQ(frame_size("abc").value(), 0U);
  EXPECT_FALSE(frame_size(bytes({0, 0, 0, 0})));
  EXPECT_FALSE(frame_size(bytes({0, 0, 0, 127})));
  EXPECT_EQ(frame_size(bytes({5, 0, 0, 0})).value(), 9U);
}

}  // namespace
}  // namespace dialtone::functions::frames
