#include "functions/sources.hpp"

namespace dialtone::functions {

const SourceWords& words_of(SourceKind kind) {
  static constexpr SourceWords kFunction{
      .word = "function",
      .collection = "Functions",
      .index = "FunctionVersions",
      .parameter = "FunctionVersions",
      .sid_property = "function_sid",
      .list_property = "function_versions",
      .versions_link = "function_versions",
      .placeholder = "FunctionSid",
      .path = "/v1/Services/{ServiceSid}/Functions",
      .instance_path = "/v1/Services/{ServiceSid}/Functions/{Sid}",
      .versions_path = "/v1/Services/{ServiceSid}/Functions/{FunctionSid}/Versions",
      .version_path = "/v1/Services/{ServiceSid}/Functions/{FunctionSid}/Versions/{Sid}"};
  static constexpr SourceWords kAsset{.word = "asset",
                                      .collection = "Assets",
                                      .index = "AssetVersions",
                                      .parameter = "AssetVersions",
                                      .sid_property = "asset_sid",
                                      .list_property = "asset_versions",
                                      .versions_link = "asset_versions",
                                      .placeholder = "AssetSid",
                                      .path = "/v1/Services/{ServiceSid}/Assets",
                                      .instance_path = "/v1/Services/{ServiceSid}/Assets/{Sid}",
                                      .versions_path = "/v1/Services/{ServiceSid}/Assets/{AssetSid}/Versions",
                                      .version_path = "/v1/Services/{ServiceSid}/Assets/{AssetSid}/Versions/{Sid}"};
  return kind == SourceKind::kFunction ? kFunction : kAsset;
}

}  // namespace dialtone::functions
