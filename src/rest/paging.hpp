#pragma once
// Lists, as each API generation pages them. 2010: page, page_size, start, end, uri, first_page_uri, next_page_uri,
// previous_page_uri beside the rows. v1 and later: a `meta` object with absolute URLs and the key. Tokens name the row
// at the page's edge: "PA" + id to go on after it, "PB" + id to go back before it.

#include <cstdint>
#include <functional>
#include <string>

#include "rest/context.hpp"

namespace dialtone::rest {

inline constexpr std::size_t kPageSizeDefault = 50;
inline constexpr std::size_t kPageSizeMax = 1000;  ///< larger sizes are cut to it, as SDKs send `limit` uncut
inline constexpr ErrorRow kInvalidPageToken{21481, 400, "Invalid PageToken"};

struct PageRequest {
  std::size_t size = kPageSizeDefault;
  std::size_t page = 0;
  std::string after;       ///< id of the edge row; empty: from the beginning
  bool backwards = false;  ///< towards the beginning
};

/// Errors: 20001 for a size or page that is no number, 21481 for a token that is none of ours.
Result<PageRequest> parse_page(const Context& context);

struct Listing {
  std::string scope;
  std::optional<store::Term> term = {};
  bool oldest_first = false;
  std::string id_min = {};                  ///< inclusive, in the order of ids; empty: no bound
  std::string id_max = {};                  ///< exclusive
  std::optional<store::Term> besides = {};  ///< rows with this term belong to the list too, wherever their ids lie
  std::function<bool(const store::Record&)> keep = {};  ///< filters beyond the term; absent: all
  std::function<void(std::string&, const store::Record&)> append =
      {};  ///< writes a row's JSON; absent: the stored value
};

/// Answers a list operation: one page of `listing` in the envelope of the operation's generation.
Task<Result<Reply>> list(Context& context, store::Store& store, Listing listing);

/// The envelope around rows that are already there (`rows`: JSON, joined with ", ").
struct PageEdge {
  std::string first_id, last_id;
  std::size_t count = 0;
  bool more = false;  ///< rows follow
};
std::string render_page(const Context& context, const PageRequest& request, const PageEdge& edge,
                        std::string_view rows);

}  // namespace dialtone::rest
