include(CMakeFindDependencyMacro)
find_dependency(OpenSSL 3)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/dialtone-client-targets.cmake)
