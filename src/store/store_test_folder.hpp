#pragma once
// For tests of the store: a folder that goes away, and short ways to make what is stored.

#include <filesystem>
#include <string>

#include <stdlib.h>

#include "store/store.hpp"

namespace dialtone::store {

class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "store_test_XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline RecordPtr record(std::string id, std::string value, std::vector<Term> terms = {}) {
  return std::make_shared<Record>(std::move(id), std::move(value), std::move(terms));
}

inline JournalEntry entry(std::string kind) {
  return {.at = TimePoint(Duration(1'700'000'000'123'456)),
          .kind = std::move(kind),
          .account = "AC1",
          .subject = "SM1",
          .data = R"({"n": 1})"};
}

}  // namespace dialtone::store
