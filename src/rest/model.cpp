#include "rest/model.hpp"

#include <unordered_map>

namespace dialtone::rest {
namespace {

using catalogue::Method;
using catalogue::Path;
using catalogue::Schema;

bool is_placeholder(std::string_view segment) { return segment.starts_with('{'); }

/// Segments of a template, without the leading version and without `.json`.
std::vector<std::string_view> split(std::string_view text) {
  if (text.ends_with(".json")) text.remove_suffix(5);
  std::vector<std::string_view> segments;
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::size_t end = std::min(text.find('/'), text.size());
    segments.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return segments;
}

/// The template with its placeholders unnamed: a parent's `{Sid}` is its child's `{ServiceSid}`.
std::string shape_key(std::string_view host, std::span<const std::string_view> segments) {
  std::string key(host);
  for (const std::string_view segment : segments) {
    key += '/';
    key += is_placeholder(segment) ? std::string_view("{}") : segment;
  }
  return key;
}

std::string snake(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool upper = name[i] >= 'A' && name[i] <= 'Z';
    if (upper && i > 0 && !(name[i - 1] >= 'A' && name[i - 1] <= 'Z')) out += '_';
    out += upper ? static_cast<char>(name[i] + 32) : name[i];
  }
  return out;
}

std::string_view find_id_property(Schema schema, std::string_view parameter) {
  for (const std::string& name : {snake(parameter), std::string(parameter)}) {
    if (const auto property = schema.property(name)) return property->name();
  }
  for (const std::string_view name : {"sid", "id"}) {
    if (const auto property = schema.property(name)) return property->name();
  }
  return {};
}

/// The fullest schema that any operation on the two paths answers with; one that tells what the resource is named by
/// wins.
Schema fullest(std::optional<Path> collection, std::optional<Path> instance, std::string_view id_parameter) {
  Schema best{0};
  for (const auto& path : {collection, instance}) {
    if (!path) continue;
    for (std::size_t i = 0; i < path->operation_count(); ++i) {
      const Schema schema = path->operation_at(i).item();
      const bool named = !find_id_property(schema, id_parameter).empty();
      const bool best_named = !find_id_property(best, id_parameter).empty();
      if (named != best_named ? named : schema.property_count() > best.property_count()) best = schema;
    }
  }
  return best;
}

std::optional<Schema> path_parameter(Path path, std::string_view name) {
  if (path.operation_count() == 0) return std::nullopt;
  const auto operation = path.operation_at(0);
  for (std::size_t i = 0; i < operation.parameter_count(); ++i) {
    const auto parameter = operation.parameter_at(i);
    if (parameter.place() == catalogue::Place::kPath && parameter.name() == name) return parameter.schema();
  }
  return std::nullopt;
}

}  // namespace

