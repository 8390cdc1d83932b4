// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <type_traits>

namespace vd {

// A room that pulls in hundreds of shared libraries is a plugin: libvd_NAME.so in lib/vd beside the programs'
// bin/, opened when something of it is asked for. A door header of a room below declares a structure of
// functions that begins with PluginDoor; the plugin fills one and defines
//
//   extern "C" const void* vd_NAME_door() { ... }
//
// and the door's functions call it through open_plugin.

/// What every door begins with.
struct PluginDoor {
  const char* version;  // of vd, which must be that of the program
};

/// The version that a plugin must have: that of this program.
[[nodiscard]] const char* plugin_version();

/// Where the plugin of a program lies: ../lib/vd/libvd_NAME.so from the folder of the executable file.
[[nodiscard]] std::filesystem::path plugin_path(const std::string& name);

/// Opens a plugin, once, for the rest of the process. Throws Error, in one line, where it is missing, does
/// not load, or is of another version.
[[nodiscard]] const PluginDoor& open_plugin_door(const std::string& name);

/// The same as the door that a header declares.
template <typename Door>
[[nodiscard]] const Door& open_plugin(const std::string& name) {
  static_assert(std::is_base_of_v<PluginDoor, Door>);
  return static_cast<const Door&>(open_plugin_door(name));
}

}  // namespace vd
