#include "catalogue/catalogue.hpp"

#include <set>

#include <gtest/gtest.h>

namespace dialtone::catalogue {
namespace {

std::vector<Operation> all_operations() {
  std::vector<Operation> out;
  for (std::uint32_t i = 0; i < operation_count(); ++i) out.emplace_back(i);
  return out;
}

Path find_path(std::string_view host, std::string_view path_template) {
  for (std::uint32_t i = 0; i < path_count(); ++i) {
    if (Path(i).host() == host && Path(i).path_template() == path_template) return Path(i);
  }
  throw std::logic_error("no such path");
}

TEST(Catalogue, Has71DocumentsAnd1695Operations) {
  EXPECT_EQ(document_count(), 71U);
  EXPECT_EQ(operation_count(), 1695U);
}

TEST(Catalogue, EveryPathBelongsToTheDocumentThatListsIt) {
  std::size_t paths = 0;
  std::size_t operations = 0;
  for (std::uint32_t d = 0; d < document_count(); ++d) {
    const Document document(d);
    for (std::size_t i = 0; i < document.path_count(); ++i) {
      EXPECT_EQ(document.path_at(i).document().index(), d);
      operations += document.path_at(i).operation_count();
      ++paths;
    }
  }
  EXPECT_EQ(paths, path_count());
  EXPECT_EQ(operations, operation_count());
}

TEST(Catalogue, OperationIdsAreUniqueInTheirDocument) {
  std::set<std::pair<std::uint32_t, std::string_view>> seen;
  for (const Operation operation : all_operations()) {
    EXPECT_FALSE(operation.id().empty());
    EXPECT_TRUE(seen.emplace(operation.path().document().index(), operation.id()).second) << operation.id();
  }
}

TEST(Catalogue, KnowsTheMessageOperation) {
  const auto create = find_path("api", "/2010-04-01/Accounts/{AccountSid}/Messages.json").operation(Method::kPost);
  ASSERT_TRUE(create);
  EXPECT_EQ(create->id(), "CreateMessage");
  EXPECT_EQ(create->status(), 201);
  EXPECT_EQ(create->body_kind(), BodyKind::kForm);
  bool to = false;
  for (std::size_t i = 0; i < create->parameter_count(); ++i) {
    const Parameter parameter = create->parameter_at(i);
    if (parameter.name() != "To") continue;
    to = true;
    EXPECT_TRUE(parameter.required());
    EXPECT_EQ(parameter.place(), Place::kForm);
    EXPECT_EQ(parameter.property(), "to");
  }
  EXPECT_TRUE(to);
  const auto sid = create->response().property("sid");
  ASSERT_TRUE(sid);
  EXPECT_EQ(sid->schema().pattern(), "^(SM|MM)[0-9a-fA-F]{32}$");
  EXPECT_TRUE(sid->schema().nullable());
}

TEST(Catalogue, KnowsWhichMemberOfAListHoldsItsRows) {
  const auto rows = [](std::string_view host, std::string_view path) {
    return find_path(host, path).operation(Method::kGet)->list_key();
  };
  EXPECT_EQ(rows("api", "/2010-04-01/Accounts/{AccountSid}/Messages.json"), "messages");
  EXPECT_EQ(rows("api", "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers.json"), "countries");
  EXPECT_EQ(rows("verify", "/v2/Services"), "services");
  EXPECT_EQ(rows("numbers", "/v2/ShortCodes/Applications"), "results");
  EXPECT_EQ(rows("api", "/2010-04-01/Accounts/{AccountSid}/Balance.json"), "");
  EXPECT_EQ(rows("flex-api", "/v1/Configuration"), "");
}

TEST(Catalogue, DateInequalitiesCompareWithTheirProperty) {
  const auto list = find_path("api", "/2010-04-01/Accounts/{AccountSid}/Messages.json").operation(Method::kGet);
  std::set<std::string_view> filters;
  for (std::size_t i = 0; i < list->parameter_count(); ++i) {
    if (list->parameter_at(i).property() == "date_sent") filters.insert(list->parameter_at(i).name());
  }
  EXPECT_EQ(filters, (std::set<std::string_view>{"DateSent", "DateSent<", "DateSent>"}));
}

TEST(Catalogue, MethodsHaveTheirNames) {
  for (const std::string_view each : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    const auto method = parse_method(each);
    ASSERT_TRUE(method) << each;
    EXPECT_EQ(name(*method), each);
  }
  EXPECT_FALSE(parse_method("get"));
  EXPECT_FALSE(parse_method("TRACE"));
  EXPECT_FALSE(parse_method(""));
}

}  // namespace
}  // namespace dialtone::catalogue
