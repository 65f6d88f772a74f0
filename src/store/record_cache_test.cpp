#include "store/record_cache.hpp"

#include <gtest/gtest.h>

namespace dialtone::store {
namespace {

RecordPtr record_of(const std::string& id) {
  return std::make_shared<const Record>(Record{.id = id, .value = std::string(100, 'x'), .terms = {}});
}

void commit(RecordCache& cache, std::uint64_t sequence, const std::vector<std::string>& ids) {
  Transaction transaction;
  for (const auto& id : ids) transaction.put("scope", record_of(id));
  cache.committed(sequence, std::move(transaction.changes));
}

std::string name(int i) { return fmt::format("id{:04}", i); }

TEST(RecordCache, WhatIsPlacedGoesInSteps) {
  RecordCache cache(1000);
  for (int i = 0; i < 100; ++i) commit(cache, static_cast<std::uint64_t>(i + 1), {name(i)});
  EXPECT_FALSE(cache.settle(1000));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(cache.find("scope", name(i))) << "what is not placed stays: " << i;

  cache.placed(60);
  EXPECT_EQ(cache.unplaced("scope"), 100U);
  EXPECT_TRUE(cache.settle(10));
  EXPECT_LE(cache.bytes(), 10U * 500);
  int steps = 1;
  while (cache.settle(10)) ++steps;
  EXPECT_GE(steps, 5);
  EXPECT_LE(cache.bytes(), 1000U);
  EXPECT_FALSE(cache.find("scope", name(0)));
  for (int i = 60; i < 100; ++i) EXPECT_TRUE(cache.find("scope", name(i))) << i;

  cache.placed(100);
  EXPECT_EQ(cache.unplaced("scope"), 0U);
  while (cache.settle(10)) {
  }
  EXPECT_LE(cache.bytes(), 1000U);
  EXPECT_TRUE(cache.find("scope", name(99)));  // the newest fit
}

TEST(RecordCache, WhatIsWrittenAgainBeforeItWasLetGoStays) {
  RecordCache cache(0);
  commit(cache, 1, {"a", "b"});
  cache.placed(1);
  commit(cache, 2, {"a"});  // nothing was settled yet
  while (cache.settle(1)) {
  }
  EXPECT_TRUE(cache.find("scope", "a"));
  EXPECT_FALSE(cache.find("scope", "b"));
  cache.placed(2);
  while (cache.settle(1)) {
  }
  EXPECT_FALSE(cache.find("scope", "a"));
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(RecordCache, WhatWasPlacedUnseenLeavesNothingOlder) {
  RecordCache cache(100'000);
  const auto put = [&](std::uint64_t sequence, const std::string& value) {
    Transaction transaction;
    transaction.put("scope", std::make_shared<const Record>(Record{.id = "a", .value = value, .terms = {}}));
    cache.committed(sequence, std::move(transaction.changes));
  };
  const auto settle = [&](std::uint64_t sequence) {
    cache.placed(sequence);
    while (cache.settle(1)) {
    }
  };
  put(1, "old");
  ASSERT_EQ(cache.find("scope", "a").value()->value, "old");
  settle(1);
  put(2, "new");
  settle(2);  // nobody asked meanwhile
  ASSERT_EQ(cache.find("scope", "a").value()->value, "new");

  Transaction gone;
  gone.erase_tree("scope");
  cache.committed(3, std::move(gone.changes));
  settle(3);
  EXPECT_EQ(cache.find("scope", "a").value(), nullptr);
  EXPECT_FALSE(cache.find("scope", "b")) << "only the database knows, for others may be written there later";
}

}  // namespace
}  // namespace dialtone::store
