#include "catalogue/router.hpp"

#include "base/hash.hpp"

namespace dialtone::catalogue {
namespace {

bool is_placeholder(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

/// Calls `use(segment)` for each segment until it returns false.
template <typename Use>
bool each_segment(std::string_view path, Use use) {
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const std::size_t end = path.find('/');
    if (!use(path.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 1);
  }
}

/// `text` without a final `.json`, `.csv` or `.xml`, and what it asked for.
Format take_extension(std::string_view& text) {
  for (const auto& [extension, format] :
       {std::pair{std::string_view{".json"}, Format::kJson}, {".csv", Format::kCsv}, {".xml", Format::kXml}}) {
    if (text.size() > extension.size() && text.ends_with(extension)) {
      text.remove_suffix(extension.size());
      return format;
    }
  }
  return Format::kXml;
}

}  // namespace

struct Router::Node {
  std::unordered_map<std::string, std::unique_ptr<Node>, TextHash, std::equal_to<>> literal;
  std::unique_ptr<Node> placeholder;
  std::vector<std::uint32_t> paths;  ///< that end here
  bool has_extension = false;        ///< the template ends in ".json": the 2010 API

  const Node* find(std::span<const std::string_view> segments, Match& match) const {
    if (segments.empty()) return paths.empty() ? nullptr : this;
    if (const auto found = literal.find(segments.front()); found != literal.end()) {
      if (const Node* end = found->second->find(segments.subspan(1), match)) return end;
    }
    if (!placeholder || segments.front().empty() || match.value_count == kPathSegmentsMax) return nullptr;
    match.values[match.value_count++] = segments.front();
    if (const Node* end = placeholder->find(segments.subspan(1), match)) return end;
    --match.value_count;
    return nullptr;
  }
};

std::optional<Operation> Match::operation(Method method) const {
  for (const std::uint32_t each : paths) {
    if (auto found = Path(each).operation(method)) return found;
  }
  return std::nullopt;
}

Router::Router() {
  for (std::uint32_t i = 0; i < path_count(); ++i) {
    const Path path(i);
    if (path.operation_count() == 0) continue;
    auto& root = hosts_[std::string(path.host())];
    if (!root) root = std::make_unique<Node>();
    Node* node = root.get();
    std::string_view text = path.path_template();
    const bool has_extension = text.ends_with(".json");
    if (has_extension) text.remove_suffix(5);
    each_segment(text, [&](std::string_view segment) {
      auto& next = is_placeholder(segment) ? node->placeholder : node->literal[std::string(segment)];
      if (!next) next = std::make_unique<Node>();
      node = next.get();
      return true;
    });
    node->paths.push_back(i);
    node->has_extension = has_extension;
  }
}

Router::~Router() = default;

bool Router::knows_host(std::string_view host) const { return hosts_.contains(std::string(host)); }

std::optional<Match> Router::match(std::string_view host, std::string_view path) const {
  const auto root = hosts_.find(std::string(host));
  if (root == hosts_.end()) return std::nullopt;
  std::array<std::string_view, kPathSegmentsMax> segments;
  std::size_t count = 0;
  const bool fits = each_segment(path, [&](std::string_view segment) {
    if (count == kPathSegmentsMax) return false;
    segments[count++] = segment;
    return true;
  });
  if (!fits || count == 0) return std::nullopt;

  // The extension belongs to the 2010 API only: elsewhere "a.json" is a name like any other.
  std::string_view stem = segments[count - 1];
  const Format format = take_extension(stem);
  for (const bool with_extension : {true, false}) {
    Match match{.path = Path(0), .paths = {}, .format = with_extension ? format : Format::kJson, .values = {}};
    const std::string_view last = segments[count - 1];
    if (with_extension) segments[count - 1] = stem;
    const Node* end = root->second->find(std::span(segments.data(), count), match);
    segments[count - 1] = last;
    if (end && end->has_extension == with_extension) {
      match.path = Path(end->paths.front());
      match.paths = end->paths;
      return match;
    }
  }
  return std::nullopt;
}

}  // namespace dialtone::catalogue
