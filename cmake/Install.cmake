# The installed package: find_package(symshape CONFIG) gives symshape::symshape and symshape::symbolic,
# with COMPONENTS symbolic the latter alone, which needs neither onnx nor Protobuf; symshape.pc says the
# same to pkg-config. No file in it names its own place, so
# the prefix may be moved.
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/symshape)

set(targets symshape)
set_target_properties(symshape_symbolic PROPERTIES EXPORT_NAME symbolic)
target_include_directories(symshape_symbolic INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# An archive's users link what it links. A compiled onnx is installed as a part of symshape, under a
# name that no other package has; one that was found is found again.
set(SYMSHAPE_FIND "")
if(TARGET onnx)
  list(APPEND targets onnx)
  set_target_properties(onnx PROPERTIES OUTPUT_NAME symshape_onnx)
endif()
if(NOT BUILD_SHARED_LIBS)
  set(SYMSHAPE_FIND "find_dependency(Protobuf)")
  if(NOT TARGET onnx)
    string(APPEND SYMSHAPE_FIND "\nfind_dependency(ONNX)")
  endif()
endif()

install(TARGETS symshape_symbolic EXPORT symshapeSymbolicTargets)
install(TARGETS ${targets} EXPORT symshapeTargets)
install(DIRECTORY include/symshape DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(EXPORT symshapeSymbolicTargets NAMESPACE symshape:: DESTINATION ${package})
install(EXPORT symshapeTargets NAMESPACE symshape:: DESTINATION ${package})
configure_package_config_file(cmake/symshapeConfig.cmake.in symshapeConfig.cmake
  INSTALL_DESTINATION ${package} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break.
write_basic_package_version_file(symshapeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/symshapeConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/symshapeConfigVersion.cmake DESTINATION ${package})

# pkg-config: Debian's Abseil has a .pc file per target. A static library's users link its parts.
get_property(packages GLOBAL PROPERTY symshape_packages)
list(REMOVE_DUPLICATES packages)
list(FILTER packages INCLUDE REGEX "^absl::")
list(TRANSFORM packages REPLACE "::" "_")
list(JOIN packages " " SYMSHAPE_PC_REQUIRES)
set(SYMSHAPE_PC_LIBS -lsymshape)
if(NOT BUILD_SHARED_LIBS)
  string(APPEND SYMSHAPE_PC_REQUIRES " protobuf$<$<TARGET_EXISTS:onnx>:-lite>")
  string(APPEND SYMSHAPE_PC_LIBS " -lsymshape_symbolic -l:$<TARGET_FILE_NAME:ONNX::onnx>")
endif()
file(RELATIVE_PATH SYMSHAPE_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/symshape.pc.in symshape.pc.in @ONLY)
file(GENERATE OUTPUT symshape.pc INPUT ${CMAKE_CURRENT_BINARY_DIR}/symshape.pc.in)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/symshape.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
