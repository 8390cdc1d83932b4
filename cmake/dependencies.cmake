# SPDX-License-Identifier: Apache-2.0
# Every library vd is built on; share/packages.txt lists the Debian packages and why each is there.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(Ceres REQUIRED)
find_package(OpenEXR REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_package(ZLIB REQUIRED)
# No imgcodecs or videoio here: they pull in hundreds of shared objects. The plugin lib/video alone links videoio.
find_package(OpenCV 4.6 REQUIRED COMPONENTS core imgproc video calib3d features2d ximgproc videoio)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)

# One alias per library, so that a room names what it needs and nothing else is linked.
add_library(vd_eigen INTERFACE)
target_link_libraries(vd_eigen INTERFACE Eigen3::Eigen)
foreach(module core imgproc video calib3d features2d ximgproc videoio)
  add_library(cv_${module} INTERFACE)
  target_link_libraries(cv_${module} INTERFACE opencv_${module})
  target_include_directories(cv_${module} SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
endforeach()
