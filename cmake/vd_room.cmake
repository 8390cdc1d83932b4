# SPDX-License-Identifier: Apache-2.0
# vd_room(NAME DOORS other rooms... LIBS libraries...)
#
# Declares lib/NAME as the target vd_NAME, made of every .cpp in its folder, and tests/unit/NAME/*_test.cpp as its test
# program. A room sees only the rooms behind its DOORS: they are what it links, and cmake/check_doors.cmake fails the
# build on an #include through any other door.
function(vd_room name)
  cmake_parse_arguments(ROOM "" "" "DOORS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/lib/${name}/*.cpp)
  list(TRANSFORM ROOM_DOORS PREPEND vd_ OUTPUT_VARIABLE doors)
  if(sources)
    add_library(vd_${name} STATIC ${sources})
    target_link_libraries(vd_${name} PUBLIC vd_options ${doors} ${ROOM_LIBS})
  else()
    add_library(vd_${name} INTERFACE)
    target_link_libraries(vd_${name} INTERFACE vd_options ${doors} ${ROOM_LIBS})
  endif()
  set_property(GLOBAL APPEND PROPERTY VD_ROOMS ${name})
  set_property(GLOBAL PROPERTY VD_DOORS_${name} ${ROOM_DOORS})
endfunction()

# vd_plugin(NAME DOORS other rooms... LIBS libraries...)
#
# Declares lib/NAME as a plugin (lib/core/plugin.h): the module libvd_NAME.so in lib/vd, which only core/plugin.cpp opens.
# It uses headers of the rooms behind its doors and none of their code, so that there is one copy of every state.
function(vd_plugin name)
  cmake_parse_arguments(PLUGIN "" "" "DOORS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/lib/${name}/*.cpp)
  add_library(vd_${name} MODULE ${sources})
  target_link_libraries(vd_${name} PRIVATE vd_options ${PLUGIN_LIBS})
  if(NOT VD_SANITIZE AND NOT VD_FUZZ)
    target_link_options(vd_${name} PRIVATE -Wl,-z,defs)
  endif()
  set_target_properties(vd_${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/vd)
  set_property(GLOBAL APPEND PROPERTY VD_PLUGINS vd_${name})
  set_property(GLOBAL APPEND PROPERTY VD_ROOMS ${name})
  set_property(GLOBAL PROPERTY VD_DOORS_${name} ${PLUGIN_DOORS})
endfunction()

# vd_program(vd-NAME SOURCES): one program, its main in tools/NAME.cpp.
function(vd_program name)
  cmake_parse_arguments(PROGRAM "" "" "ROOMS" ${ARGN})
  list(TRANSFORM PROGRAM_ROOMS PREPEND vd_ OUTPUT_VARIABLE rooms)
  add_executable(${name} ${CMAKE_SOURCE_DIR}/tools/${name}.cpp)
  target_link_libraries(${name} PRIVATE ${rooms})
  get_property(plugins GLOBAL PROPERTY VD_PLUGINS)
  add_dependencies(${name} ${plugins})
  set_property(GLOBAL APPEND PROPERTY VD_PROGRAMS ${name})
endfunction()

# Writes the doors as text for the include scan, and runs the scan with every build.
function(vd_check_doors)
  get_property(rooms GLOBAL PROPERTY VD_ROOMS)
  set(table "")
  foreach(room ${rooms})
    get_property(doors GLOBAL PROPERTY VD_DOORS_${room})
    string(REPLACE ";" " " doors "${doors}")
    string(APPEND table "${room}: ${doors}\n")
  endforeach()
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/doors.txt CONTENT "${table}")
  add_custom_target(check_doors ALL
    COMMAND ${CMAKE_COMMAND} -DDOORS=${CMAKE_BINARY_DIR}/doors.txt -DLIB=${CMAKE_SOURCE_DIR}/lib
            -P ${CMAKE_SOURCE_DIR}/cmake/check_doors.cmake
    COMMENT "doors between rooms")
endfunction()
