# ccache, where it is installed and nobody chose another launcher. Paths below the repository's root
# count as relative, so that two checkouts share what they compiled.
find_program(SYMSHAPE_CCACHE ccache)
mark_as_advanced(SYMSHAPE_CCACHE)
if(SYMSHAPE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_CURRENT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      ${SYMSHAPE_CCACHE})
endif()
