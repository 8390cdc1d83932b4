# SPDX-License-Identifier: Apache-2.0
# The annexe: libvd_nn.so holds the networks and is opened when one is asked for (LibTorch alone takes half a second to load).
# Without LibTorch, or with -DVD_NETWORKS=OFF, all the rest builds and works.
option(VD_NETWORKS "build the networks (needs LibTorch)" ON)
if(VD_NETWORKS)
  # TorchConfig wants CMake policies of its time and prints much.
  set(CMAKE_MESSAGE_LOG_LEVEL WARNING)
  find_package(Torch QUIET)
  set(CMAKE_MESSAGE_LOG_LEVEL STATUS)
  if(NOT Torch_FOUND)
    message(STATUS "no networks: LibTorch is not installed (share/install-packages.sh networks)")
    set(VD_NETWORKS OFF)
  endif()
endif()

# vd_torch: LibTorch's tensors for a room, without its flags and with its headers exempt from warnings.
if(VD_NETWORKS)
  add_library(vd_torch INTERFACE)
  target_include_directories(vd_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  target_link_libraries(vd_torch INTERFACE ${TORCH_LIBRARIES})
endif()

# Declares the rooms of the annexe: nn (layers), and the networks, one folder of lib/models each. They are linked statically
# by tests and together make the module libvd_nn.so.
function(vd_networks)
  if(NOT VD_NETWORKS)
    return()
  endif()
  vd_room(nn DOORS weights core LIBS vd_torch)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/lib/models/*/*.cpp)
  add_library(vd_networks STATIC ${sources})
  target_link_libraries(vd_networks PUBLIC vd_nn vd_image)
  # LibTorch's headers cost eight seconds a file.
  foreach(target vd_nn vd_networks)
    target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/lib/nn/tensor.h)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  endforeach()
endfunction()