Model::Model() {
  const std::uint32_t count = catalogue::path_count();
  paths_.resize(count);
  std::unordered_map<std::string, std::uint32_t> by_shape;
  std::vector<std::vector<std::string_view>> segments(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    segments[i] = split(Path(i).path_template());
    if (Path(i).operation_count() > 0) by_shape.try_emplace(shape_key(Path(i).host(), segments[i]), i);
  }
  const auto lookup = [&](std::string_view host,
                          std::span<const std::string_view> some) -> std::optional<std::uint32_t> {
    const auto found = by_shape.find(shape_key(host, some));
    return found == by_shape.end() ? std::nullopt : std::optional(found->second);
  };

  for (std::uint32_t i = 0; i < count; ++i) {
    const Path path(i);
    PathModel& model = paths_[i];
    const auto& all = segments[i];
    if (all.empty()) continue;
    const bool is_2010 = path.host() == "api";
    const bool has_version =
        all.front().size() > 1 && all.front()[0] == 'v' && all.front()[1] >= '0' && all.front()[1] <= '9';
    std::size_t skip = 0;
    if (is_2010) {
      skip = all.size() > 3 ? 3 : 1;  // 2010-04-01/Accounts/{AccountSid}
    } else if (has_version) {
      skip = 0;  // the version stays: v1 and v2 of a product have shapes of their own
    }
    model.segments.assign(all.begin() + static_cast<std::ptrdiff_t>(skip), all.end());

    if (is_placeholder(all.back())) {
      model.shape = Shape::kInstance;
      model.id_parameter = all.back().substr(1, all.back().size() - 2);
      model.collection = lookup(path.host(), std::span(all).first(all.size() - 1));
    } else {
      std::vector<std::string_view> child = all;
      child.push_back("{}");
      model.instance = lookup(path.host(), child);
      const auto get = path.operation(Method::kGet);
      const bool lists = get && !get->list_key().empty();
      if (lists || (model.instance && !get)) {
        model.shape = Shape::kCollection;
      } else if (get || path.operation(Method::kPut) || path.operation(Method::kPatch) ||
                 path.operation(Method::kDelete)) {
        model.shape = Shape::kSingleton;
      } else {
        model.shape = Shape::kAction;
      }
    }
    const auto collection = model.shape == Shape::kInstance ? model.collection : std::optional(i);
    const auto instance = model.shape == Shape::kInstance ? std::optional(i) : model.instance;
    const std::string_view last = instance ? segments[*instance].back() : std::string_view("{}");
    const std::string_view id_parameter = last.substr(1, last.size() - 2);
    model.resource = fullest(collection ? std::optional(Path(*collection)) : std::nullopt,
                             instance ? std::optional(Path(*instance)) : std::nullopt, id_parameter);
    if (instance) {
      model.id_property = find_id_property(model.resource, id_parameter);
    } else if (model.resource.property("sid")) {
      model.id_property = "sid";
    } else if (model.resource.property("id")) {
      model.id_property = "id";
    }
    if (const auto property = model.resource.property(model.id_property)) model.id_schema = property->schema();
    if (instance && model.id_schema.pattern().empty() && model.id_schema.type() != catalogue::Type::kInteger) {
      // Some resources do not say what their name looks like, but the path to them does.
      if (const auto schema = path_parameter(Path(*instance), id_parameter); schema && !schema->pattern().empty()) {
        model.id_schema = *schema;
      }
    }
    model.creatable = collection && Path(*collection).operation(Method::kPost).has_value();
  }

  for (std::uint32_t i = 0; i < count; ++i) {
    const Path path(i);
    PathModel& model = paths_[i];
    const auto& all = segments[i];
    const std::size_t first = path.host() == "api" ? 3 : 0;
    for (std::size_t end = first + 1; end < all.size(); ++end) {
      if (!is_placeholder(all[end - 1])) continue;
      const auto parent = lookup(path.host(), std::span(all).first(end));
      if (!parent) continue;
      // A parent that the API makes or deletes must be there; so must one that is named by a SID. Names that are facts
      // of the world (a country, a phone number, a resource type) need not.
      const Path parent_path(*parent);
      const auto named = path_parameter(parent_path, paths_[*parent].id_parameter);
      const bool sid = parent_path.operation(Method::kDelete) || (named && !named->sid_prefix().empty());
      model.ancestors.push_back(
          {.path = *parent, .segment_count = end - first, .required = sid || paths_[*parent].creatable});
    }
  }
}

Address address(const Context& context, const PathModel& model) {
  Address result;
  result.scope = context.account->sid;
  result.scope += '/';
  result.scope += context.host;
  const std::size_t count = model.shape == Shape::kCollection || model.shape == Shape::kAction
                                ? model.segments.size()
                                : model.segments.size() - 1;
  const auto append = [&](std::string& out, std::string_view segment) {
    if (is_placeholder(segment)) {
      out += context.value(segment.substr(1, segment.size() - 2));
    } else {
      out += segment;
    }
  };
  for (std::size_t i = 0; i < count; ++i) {
    result.scope += '/';
    append(result.scope, model.segments[i]);
  }
  if (model.shape == Shape::kInstance) append(result.id, model.segments.back());
  if (model.shape == Shape::kSingleton) {
    result.scope += '/';
    result.scope += model.segments.back();
    result.id = "-";
  }
  return result;
}

}  // namespace dialtone::rest
