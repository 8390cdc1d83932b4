# SPDX-License-Identifier: Apache-2.0
include(GNUInstallDirs)
get_property(programs GLOBAL PROPERTY VD_PROGRAMS)
install(TARGETS ${programs} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
