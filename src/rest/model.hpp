#pragma once
// What the catalogue's paths are to each other, worked out once at start: which path lists a collection and which names
// one resource of it, by which property a resource is named, and which parents must exist.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.hpp"
#include "rest/context.hpp"

namespace dialtone::rest {

enum class Shape : std::uint8_t {
  kCollection,  ///< …/Services: create and list
  kInstance,    ///< …/Services/{Sid}
  kSingleton,   ///< …/Configuration: one of it, no id
  kAction,      ///< …/Checks: POST only, nothing to read back
};

/// A placeholder on the way to a path whose resource must exist for the path to make sense.
struct Ancestor {
  std::uint32_t path;         ///< its instance path
  std::size_t segment_count;  ///< how many segments of ours name it
  bool required;
};

struct PathModel {
  Shape shape = Shape::kSingleton;
  std::optional<std::uint32_t> collection;  ///< of an instance: the path that lists it
  std::optional<std::uint32_t> instance;    ///< of a collection: the path of one
  std::vector<std::string_view> segments;   ///< of the scope: without the version (and account of the 2010 API)
  std::vector<Ancestor> ancestors;          ///< outermost first
  std::string_view id_parameter;            ///< of an instance: the last placeholder's name
  std::string_view id_property;             ///< of the resource, empty when it has none
  catalogue::Schema id_schema{0};           ///< what an id of ours must look like
  catalogue::Schema resource{0};            ///< fullest shape that the API shows of the resource
  bool creatable = false;                   ///< the API can make one
};

class Model {
 public:
  Model();
  [[nodiscard]] const PathModel& of(catalogue::Path path) const { return paths_[path.index()]; }

 private:
  std::vector<PathModel> paths_;
};

/// The scope and id of what a request names. For a collection the id is empty, for a singleton it is "-".
struct Address {
  std::string scope;
  std::string id;
};
Address address(const Context& context, const PathModel& model);

}  // namespace dialtone::rest
