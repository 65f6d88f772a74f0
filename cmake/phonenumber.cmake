# phonenumber::phonenumber: the installed library with headers from build/sysroot, which all presets share (see
# tools/phonenumber_headers). Only base/e164.cpp and numbers/plan.cpp include them.
find_library(PHONENUMBER_LIBRARY NAMES libphonenumber.so.8 REQUIRED)
find_library(GEOCODING_LIBRARY NAMES libgeocoding.so.8 REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(Protobuf REQUIRED)

set(sysroot ${PROJECT_SOURCE_DIR}/build/sysroot)
execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/phonenumber_headers ${sysroot} COMMAND_ERROR_IS_FATAL ANY)

add_library(phonenumber::phonenumber UNKNOWN IMPORTED)
set_target_properties(phonenumber::phonenumber PROPERTIES
  IMPORTED_LOCATION ${PHONENUMBER_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${sysroot}/usr/include
  INTERFACE_LINK_LIBRARIES protobuf::libprotobuf)

# phonenumber::geocoding: where a number is.
add_library(phonenumber::geocoding UNKNOWN IMPORTED)
set_target_properties(phonenumber::geocoding PROPERTIES
  IMPORTED_LOCATION ${GEOCODING_LIBRARY}
  INTERFACE_LINK_LIBRARIES "phonenumber::phonenumber;ICU::uc;ICU::i18n")
