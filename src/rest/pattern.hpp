#pragma once
// Makes a text that a pattern of the catalogue matches: `^SM[0-9a-fA-F]{32}$` gives a SID. Knows what those patterns
// use: literals, classes, groups, alternation and counts.

#include <string>
#include <string_view>

namespace dialtone::rest {

/// `*` takes nothing, `+` a few of a class and one of anything else; classes choose at random, lower case where they
/// may.
std::string sample_pattern(std::string_view pattern);

/// Does the whole of `text` match? True for a pattern that cannot be read, false for a text over 512 bytes.
bool matches_pattern(std::string_view text, std::string_view pattern);

}  // namespace dialtone::rest
