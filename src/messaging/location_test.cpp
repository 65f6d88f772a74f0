#include "messaging/location.hpp"

#include <gtest/gtest.h>

namespace dialtone::messaging {
namespace {

TEST(Location, IsReadWithAndWithoutALabel) {
  const auto place = parse_location("geo:37.787890,-122.391664|375 Beale St|2nd");
  ASSERT_TRUE(place);
  EXPECT_DOUBLE_EQ(place->latitude, 37.78789);
  EXPECT_DOUBLE_EQ(place->longitude, -122.391664);
  EXPECT_EQ(place->label, "375 Beale St|2nd");
  const auto bare = parse_location("geo:-90,+180");
  ASSERT_TRUE(bare);
  EXPECT_DOUBLE_EQ(bare->latitude, -90);
  EXPECT_DOUBLE_EQ(bare->longitude, 180);
  EXPECT_EQ(bare->label, "");
}

TEST(Location, WhatIsNone) {
  for (const std::string_view text :
       {"", "geo:", "geo:1", "geo:1,", "geo:,1", "geo:91,0", "geo:0,181", "geo:x,y", "geo:1,2 ", "geo:nan,1",
        "geo:inf,1", "37.7,-122.3", "tel:+15551230000", "geo:1e1,2"})
    EXPECT_FALSE(parse_location(text)) << text;
}

}  // namespace
}  // namespace dialtone::messaging
