#pragma once
// What the generated headers stand on: places in the API, and lists.

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "twilio/pending.hpp"
#include "twilio/values.hpp"

namespace twilio {

namespace detail {

class Core;
struct Operation;
struct PageType;

/// A place in the API: its path up to here, and the client.
class Node {
 public:
  Node(Core& core, std::string path) : core_(&core), path_(std::move(path)) {}

 protected:
  /// A step down, `/Messages`, and one by a value that is escaped, `/SM…`.
  std::string below(std::string_view literal) const { return path_ + std::string(literal); }
  std::string at(std::string_view literal, std::string_view value) const;

  Core* core_;
  std::string path_;
};

std::string own_account(const Core& core);

/// Where a page came from, and how the next is asked for.
struct PageSource {
  Core* core = nullptr;
  const Operation* operation = nullptr;
  const PageType* type = nullptr;
  std::string target;
};

/// Raw, what is beside the items, and the way to the next page.
struct PageBase {
  /// Empty on the last page.
  std::string next_page_url{};
  std::string previous_page_url{};
  /// Newer interfaces page by token.
  std::string next_token{};
  Raw raw{};
  PageSource source{};

  bool has_next() const { return !next_page_url.empty() || !next_token.empty(); }
};

void send_page(const PageSource& source, std::shared_ptr<CallState> state);
void decode_page(Answer&& answer, const PageSource& source, PageBase& page, void* items);
PageSource next_source(const PageBase& page);

}  // namespace detail

template <class T>
class Page : public detail::PageBase {
 public:
  std::vector<T> items;

  auto begin() const { return items.begin(); }
  auto end() const { return items.end(); }
  std::size_t size() const { return items.size(); }

  /// Only when has_next().
  Page next() const { return next_async().get(); }
  Pending<Page> next_async() const { return fetch(detail::next_source(*this)); }

  static Pending<Page> fetch(detail::PageSource source) {
    auto state = std::make_shared<State>();
    state->source = std::move(source);
    detail::send_page(state->source, state);
    return Pending<Page>(state);
  }

 private:
  struct State : detail::TypedState<Page> {
    detail::PageSource source;
    void decode(detail::Answer&& answer) override {
      detail::decode_page(std::move(answer), source, this->value, &this->value.items);
    }
  };
};

/// A list that fetches its pages while it is walked:
///
///     for (const auto& message : client.api().messages().list({.page_size = 100, .limit = 250})) …
template <class T>
class Listing {
 public:
  Listing(detail::PageSource source, std::optional<std::int64_t> limit)
      : source_(std::move(source)), left_(limit.value_or(-1)) {}

  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    explicit Iterator(Listing* list) : list_(list) {}
    const T& operator*() const { return list_->page_->items[list_->at_]; }
    const T* operator->() const { return &**this; }
    Iterator& operator++() {
      ++list_->at_;
      list_->settle();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool ended() const { return list_->finished_; }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) { return it.ended(); }

   private:
    Listing* list_;
  };

  /// Fetches the first page. A list is walked once.
  Iterator begin() {
    page_ = Page<T>::fetch(source_).get();
    settle();
    return Iterator(this);
  }
  std::default_sentinel_t end() const { return {}; }

  /// Everything, up to the limit.
  std::vector<T> all() {
    std::vector<T> out;
    for (const T& each : *this) out.push_back(each);
    return out;
  }

  /// For coroutines: the first page, which leads to the others. It knows no limit.
  ///
  ///     for (auto page = co_await list.first_async();; page = co_await page.next_async()) { …; if (!page.has_next())
  ///     break; }
  Pending<Page<T>> first_async() const { return Page<T>::fetch(source_); }

 private:
  void settle() {
    if (left_ == 0) finished_ = true;
    while (!finished_ && at_ >= page_->items.size()) {
      if (!page_->has_next()) {
        finished_ = true;
        return;
      }
      page_ = page_->next();
      at_ = 0;
    }
    if (left_ > 0) --left_;
  }

  detail::PageSource source_;
  std::int64_t left_;
  std::optional<Page<T>> page_;
  std::size_t at_ = 0;
  bool finished_ = false;
};

}  // namespace twilio
