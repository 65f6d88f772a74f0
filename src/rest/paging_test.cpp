#include "rest/paging.hpp"

#include <gtest/gtest.h>

namespace dialtone::rest {
namespace {

catalogue::Operation find_operation(std::string_view host, std::string_view id) {
  for (std::uint32_t i = 0; i < catalogue::operation_count(); ++i) {
    const catalogue::Operation operation(i);
    if (operation.path().host() == host && operation.id() == id) return operation;
  }
  throw std::logic_error("no such operation");
}

Context context_of(catalogue::Operation operation, Fields::Pairs query, std::string_view path) {
  return {.operation = operation,
          .host = operation.path().host(),
          .base_url = {},
          .page_base = "https://x.twilio.com",
          .path = path,
          .values = {},
          .query = Fields(std::move(query)),
          .form = {},
          .body = {},
          .principal = {},
          .raw_body = {},
          .content_type = {}};
}

Context messages(Fields::Pairs query) {
  return context_of(find_operation("api", "ListMessage"), std::move(query), "/2010-04-01/Accounts/AC1/Messages.json");
}

TEST(Paging, ReadsSizePageAndToken) {
  const auto plain = parse_page(messages({})).value();
  EXPECT_EQ(plain.size, kPageSizeDefault);
  EXPECT_EQ(plain.page, 0U);
  const auto next = parse_page(messages({{"PageSize", "20"}, {"Page", "3"}, {"PageToken", "PASM1"}})).value();
  EXPECT_EQ(next.size, 20U);
  EXPECT_EQ(next.page, 3U);
  EXPECT_EQ(next.after, "SM1");
  EXPECT_FALSE(next.backwards);
  EXPECT_TRUE(parse_page(messages({{"PageToken", "PBSM1"}})).value().backwards);
}

TEST(Paging, CutsTheSizeToWhatThereMayBe) {
  EXPECT_EQ(parse_page(messages({{"PageSize", "5000"}})).value().size, kPageSizeMax);
  EXPECT_EQ(parse_page(messages({{"PageSize", "0"}})).value().size, 1U);
}

TEST(Paging, APageWithoutItsTokenIsTheFirst) { EXPECT_EQ(parse_page(messages({{"Page", "7"}})).value().page, 0U); }

TEST(Paging, RefusesWhatIsNone) {
  for (const auto& [name, value, code] : {std::tuple{"PageSize", "x", 20001},
                                          {"PageSize", "-1", 20001},
                                          {"PageSize", "1.5", 20001},
                                          {"PageSize", "99999999999999999999999", 20001},
                                          {"Page", "one", 20001},
                                          {"PageToken", "x", 21481},
                                          {"PageToken", "PA", 21481},
                                          {"PageToken", "XASM1", 21481}}) {
    const auto parsed = parse_page(messages({{name, value}}));
    ASSERT_FALSE(parsed) << name << ' ' << value;
    EXPECT_EQ(parsed.error().code, code) << name << ' ' << value;
  }
}

TEST(Paging, AListThatHasNoPagesGivesAllThereIs) {
  const Context context = context_of(find_operation("marketplace", "FetchModuleDataForListingOwner"), {}, "/x");
  EXPECT_EQ(parse_page(context).value().size, kPageSizeMax);
}

TEST(Paging, AMiddlePageLeadsBothWays) {
  const Context context = messages({{"To", "+1 2"}, {"PageSize", "2"}, {"Page", "1"}, {"PageToken", "PASM3"}});
  const auto page = parse_page(context).value();
  const auto text =
      render_page(context, page, {.first_id = "SM2", .last_id = "SM1", .count = 2, .more = true}, "{}, {}");
  const json::object answer = parse_json(text).value().get_object();
  EXPECT_EQ(answer.at("uri"), "/2010-04-01/Accounts/AC1/Messages.json?To=%2B1+2&PageSize=2&Page=1&PageToken=PASM3");
  EXPECT_EQ(answer.at("next_page_uri"),
            "/2010-04-01/Accounts/AC1/Messages.json?To=%2B1+2&PageSize=2&Page=2&PageToken=PASM1");
  EXPECT_EQ(answer.at("previous_page_uri"),
            "/2010-04-01/Accounts/AC1/Messages.json?To=%2B1+2&PageSize=2&Page=0&PageToken=PBSM2");
  EXPECT_EQ(answer.at("start"), 2);
  EXPECT_EQ(answer.at("end"), 3);
  EXPECT_EQ(answer.at("messages").as_array().size(), 2U);
}

TEST(Paging, EachEnvelopeSaysWhatItsDocumentNames) {
  const Context newest =
      context_of(find_operation("memory", "ListStores"), {{"pageSize", "1"}}, "/v1/ControlPlane/Stores");
  const auto text = render_page(newest, parse_page(newest).value(),
                                {.first_id = "a", .last_id = "a", .count = 1, .more = true}, "\"a\"");
  const json::object meta = parse_json(text).value().at("meta").as_object();
  EXPECT_EQ(meta.at("key"), "stores");
  EXPECT_EQ(meta.at("pageSize"), 1);
  EXPECT_EQ(meta.at("nextToken"), "PAa");
  EXPECT_FALSE(meta.contains("page_size"));
  // Its next_page_url may not be null: a client that looks for one finds none.
  const Context fax = context_of(find_operation("fax", "ListFax"), {}, "/v1/Faxes");
  const auto faxes = parse_json(render_page(fax, parse_page(fax).value(), {}, "")).value();
  EXPECT_FALSE(faxes.at("meta").as_object().contains("next_page_url"));
}

}  // namespace
}  // namespace dialtone::rest
