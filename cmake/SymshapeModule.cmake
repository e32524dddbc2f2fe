# The helpers of our CMake files. Flags are per target, so that a project which includes this one
# keeps its own.

# Language, warnings and visibility of everything that is ours.
function(symshape_ours target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra
    # g++ 12, when optimised, sees overlapping copies in std::string (GCC bug 105651) and unset memory
    # in empty absl::InlinedVectors; both are wrong.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<BOOL:${SYMSHAPE_WERROR}>:-Werror>
    # Binaries name files as the repository does, wherever it was built.
    -ffile-prefix-map=${symshape_SOURCE_DIR}=.)
endfunction()

# symshape_module(rules SOURCES concat.cc … MAY_INCLUDE symshape::graph …)
#
# One folder of lib/, as target symshape::<name>. What it may include is what it links, so an
# upward call does not link; tests/includes_test reads the same lists for what only headers show.
# A module without sources has only headers: it compiles nothing, and can be linked all the same.
function(symshape_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;MAY_INCLUDE")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "symshape_module(${name}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  foreach(below IN LISTS arg_MAY_INCLUDE)
    if(NOT TARGET ${below})
      message(FATAL_ERROR "symshape_module(${name}): may not include ${below}, which no folder "
                          "before lib/${name} makes: see the order in lib/CMakeLists.txt")
    endif()
  endforeach()
  set(target symshape_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    symshape_ours(${target})
    # The joined library may be a shared one.
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    set(reach PUBLIC)
    set_property(GLOBAL APPEND PROPERTY symshape_compiled_modules ${name})
  else()
    add_library(${target} INTERFACE)
    target_compile_features(${target} INTERFACE cxx_std_20)
    set(reach INTERFACE)
  endif()
  add_library(symshape::${name} ALIAS ${target})
  target_include_directories(${target} ${reach} $<BUILD_INTERFACE:${symshape_SOURCE_DIR}/lib>)
  target_link_libraries(${target} ${reach} ${arg_MAY_INCLUDE})
  list(JOIN arg_MAY_INCLUDE " " targets)
  set_property(GLOBAL APPEND_STRING PROPERTY symshape_may_include "${name}: ${targets}\n")
  list(FILTER arg_MAY_INCLUDE EXCLUDE REGEX "^symshape::")
  set_property(GLOBAL APPEND PROPERTY symshape_packages ${arg_MAY_INCLUDE})
endfunction()

# symshape_test(symbolic SOURCES print_test.cc … LINKS symshape::symbolic)
#
# One GoogleTest program per folder of tests/, run by ctest as <name> from the repository's root, so
# that tests open their rows as tests/<name>/… .
function(symshape_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
  if(NOT arg_SOURCES)
    return()
  endif()
  add_executable(${name}_test ${arg_SOURCES})
  symshape_ours(${name}_test)
  target_include_directories(${name}_test PRIVATE ${symshape_SOURCE_DIR}/tests)
  target_link_libraries(${name}_test PRIVATE ${arg_LINKS} GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${symshape_SOURCE_DIR})
endfunction()

# symshape_optional(TESTS tests OFF …): for each row an option SYMSHAPE_<name>, with its default,
# that adds the folder.
function(symshape_optional)
  while(ARGN)
    list(POP_FRONT ARGN name folder default)
    option(SYMSHAPE_${name} "Build ${folder}/" ${default})
    if(SYMSHAPE_${name})
      add_subdirectory(${folder})
    endif()
  endwhile()
endfunction()
