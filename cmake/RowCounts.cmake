# symshape_row_counts(FILE): writes how many rows tests/rules/*.rows has for each operator, and how many
# of them tell elements of an output, as C++ (lib/rules/row_counts.h). Done anew when a row file changes.
function(symshape_row_counts file)
  file(GLOB row_files CONFIGURE_DEPENDS ${symshape_SOURCE_DIR}/tests/rules/*.rows)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${row_files})
  set(operators "")
  foreach(row_file IN LISTS row_files)
    file(READ ${row_file} text)
    string(REGEX REPLACE "[][;]" "|" text "${text}")          # they mean something in CMake's lists
    string(REGEX REPLACE "(^|\n)#[^\n]*" "\\1" text "${text}")
    string(REGEX REPLACE "\n[ \t]+" " " text "${text}")       # a row's further lines are indented
    string(REGEX REPLACE "\n+" ";" rows "${text}")
    foreach(row IN LISTS rows)
      if(NOT row MATCHES "^([A-Za-z0-9_.]+)")
        continue()
      endif()
      set(op "${CMAKE_MATCH_1}")
      if(NOT DEFINED rows_${op})
        list(APPEND operators "${op}")
        set(rows_${op} 0)
        set(values_${op} 0)
      endif()
      math(EXPR rows_${op} "${rows_${op}} + 1")
      if(row MATCHES "[)] +-> +[(][^\"]*{")
        math(EXPR values_${op} "${values_${op}} + 1")
      endif()
    endforeach()
  endforeach()
  list(SORT operators)
  set(table "")
  foreach(op IN LISTS operators)
    string(APPEND table "    {\"${op}\", ${rows_${op}}, ${values_${op}}},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${file} @ONLY CONTENT [[
// Made by cmake/RowCounts.cmake from tests/rules/*.rows.
#include "rules/row_counts.h"

namespace symshape::rules {

absl::Span<const RowCount> RowCounts() {
  static constexpr RowCount kCounts[] = {
@table@  };
  return kCounts;
}

}  // namespace symshape::rules
]])
endfunction()
