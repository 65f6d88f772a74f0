# Which ways through the program are hot: the compiler lays them out together and keeps the rest aside, a tenth less
# time for a request. tools/profile finds out and writes release.profdata. What was changed since is compiled without.
set(DT_PROFILE "use" CACHE STRING "Hot paths: use (what is known of them), make (for tools/profile), none")
set_property(CACHE DT_PROFILE PROPERTY STRINGS use make none)

# For the program's own modules, not for the peers of bench/.
set(DT_PROFILE_OPTIONS "")
if(DT_PROFILE STREQUAL "make")
  set(DT_PROFILE_OPTIONS -fprofile-generate)
  add_link_options(-fprofile-generate)
elseif(DT_PROFILE STREQUAL "use" AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT DT_SANITIZE)
  set(profile ${PROJECT_SOURCE_DIR}/cmake/release.profdata)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${profile})
  # With its hash in the name a new one compiles everything anew.
  file(SHA256 ${profile} profile_hash)
  string(SUBSTRING ${profile_hash} 0 12 profile_hash)
  set(profile_copy ${CMAKE_BINARY_DIR}/release-${profile_hash}.profdata)
  configure_file(${profile} ${profile_copy} COPYONLY)
  set(DT_PROFILE_OPTIONS -fprofile-use=${profile_copy} -ffunction-sections -Wno-profile-instr-out-of-date
    -Wno-profile-instr-unprofiled -Wno-backend-plugin)
endif()
