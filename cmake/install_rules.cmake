# SPDX-License-Identifier: Apache-2.0
# What `make install` and `make deb` put where: programs, plugins, man pages, completion, and share/vd.
get_property(programs GLOBAL PROPERTY VD_PROGRAMS)
get_property(plugins GLOBAL PROPERTY VD_PLUGINS)
install(TARGETS ${programs} RUNTIME DESTINATION bin)
# Where programs look for them: ../lib/vd.
install(TARGETS ${plugins} LIBRARY DESTINATION lib/vd)

foreach(section 1 5 7)
  file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/man/*.${section})
  install(FILES ${pages} DESTINATION share/man/man${section})
endforeach()

# bash-completion looks for a file by the name of the program: one file and links to it.
set(completions ${CMAKE_BINARY_DIR}/completion)
configure_file(${CMAKE_SOURCE_DIR}/share/completion/vd.bash ${completions}/vd COPYONLY)
foreach(program ${programs})
  file(CREATE_LINK vd ${completions}/${program} SYMBOLIC)
  list(APPEND completion_files ${completions}/${program})
endforeach()
install(FILES ${completions}/vd ${completion_files} DESTINATION share/bash-completion/completions)
# Debian's zsh looks into another folder for packages than for what an administrator installs.
install(CODE "
  set(folder site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
    set(folder vendor-completions)
  endif()
  file(INSTALL ${CMAKE_SOURCE_DIR}/share/completion/_vd DESTINATION \${CMAKE_INSTALL_PREFIX}/share/zsh/\${folder})")

install(FILES share/vd.mk share/packages.txt DESTINATION share/vd)
install(PROGRAMS share/install-packages.sh DESTINATION share/vd)
install(FILES share/demo/motorcycle_calib.txt DESTINATION share/vd/demo)
install(DIRECTORY share/presets models DESTINATION share/vd)
install(FILES README.md CHANGELOG.md NOTICE DESTINATION share/doc/vd)

# make deb
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR vd)
set(CPACK_PACKAGE_CONTACT "the authors of vd <vd@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "consistent depth, camera poses and masks from video")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Small programs over one folder: import a video, find cameras, motion masks and
 dense depth without trained weights, score and draw the result.")
# The kernels of OpenBLAS are several times faster than those of the alternatives that would satisfy the dependency.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libopenblas0-openmp | libopenblas0")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "jq, make")
find_program(DPKG_SHLIBDEPS dpkg-shlibdeps)
if(DPKG_SHLIBDEPS)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
include(CPack)
