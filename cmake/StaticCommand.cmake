# The command without shared libraries: to find and bind some thirty of them takes most of the time of
# a small model. Where an archive is missing, or a sanitizer is asked for, it is linked as usual.

# symshape_archives(targets…): makes imported shared libraries the archives that lie beside them
# (Debian's libabsl_base.so.20220623 and libabsl_base.a). Sets SYMSHAPE_STATIC_COMMAND to OFF in the
# caller's scope, and changes nothing, where one has none.
function(symshape_archives)
  foreach(target IN LISTS ARGN)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "INTERFACE_LIBRARY")
      continue()
    endif()
    get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
    foreach(property IMPORTED_LOCATION ${configurations})
      string(REGEX REPLACE "^(NONE|DEBUG|REL.*|MINSIZEREL)$" "IMPORTED_LOCATION_\\1" property ${property})
      get_target_property(library ${target} ${property})
      if(NOT library)
        continue()
      endif()
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${library}")
      if(NOT EXISTS "${archive}")
        message(STATUS "command: with shared libraries, as there is no ${archive}")
        set(SYMSHAPE_STATIC_COMMAND OFF PARENT_SCOPE)
        return()
      endif()
      list(APPEND changes "${target}" "${property}" "${archive}")
    endforeach()
  endforeach()
  while(changes)
    list(POP_FRONT changes target property archive)
    set_target_properties(${target} PROPERTIES ${property} "${archive}")
  endwhile()
endfunction()

# symshape_static(target): one file. As a static PIE, whose exceptions are found as in any other
# program (one that is not a PIE sorts all its tables at the first). Its 12,000 addresses to relocate
# take two kilobytes instead of 290, where the linker and the C library (glibc 2.36) know how.
include(CheckCXXSourceRuns)
function(symshape_static target)
  target_link_options(${target} PRIVATE -static-pie LINKER:--gc-sections)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  if(CMAKE_CROSSCOMPILING)
    return()  # nobody can try it here
  endif()
  set(packed LINKER:-z,pack-relative-relocs)
  set(CMAKE_REQUIRED_FLAGS -fPIE)
  set(CMAKE_REQUIRED_LINK_OPTIONS -static-pie ${packed})
  check_cxx_source_runs(
    "int x; int* p[] = {&x}; int main(int n, char**) { return p[n - 1] != &x; }"
    SYMSHAPE_PACKED_RELOCATIONS)
  if(SYMSHAPE_PACKED_RELOCATIONS)
    target_link_options(${target} PRIVATE ${packed})
  endif()
endfunction()

# symshape_debug_beside(target): what a debugger reads lies in <program>.debug, where gdb, perf and
# valgrind look for it. The program is a third as large then, and written at once. While Linux keeps
# it so, its pages lie together, and a small model takes up to a fifth less than when they were read
# one by one since: whoever compares programs treats all of them alike.
function(symshape_debug_beside target)
  if(NOT CMAKE_OBJCOPY OR NOT SYMSHAPE_STATIC_COMMAND)
    return()
  endif()
  set(program $<TARGET_FILE:${target}>)
  add_custom_command(TARGET ${target} POST_BUILD VERBATIM
    COMMAND ${CMAKE_OBJCOPY} --only-keep-debug ${program} ${program}.debug
    COMMAND ${CMAKE_OBJCOPY} --strip-debug --add-gnu-debuglink=${program}.debug
            ${program} ${program}.stripped
    COMMAND ${CMAKE_COMMAND} -E rename ${program}.stripped ${program})
  set_property(TARGET ${target} APPEND PROPERTY ADDITIONAL_CLEAN_FILES ${program}.debug)
endfunction()
