#include "store/pack.hpp"

#include <gtest/gtest.h>

namespace dialtone::store {
namespace {

std::string packed(std::string_view plain) {
  std::string out;
  append_packed(out, plain);
  return out;
}

TEST(Pack, GivesBackWhatItTook) {
  std::string alike;
  for (int i = 0; i < 1000; ++i) alike += "the same again, ";
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const std::string& plain : {std::string(), std::string("x"), alike, all, std::string(100'000, '\0')})
    EXPECT_EQ(unpack(packed(plain)), plain);
  EXPECT_LT(packed(alike).size(), alike.size() / 20);
}

TEST(Pack, RefusesDamagedBytes) {
  const std::string good = packed("the same again, the same again, the same again, and once more the same again");
  for (std::size_t cut = 0; cut < good.size(); ++cut)
    EXPECT_THROW(unpack(good.substr(0, cut)), std::runtime_error) << cut;
  EXPECT_THROW(unpack(good + "x"), std::runtime_error);
  EXPECT_THROW(unpack("\xff\xff\xff\xff\xff\xff\xff\xff\x01x"), std::runtime_error);
}

}  // namespace
}  // namespace dialtone::store
